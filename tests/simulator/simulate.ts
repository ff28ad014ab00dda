// One simulated upgrade: a cluster, a roll with faults, and rolls again until the cluster is as it was wanted.

import { Chance } from "../../sandbox/memory/chance";
import { MemoryCluster } from "../../sandbox/memory/memory-cluster";
import { applyFaults, type Troubles } from "./apply-faults";
import { Bank } from "./bank";
import { drawFaults, graceOf, type PlannedFault } from "./faults";
import { checkEnd } from "./judge-end";
import { watchLease } from "./lease-watch";
import { Oracle, type Violation } from "./oracle";
import { drawShape, type Shape } from "./shape";
import { LEASE_TERM_MS, PAUSE_MS, Stack, type StartedRun } from "./stack";
import { nameOf, Truth } from "./truth";

/** After the faults have stopped, so many runs must be enough. */
const RUNS_MAX = 7;
const HOUR_MS = 3_600_000;
const RUN_LIMIT_MS = 4 * HOUR_MS;

export interface Outcome {
  readonly seed: number;
  readonly shape: Shape;
  readonly faults: readonly PlannedFault[];
  readonly violations: readonly Violation[];
  readonly runCount: number;
  /** Of the first run: for how many things it waited, and when each of its steps began. */
  readonly awaitCount: number;
  readonly stepsAtMs: readonly number[];
  /** What the last run that failed said: the plan with its arrow, the versions. */
  readonly lastFailure: string | undefined;
  /** By process, at the end. */
  readonly versions: Readonly<Record<string, string>>;
  readonly virtualMs: number;
  readonly acknowledged: number;
}

export interface SimulationOptions {
  /** In the place of those that the seed draws. */
  readonly faults?: readonly PlannedFault[];
  readonly shape?: Shape;
}

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Outcome> {
  const shape = options.shape ?? drawShape(seed);
  const chance = new Chance(seed);
  const faults = options.faults ?? drawFaults(chance.split("faults"), shape);
  const simulation = new Simulation(seed, shape, faults, chance);
  try {
    await simulation.run();
  } catch (error) {
    simulation.oracle.complain("the simulation goes on", error instanceof Error ? (error.stack ?? "") : String(error));
  }
  return simulation.outcome();
}

class Simulation {
  readonly oracle: Oracle;
  private readonly cluster: MemoryCluster;
  private readonly truth: Truth;
  private readonly stack: Stack;
  private readonly runs: StartedRun[] = [];
  private readonly judged = new Set<StartedRun>();
  private readonly bank: Bank;
  private troubles: Troubles | undefined;
  /** A run that somebody else has begun while the first one went on. */
  private beside: StartedRun | undefined;
  private startedMs = 0;
  private faultsFromMs = 0;

  constructor(
    private readonly seed: number,
    private readonly shape: Shape,
    private readonly faults: readonly PlannedFault[],
    private readonly chance: Chance,
  ) {
    this.cluster = new MemoryCluster({
      ...shape,
      version: shape.from,
      installed: [shape.from, shape.to],
      replicationFactor: 3,
      chance: chance.split("world"),
    });
    this.truth = new Truth(this.cluster);
    this.stack = new Stack(this.cluster, shape);
    this.oracle = new Oracle(this.truth, {
      pauseMs: PAUSE_MS,
      graceMs: graceOf(faults),
      wantedBy: (operator) => this.runOf(operator)?.version,
      heardBy: (operator) => this.runOf(operator)?.operator.heardAtMs,
      everybodyHeard: () => this.runs.map(({ operator }) => operator.heardAtMs),
    });
    watchLease(this.cluster, {
      termMs: LEASE_TERM_MS,
      graceMs: graceOf(faults),
      living: () =>
        this.runs
          .filter(({ end, operator }) => end === undefined && !operator.isKilled && operator.sleptMs === 0)
          .flatMap(({ operator }) => operator.journalled[0]?.run ?? []),
      complain: (rule, text) => this.oracle.complain(rule, text),
    });
    this.bank = new Bank(this.cluster, chance.split("bank"), (text) => this.oracle.complain("no write is lost", text));
  }

