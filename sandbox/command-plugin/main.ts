// The process that the engine starts as `pulumi-resource-command` where Pulumi's own plugin cannot be downloaded.

import * as pulumi from "@pulumi/pulumi";
import { createEngineLog } from "./engine-log";
import { createCommandProvider } from "./provider";

const args = process.argv.slice(2);

// The engine's address is the last argument; flags for logging may stand before it.
pulumi.provider.main(createCommandProvider(createEngineLog(args.at(-1))), args).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
