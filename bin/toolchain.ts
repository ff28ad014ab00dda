// `npm run toolchain`: gets a Pulumi for the demo and the tests, and says where it is.

import { ensureCommandPlugin } from "../sandbox/toolchain/command-plugin";
import { ensureToolchain } from "../sandbox/toolchain/ensure-toolchain";
import { ToolchainError } from "../sandbox/toolchain/toolchain";

async function main(): Promise<void> {
  const toolchain = await ensureToolchain();
  const plugin = await ensureCommandPlugin(toolchain);
  const origin = {
    path: "the one on PATH",
    cache: "kept from an earlier run",
    download: "downloaded",
    build: "compiled from the Go modules under tools/",
  }[toolchain.source];
  process.stdout.write(`pulumi ${toolchain.version} (${origin}): ${toolchain.pulumi}\n`);
  process.stdout.write(`plugin of @pulumi/command: ${plugin.description}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ToolchainError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = 1;
});