  outcome(): Outcome {
    return {
      seed: this.seed,
      shape: this.shape,
      faults: this.faults,
      violations: this.oracle.violations,
      runCount: this.runs.length,
      awaitCount: this.runs[0]?.operator.awaitCount ?? 0,
      stepsAtMs: (this.runs[0]?.operator.journalled ?? [])
        .filter((entry) => entry.event === "step_begun")
        .map((entry) => Date.parse(entry.at) - this.faultsFromMs),
      lastFailure: this.runs.map((run) => run.end?.failure).findLast((failure) => failure !== undefined),
      versions: Object.fromEntries(
        this.truth.declared.map((each) => [nameOf(each), this.truth.versionOf(each) ?? "down"]),
      ),
      virtualMs: this.cluster.time.nowMs - this.startedMs,
      acknowledged: this.bank.acknowledged,
    };
  }

  async run(): Promise<void> {
    const { cluster, stack, chance, faults, shape } = this;
    await cluster.startAll();
    this.startedMs = cluster.time.nowMs;
    const adoption = stack.adopt({ chance: chance.split("adopt") });
    await this.finish(adoption);
    if (adoption.end?.failure !== undefined)
      throw new Error(`a healthy cluster was not adopted: ${adoption.end.failure}`);
    if (faults.some((fault) => fault.kind === "promotion_needs_restart")) this.oracle.allowSecondRoll();
    this.faultsFromMs = cluster.time.nowMs;
    this.troubles = applyFaults(cluster, shape, faults, chance.split("troubles"));
    await this.rollThroughFaults();
    this.troubles.stop();
    for (let count = 0; count < RUNS_MAX; count++) {
      const run = this.up(shape.to);
      await this.finish(run);
      if (run.end?.failure === undefined && stack.outputs["phase"] === "finished") break;
      this.followAdvice(run.end?.failure ?? "");
    }
    this.checkProgress();
  }

  /** The first run, what happens beside it, and one more while faults may go on. */
  private async rollThroughFaults(): Promise<void> {
    const { shape, faults, cluster } = this;
    const first = this.up(
      shape.to,
      faults.find((fault) => fault.kind === "own_process_is_killed"),
    );
    const beside = (): void => {
      if (first.end !== undefined || this.beside !== undefined) return;
      cluster.time.wake();
      this.beside = this.up(shape.to);
    };
    for (const fault of faults) {
      if (fault.kind === "second_run_at_once") this.troubles?.when(fault, beside);
      if (fault.kind === "own_machine_sleeps")
        this.troubles?.when(fault, () => {
          if (first.end !== undefined) return;
          const answers = fault.moment === "after" ? "wait" : "break";
          first.operator.suspend(answers);
          // A colleague sees the cluster half done and no terminal that moves. Where nobody takes the lease meanwhile, only
          // the age of an answer tells that it is old.
          if (answers === "break") cluster.time.after(2000, beside);
          cluster.time.after(fault.forMs, () => first.operator.resume());
        });
    }
    await this.finish(first);
    if (faults.length === 0 && first.end?.failure !== undefined)
      this.oracle.complain("progress", `without any fault the first run failed: ${first.end.failure}`);
    const back = faults.find((fault) => fault.kind === "version_is_set_back");
    if (back !== undefined) await this.finish(this.up(shape.from));
    if (faults.length > 0 && (first.operator.isKilled || first.end?.failure !== undefined))
      await this.finish(this.up(shape.to));
    if (this.beside !== undefined) await this.finish(this.beside);
  }

  /** What a person does who reads `next`: what was left behind is stopped, and a process whose turn it is not yet is started as it ran before. */
  private followAdvice(failure: string): void {
    const leftBehind = /Stop it on (\S+); the next `pulumi up` starts it/.exec(failure)?.[1];
    if (leftBehind !== undefined)
      for (const process of this.cluster.host(leftBehind).processesOf("dbserver")) process.terminate("person");
    if (!failure.includes("Start it on the release it ran before")) return;
    for (const declared of this.truth.declared) {
      const { host, role } = declared;
      const version = this.truth.lastVersionOf(declared);
      if (version !== undefined && host.processesOf(role).length === 0)
        this.cluster.start(host, role, version, "person");
    }
  }

