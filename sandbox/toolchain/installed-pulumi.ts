// The Pulumi that the user already has on PATH, when it is new enough and can run TypeScript programs.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { installDynamicProviderLauncher, LAUNCHER } from "./dynamic-provider-launcher";
import { findOnPath, isExecutable } from "./find-on-path";
import { isPulumiNewEnough, PULUMI_VERSION_MIN, readPulumiVersion } from "./pulumi-version";

export interface FoundPulumi {
  readonly binDir: string;
  readonly version: string;
}

export async function findInstalledPulumi(
  path: string,
  cacheDir: string,
  env: Readonly<Record<string, string>>,
): Promise<FoundPulumi | { problem: string }> {
  const pulumi = findOnPath("pulumi", path);
  if (pulumi === undefined) return { problem: "there is no pulumi on PATH" };
  const found = await readPulumiVersion(pulumi, env);
  if ("problem" in found) return found;
  if (!isPulumiNewEnough(found.version)) {
    return { problem: `${pulumi} is ${found.version}; ${PULUMI_VERSION_MIN} or newer (3.x) is needed` };
  }
  // A package manager's `pulumi` is often a link into the directory that also holds the language hosts.
  const besideDir = dirname(realpathSync(pulumi));
  const beside = join(besideDir, "pulumi-language-nodejs");
  const languageHost = isExecutable(beside) ? beside : findOnPath("pulumi-language-nodejs", path);
  if (languageHost === undefined) {
    return { problem: `${pulumi} has no pulumi-language-nodejs beside it or on PATH` };
  }
  // The Automation API only takes a CLI from a directory named `bin`.
  const isComplete = languageHost === beside && isExecutable(join(besideDir, LAUNCHER));
  if (isComplete && basename(besideDir) === "bin") {
    return { binDir: besideDir, version: found.version };
  }
  return { binDir: linkTogether(cacheDir, realpathSync(pulumi), realpathSync(languageHost)), version: found.version };
}

/** A directory of ours in which the three programs lie together; the user's own directories stay as they are. */
function linkTogether(cacheDir: string, pulumi: string, languageHost: string): string {
  const name = createHash("sha256").update(`${pulumi}\0${languageHost}`).digest("hex").slice(0, 12);
  const binDir = join(cacheDir, `installed-${name}`, "bin");
  mkdirSync(binDir, { recursive: true });
  link(pulumi, join(binDir, "pulumi"));
  link(languageHost, join(binDir, "pulumi-language-nodejs"));
  installDynamicProviderLauncher(binDir);
  return binDir;
}

function link(target: string, file: string): void {
  if (existsSync(file) && realpathSync(file) === target) return;
  rmSync(file, { force: true });
  symlinkSync(target, file);
}
