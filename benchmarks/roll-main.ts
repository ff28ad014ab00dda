// `npm run bench`: what a roll by the product costs, and the same roll by a plain loop over ssh, on the same cluster.

import { existsSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { findPackageRoot } from "../sandbox/toolchain/package-root";
import { startBenchCluster, VERSIONS } from "./roll/bench-cluster";
import { runLoop } from "./roll/loop-roll";
import { observeCluster } from "./roll/observe-cluster";
import { rollByProduct } from "./roll/product-roll";
import { type Contest, renderPerProcess, renderTotals } from "./roll/render-rolls";

const PROGRAMS = {
  "/usr/bin/ssh": "openssh-client",
  "/usr/sbin/sshd": "openssh-server",
  "/usr/bin/curl": "curl",
  "/usr/bin/time": "time",
  "/bin/bash": "bash",
};

interface Settings {
  readonly dbservers: readonly number[];
  readonly pause: readonly number[];
  readonly runs: number;
  readonly timeScale: number;
  readonly keep?: string;
}

const numbers =
  (least: number) =>
  (text: string): number[] => {
    const values = text.split(",").map(Number);
    if (values.some((value) => !(value >= least))) throw new InvalidArgumentError(`numbers from ${least} up`);
    return values;
  };

async function main(): Promise<void> {
  const settings = new Command("npm run bench --")
    .option("--dbservers <counts>", "sizes of the cluster; it has three MServers each time", numbers(1), [3, 12, 30])
    .option("--pause <seconds>", "pauses after each process", numbers(0), [0, 5])
    .option("--runs <count>", "how often each comparison is made", (text) => numbers(1)(text)[0] ?? 1, 1)
    .option("--time-scale <factor>", "the cluster's timers, 1 is real time", (text) => numbers(0.05)(text)[0] ?? 1, 0.2)
    .option("--keep <dir>", "keep the journals of the product's rolls and the sandboxes' event logs here", (dir) =>
      resolve(dir),
    )
    .parse()
    .opts<Settings>();
  const missing = Object.entries(PROGRAMS).filter(([program]) => !existsSync(program));
  if (missing.length > 0) throw new Error(`needed: apt-get install ${missing.map(([, name]) => name).join(" ")}`);
  process.chdir(findPackageRoot(__dirname));

  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => stopping.abort(new Error(`ended by ${signal}`)));
  const contests: Contest[] = [];
  try {
    for (const dbservers of settings.dbservers)
      for (const pauseSeconds of settings.pause)
        for (let run = 0; run < settings.runs; run += 1)
          // Who goes first changes, so that none is always the one with the warmer machine.
          await compare(dbservers, pauseSeconds, contests.length % 4 === 0, settings, stopping.signal).then(
            (pair) => contests.push(...pair),
            (error: unknown) => {
              stopping.signal.throwIfAborted();
              // The other sizes are worth their figures all the same.
              process.exitCode = 1;
              say(explain(error));
            },
          );
  } finally {
    report(contests, settings);
  }
}

/** Both on one cluster, each over one minor release with new AutoFlags and migrations. */
async function compare(
  dbservers: number,
  pauseSeconds: number,
  isProductFirst: boolean,
  { timeScale, keep }: Settings,
  signal: AbortSignal,
): Promise<Contest[]> {
  signal.throwIfAborted();
  say(`3 MServers and ${dbservers} DBServers, pause ${pauseSeconds} s: starting the cluster (load ${load()})`);
  const cluster = await startBenchCluster(dbservers, timeScale);
  try {
    const contests: Contest[] = [];
    const order = isProductFirst ? (["product", "loop"] as const) : (["loop", "product"] as const);
    for (const [turn, who] of order.entries()) {
      signal.throwIfAborted();
      const options = { from: VERSIONS[turn] ?? "", to: VERSIONS[turn + 1] ?? "", pauseSeconds, timeScale, signal };
      // By the same script for both: installing is the same download and the same unpacking.
      await runLoop(cluster, "stage", options);
      const observer = await observeCluster(cluster.sandbox);
      const rolled = await (who === "product"
        ? rollByProduct(cluster, options)
        : runLoop(cluster, "roll", options)
      ).finally(() => observer.stop());
      contests.push({ dbservers, pauseSeconds, who, rolled, observed: await observer.stop() });
      say(`  ${who}: ${(rolled.wallMs / 1000).toFixed(1)} s (load ${load()})`);
    }
    return contests;
  } finally {
    if (keep !== undefined) cluster.keepRecords(join(keep, `${dbservers}-dbservers-pause-${pauseSeconds}`));
    await cluster.remove();
  }
}

function report(contests: readonly Contest[], { timeScale }: Settings): void {
  if (contests.length === 0) return;
  process.stdout.write(
    [
      "",
      `${cpus().length} cores, Node ${process.version}, timers × ${timeScale}, load at the end ${load()}`,
      "",
      renderTotals(contests),
      "",
      "Per process, medians; the pause is left out:",
      "",
      renderPerProcess(contests),
      "",
      "",
    ].join("\n"),
  );
}

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** The head of it: a failed roll's text holds the whole plan. */
const explain = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n").slice(0, 6).join("\n");

main().catch((error: unknown) => {
  say(explain(error));
  process.exitCode = 1;
});