  private runOf(operator: string): StartedRun | undefined {
    return this.runs.find((run) => run.operator.name === operator);
  }

  private up(version: string, kill?: PlannedFault): StartedRun {
    const { chance, stack, troubles } = this;
    const number = this.runs.length;
    // Everybody has a clock of his own, and nobody's may matter.
    const clockOffsetMs = number === 0 ? 0 : chance.split(`clock ${number}`).pick([0, HOUR_MS, -HOUR_MS] as const);
    const run: StartedRun = stack.up(version, {
      chance: chance.split(`run ${number}`),
      clockOffsetMs,
      onJournal: ({ event, step }) => {
        if (event === "step_begun") troubles?.noteStep(String(step).split(":")[0] ?? "");
      },
      fateOf: (node, command) => troubles?.fateOf(node, command) ?? "arrives",
      ...(kill && {
        isKilledAt: (count, moment) => count === kill.awaitCount && moment === kill.moment,
      }),
    });
    this.runs.push(run);
    return run;
  }

  private async finish(run: StartedRun): Promise<void> {
    const isOver = (): boolean => {
      this.judgeEnds();
      return run.end !== undefined || run.operator.isKilled;
    };
    await this.cluster.time.run(isOver, RUN_LIMIT_MS, "a run ends");
  }

  /** Each run when it ends, not when somebody waits for it: what it saved is as old as that. */
  private judgeEnds(): void {
    for (const run of this.runs) {
      if (run.end === undefined || this.judged.has(run)) continue;
      this.judged.add(run);
      this.judgeEnd(run);
    }
  }

  private judgeEnd(run: StartedRun): void {
    checkEnd(run, {
      truth: this.truth,
      oracle: this.oracle,
      isAlone: this.runs.filter((each) => each.end === undefined && !each.operator.isKilled).length === 0,
      blacklistedByPerson: this.troubles?.blacklistedByPerson ?? new Set(),
      // Whoever slept between his last look and the end of his run tells what he saw.
      graceMs: graceOf(this.faults) + run.operator.sleptMs,
    });
  }

  private checkProgress(): void {
    const { stack, shape, oracle, truth, cluster } = this;
    const last = this.runs.at(-1);
    const failure = last?.end?.failure;
    if (failure !== undefined || stack.outputs["phase"] !== "finished") {
      const phase = String(stack.outputs["phase"]);
      oracle.complain("progress", `not finished after ${this.runs.length} runs (phase ${phase}): ${failure ?? ""}`);
      return;
    }
    // What a person has in hand at this moment was up when it was looked at.
    const wrong = truth.declared.filter((each) => !truth.hadVersion(each, shape.to, graceOf(this.faults)));
    if (wrong.length > 0 || stack.outputs["version"] !== shape.to)
      oracle.complain("progress", `${wrong.length} processes do not run ${shape.to}, and the run says they do`);
    const promoted = truth.document()?.autoFlags.promoted;
    if (promoted === undefined || !this.isPromoted(promoted))
      oracle.complain("progress", "the AutoFlags of the new release are not promoted");
    if (shape.bsql && truth.document()?.bsqlCatalogVersion !== truth.catalogOf(shape.to))
      oracle.complain(
        "progress",
        `the BSQL catalog is ${truth.document()?.bsqlCatalogVersion}, not that of ${shape.to}`,
      );
    const held = cluster.hosts.filter((host) => host.files.get("/home/bigmath/.pulumi-bmdb/lease")?.startsWith("held"));
    if (held.length > 0) oracle.complain("progress", `the lease is still held on ${held.map((host) => host.name)}`);
  }

  private isPromoted(promoted: Readonly<Record<"mserver" | "dbserver", readonly string[]>>): boolean {
    const wanted = this.truth.autoFlagsOf(this.shape.to);
    return (["mserver", "dbserver"] as const).every((role) =>
      wanted[role].every((name) => promoted[role].includes(name)),
    );
  }
}
