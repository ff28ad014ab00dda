// Faults as a user switches them on: by `pulumi-bmdb sandbox fault set`, one command each.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { findPackageRoot } from "../../sandbox/toolchain/package-root";
import type { SandboxFault } from "../../sandbox/types";

const BIN = join(findPackageRoot(__dirname), "dist", "bin", "pulumi-bmdb.js");

/** `afterMs: 200` is `--after-ms 200`. */
export const faultOptions = (fault: SandboxFault): string[] =>
  Object.entries(fault).flatMap(([field, value]) => [
    `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);

/** What the command printed. Raises with what it said when it fails. */
export async function typeFault(dir: string, ...args: readonly string[]): Promise<string> {
  const command = [BIN, "sandbox", "fault", ...args.slice(0, 1), "--dir", dir, ...args.slice(1)];
  return (await promisify(execFile)(process.execPath, command)).stdout;
}

export async function switchOn(dir: string, faults: readonly SandboxFault[]): Promise<void> {
  for (const fault of faults) await typeFault(dir, "set", ...faultOptions(fault));
}
