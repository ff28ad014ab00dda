import { chmodSync, copyFileSync, existsSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The script by which the engine starts the plugin process of dynamic providers. It ships inside the npm package of the SDK. */
export const LAUNCHER = "pulumi-resource-pulumi-nodejs";

/** Puts the launcher beside the `pulumi` binary, where the engine looks for it without a warning. */
export function installDynamicProviderLauncher(binDir: string): void {
  const file = join(binDir, LAUNCHER);
  if (existsSync(file)) return;
  const sdkDir = dirname(createRequire(__filename).resolve("@pulumi/pulumi/package.json"));
  const partial = `${file}.${process.pid}`;
  copyFileSync(join(sdkDir, LAUNCHER), partial);
  chmodSync(partial, 0o755);
  renameSync(partial, file);
}
