// `npm run demo`: watch the real Pulumi CLI adopt and upgrade a BMDB cluster on this machine.

import { Command } from "commander";
import { runDemo } from "../sandbox/demo/run-demo";
import { ToolchainError } from "../sandbox/toolchain/toolchain";

async function main(): Promise<void> {
  const program = new Command("npm run demo --")
    .description("Starts a sandbox cluster on 2.16.0.0, adopts it with Pulumi, and upgrades it to 2.18.0.0.")
    .option("--fail", "let a DBServer not come back, show the error, and finish after the cause is gone")
    .option("--keep", "leave the sandbox running and say how to use it")
    .parse();
  const { fail = false, keep = false } = program.opts<{ fail?: boolean; keep?: boolean }>();
  const isDone = await runDemo({ isFailureShown: fail, isKept: keep });
  process.exitCode = isDone ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ToolchainError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = 1;
});
