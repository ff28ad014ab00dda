// Finds or makes a Pulumi that works, in this order: on PATH, kept from an earlier run, downloaded, compiled.
//
// Each way either ends with a directory of programs or says why not; only when all are out does the user hear about it, with every
// reason in one message.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { buildPulumi } from "./build-pulumi";
import { downloadPulumi, PULUMI_DOWNLOADS } from "./download-pulumi";
import { installDynamicProviderLauncher } from "./dynamic-provider-launcher";
import { findOnPath, isExecutable } from "./find-on-path";
import { findInstalledPulumi } from "./installed-pulumi";
import { findPackageRoot } from "./package-root";
import { readPins } from "./pins";
import { buildPulumiEnv, findCacheDir, prependToPath } from "./pulumi-env";
import { readPulumiVersion } from "./pulumi-version";
import { createTerminalProgress } from "./terminal-progress";
import { type Progress, type Toolchain, ToolchainError, type ToolchainSource } from "./toolchain";
import { isRunning, withLock } from "./with-lock";

export interface ToolchainSettings {
  /** PATH, HOME, XDG_CACHE_HOME and proxies are taken from here. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly downloadsUrl?: string;
  /** How long the download server may take to answer. @default 5000 */
  readonly answerMsMax?: number;
  readonly packageRoot?: string;
  readonly progress?: Progress;
}

const LOCK_WAIT_MS_MAX = 30 * 60_000;

export async function ensureToolchain(settings: ToolchainSettings = {}): Promise<Toolchain> {
  const env = settings.env ?? process.env;
  const path = env["PATH"] ?? "";
  const progress = settings.progress ?? createTerminalProgress();
  const cacheDir = findCacheDir(env, env["HOME"] ?? homedir());
  const homeDir = join(cacheDir, "pulumi-home");
  mkdirSync(homeDir, { recursive: true });
  const pulumiEnv = buildPulumiEnv(homeDir, env);
  const problems: string[] = [];
  const describe = (binDir: string, version: string, source: ToolchainSource): Toolchain => ({
    binDir,
    pulumi: join(binDir, "pulumi"),
    version,
    source,
    cacheDir,
    env: { ...pulumiEnv, PATH: prependToPath(binDir, path) },
  });

  const installed = await findInstalledPulumi(path, cacheDir, pulumiEnv);
  if ("binDir" in installed) return describe(installed.binDir, installed.version, "path");
  problems.push(`on PATH: ${installed.problem}`);

  const pins = readPins(settings.packageRoot ?? findPackageRoot());
  const keptDir = join(cacheDir, `toolchain-${pins.hash}`);
  const openKept = async (source: ToolchainSource): Promise<Toolchain | undefined> => {
    const binDir = join(keptDir, "bin");
    if (!["pulumi", "pulumi-language-nodejs"].every((name) => isExecutable(join(binDir, name)))) return undefined;
    const found = await readPulumiVersion(join(binDir, "pulumi"), pulumiEnv);
    if ("problem" in found) {
      problems.push(`kept in ${keptDir}: ${found.problem}`);
      return undefined;
    }
    installDynamicProviderLauncher(binDir);
    return describe(binDir, found.version, source);
  };
  const kept = await openKept("cache");
  if (kept !== undefined) return kept;

  const ways: { source: ToolchainSource; fill: (binDir: string) => Promise<void> }[] = [
    {
      source: "download",
      fill: (binDir) =>
        downloadPulumi({
          baseUrl: settings.downloadsUrl ?? PULUMI_DOWNLOADS,
          version: pins.pulumiVersion,
          binDir,
          answerMsMax: settings.answerMsMax ?? 5000,
          progress,
        }),
    },
    {
      source: "build",
      fill: (binDir) => {
        const go = findOnPath("go", path);
        if (go === undefined) throw new Error("there is no go on PATH");
        return buildPulumi({ go, pins, binDir, keptIn: keptDir, progress });
      },
    },
  ];
  const lock = {
    waitMsMax: LOCK_WAIT_MS_MAX,
    onWait: (holder: string) => progress.line(`Waiting for ${holder}, which is setting up Pulumi in ${keptDir}`),
  };
  return withLock(`${keptDir}.lock`, lock, async () => {
    const doneMeanwhile = await openKept("cache");
    if (doneMeanwhile !== undefined) return doneMeanwhile;
    removeAbandoned(keptDir, cacheDir);
    for (const { source, fill } of ways) {
      try {
        await fillAndKeep(keptDir, fill);
        const toolchain = await openKept(source);
        if (toolchain !== undefined) return toolchain;
      } catch (error) {
        problems.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    throw new ToolchainError(renderProblems(problems));
  });
}

/** Everything is prepared in a directory of its own; the rename makes it visible all at once. */
async function fillAndKeep(keptDir: string, fill: (binDir: string) => Promise<void>): Promise<void> {
  const workDir = mkdtempSync(`${keptDir}.partial-${process.pid}-`);
  try {
    const binDir = join(workDir, "bin");
    mkdirSync(binDir);
    await fill(binDir);
    installDynamicProviderLauncher(binDir);
    rmSync(keptDir, { recursive: true, force: true });
    renameSync(workDir, keptDir);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

function removeAbandoned(keptDir: string, cacheDir: string): void {
  const prefix = `${basename(keptDir)}.partial-`;
  if (!existsSync(cacheDir)) return;
  for (const name of readdirSync(cacheDir)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split("-")[0]) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) rmSync(join(cacheDir, name), { recursive: true, force: true });
  }
}

function renderProblems(problems: readonly string[]): string {
  return [
    "No Pulumi could be found, downloaded or built.",
    ...problems.map((problem) => `  ${problem.replaceAll("\n", "\n    ")}`),
    "Install Pulumi (https://www.pulumi.com/docs/install/, e.g. `curl -fsSL https://get.pulumi.com | sh`) and put it on PATH,",
    "or install Go 1.25 or newer (https://go.dev/doc/install), which is enough to build it; then run the same command again.",
  ].join("\n");
}
