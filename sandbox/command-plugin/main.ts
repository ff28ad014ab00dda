// The process that the engine starts as `pulumi-resource-command` where Pulumi's own plugin cannot be downloaded.

import * as pulumi from "@pulumi/pulumi";
import { createEngineLog } from "./engine-log";
import { createCommandProvider } from "./provider";

const args = process.argv.slice(2);

// A CLI that is killed closes nothing else, and nobody would ask this process anything any more.
process.stdin.on("end", () => process.exit(0)).resume();

// The engine's address is the last argument; flags for logging may stand before it.
pulumi.provider.main(createCommandProvider(createEngineLog(args.at(-1))), args).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
