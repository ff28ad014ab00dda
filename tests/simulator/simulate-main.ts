// `npm run simulate -- --runs N --seed S`, `npm run simulate -- --replay SEED`.

import { fork } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { createTerminalProgress, renderElapsed } from "../../sandbox/toolchain/terminal-progress";
import { describeOutcome } from "./describe-outcome";
import { type Job, listExhaustive } from "./exhaustive";
import { shortenSchedule } from "./shorten";
import { type Outcome, simulate } from "./simulate";
import type { WorkerAnswer } from "./worker-main";

const BATCH = 4;
/** Nearly all that a simulation makes lives for a moment: with more room for it the garbage collector has less to do. */
const YOUNG = ["--max-semi-space-size=64"];
const SHOWN_MAX = 5;

interface Options {
  readonly runs: string;
  readonly seed?: string;
  readonly replay?: string;
  readonly workers: string;
  readonly exhaustive?: boolean;
}

async function main(): Promise<void> {
  const program = new Command("npm run simulate --")
    .description("Upgrades clusters in memory, with faults, and watches that no rule is broken.")
    .option("--runs <count>", "how many upgrades", "200")
    .option("--seed <number>", "the first seed; each further upgrade has the next one (default: of this moment)")
    .option("--replay <seed>", "one upgrade again, told in full")
    .option("--exhaustive", "a small cluster: a kill at every wait, every single fault at every step")
    .option("--workers <count>", "processes", "2")
    .parse();
  const options = program.opts<Options>();
  const failed =
    options.replay === undefined
      ? await simulateMany(await listJobs(options), Number(options.workers))
      : await replay(Number(options.replay));
  for (const outcome of failed.slice(0, SHOWN_MAX)) {
    console.log(`\n${describeOutcome(outcome)}`);
    if (outcome.faults.length === 0) continue;
    const shortest = await shortenSchedule(outcome);
    console.log(`  the shortest schedule that still fails:\n${describeOutcome(shortest)}`);
  }
  if (failed.length > SHOWN_MAX)
    console.log(
      `\nmore that failed: ${failed
        .slice(SHOWN_MAX)
        .map(({ seed }) => seed)
        .join(", ")}`,
    );
  if (failed.length > 0) console.log("\nagain: npm run simulate -- --replay SEED");
  process.exitCode = failed.length > 0 ? 1 : 0;
}

async function replay(seed: number): Promise<Outcome[]> {
  const outcome = await simulate(seed);
  if (outcome.violations.length > 0) return [outcome];
  console.log(describeOutcome(outcome));
  console.log(`no rule was broken: ${outcome.runCount} runs, ${outcome.acknowledged} acknowledged writes`);
  return [];
}

async function listJobs({ runs, seed, exhaustive }: Options): Promise<Job[]> {
  if (exhaustive) return listExhaustive();
  const first = Number(seed ?? Date.now() % 1_000_000_000);
  console.log(`seeds ${first} to ${first + Number(runs) - 1}`);
  return Array.from({ length: Number(runs) }, (_, index) => ({ seed: first + index, options: {} }));
}

async function simulateMany(jobs: readonly Job[], workerCount: number): Promise<Outcome[]> {
  const count = jobs.length;
  const progress = createTerminalProgress();
  const startedMs = performance.now();
  const failed: Outcome[] = [];
  let next = 0;
  let done = 0;
  let runs = 0;
  const rate = (): number => done / ((performance.now() - startedMs) / 1000);
  const note = (answer: WorkerAnswer): void => {
    done += 1;
    runs += answer.runCount;
    if (answer.failed !== undefined) {
      failed.push(answer.failed);
      const [violation] = answer.failed.violations;
      progress.line(`✕ seed ${answer.seed}: ${violation?.rule}: ${violation?.text.split("\n", 1)[0]?.slice(0, 150)}`);
    }
    const bar = "█".repeat(Math.floor((20 * done) / count)).padEnd(20, "·");
    const elapsed = renderElapsed(performance.now() - startedMs);
    progress.status(`${bar} ${done}/${count}, ${failed.length} failed, ${rate().toFixed(1)}/s, ${elapsed}`);
  };
  await Promise.all(
    Array.from(
      { length: workerCount },
      () =>
        new Promise<void>((resolve, reject) => {
          const worker = fork(join(__dirname, "worker-main.js"), { execArgv: YOUNG });
          let open = 0;
          const feed = (): void => {
            if (next >= count) return void worker.disconnect();
            const batch = jobs.slice(next, next + BATCH);
            next += batch.length;
            open += batch.length;
            worker.send(batch);
          };
          worker.on("message", (answer: WorkerAnswer) => {
            note(answer);
            open -= 1;
            if (open === 0) feed();
          });
          worker.on("error", reject);
          worker.on("exit", (code) =>
            open === 0 ? resolve() : reject(new Error(`a worker ended with ${code} in the middle`)),
          );
          feed();
        }),
    ),
  );
  progress.line(
    `${done} simulated upgrades, ${runs} runs: ${failed.length} failed, ${rate().toFixed(1)} a second on ${workerCount} processes`,
  );
  return failed;
}

void main();
