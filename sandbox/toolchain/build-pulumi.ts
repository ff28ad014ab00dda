// Compiles the pinned Pulumi from its Go modules: the way that works where only a Go module proxy can be reached.

import { join } from "node:path";
import type { GoModule, Pins } from "./pins";
import { type ProcessOptions, type ProcessResult, runProcess, splitLines } from "./run-process";
import { renderElapsed } from "./terminal-progress";
import type { Progress } from "./toolchain";

const BUILD_MS_MAX = 60 * 60_000;
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

export interface BuildRequest {
  readonly go: string;
  readonly pins: Pins;
  /** Must exist; the programs are put there. */
  readonly binDir: string;
  /** Named in the explanation. */
  readonly keptIn: string;
  readonly progress: Progress;
}

export async function buildPulumi(wanted: BuildRequest): Promise<void> {
  const { pins, progress } = wanted;
  progress.line(
    `Pulumi ${pins.pulumiVersion} could not be downloaded, so it is compiled here from its Go modules (tools/).`,
  );
  progress.line("The CLI is large: the first build takes about 7 minutes on two cores, most of it in the compiler.");
  progress.line(`It happens once; the result is kept in ${wanted.keptIn}.`);
  for (const module of pins.modules) await buildModule(wanted, module);
}

async function buildModule(wanted: BuildRequest, module: GoModule): Promise<void> {
  const { progress } = wanted;
  const startedAtMs = Date.now();
  const elapsed = () => renderElapsed(Date.now() - startedAtMs);
  const ticker = createTicker();
  try {
    let downloadCount = 0;
    ticker.show(() =>
      progress.status(`  ${module.binary}: reading its modules, ${downloadCount} downloaded, ${elapsed()}`),
    );
    const countDownloads = splitLines((line) => {
      if (line.startsWith("go: downloading")) downloadCount++;
    });
    const list = await go(wanted, module, ["list", "-mod=readonly", "-deps", module.packagePath], countDownloads);
    const total = list.stdout.split("\n").filter((line) => line !== "").length;

    // `go build -v` names a package when it compiles it; what Go still has from an earlier build is not named.
    let packageCount = 0;
    ticker.show(() =>
      progress.status(`  ${module.binary}: ${packageCount} of at most ${total} packages built, ${elapsed()}`),
    );
    const countPackages = splitLines((line) => {
      if (!line.startsWith("go: ") && line !== "") packageCount++;
    });
    const flags = `-s -w -X ${VERSION_VARIABLE}=${wanted.pins.pulumiVersion}`;
    const output = join(wanted.binDir, module.binary);
    await go(
      wanted,
      module,
      ["build", "-mod=readonly", "-buildvcs=false", "-v", "-ldflags", flags, "-o", output, module.packagePath],
      countPackages,
    );
    progress.line(`  ${module.binary}: built in ${elapsed()} (${packageCount} packages compiled)`);
  } finally {
    ticker.stop();
  }
}

async function go(
  wanted: BuildRequest,
  module: GoModule,
  args: readonly string[],
  onStderr: (text: string) => void,
): Promise<ProcessResult> {
  const options: ProcessOptions = {
    cwd: module.dir,
    // A go.work above the clone would pull the modules into a workspace that does not know them.
    env: { ...process.env, GOWORK: "off" },
    timeoutMs: BUILD_MS_MAX,
    isLowPriority: true,
    onStderr,
  };
  const result = await runProcess(wanted.go, args, options);
  if (result.code === 0) return result;
  const why = result.isTimedOut ? `no end after ${renderElapsed(BUILD_MS_MAX)}` : lastLines(result.stderr, 8);
  throw new Error(`go ${args[0]} of ${module.binary} failed: ${why}`);
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}

function createTicker(): { show(render: () => void): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearInterval(timer);
  return {
    show(render) {
      stop();
      render();
      timer = setInterval(render, 1000);
    },
    stop,
  };
}
