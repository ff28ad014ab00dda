// The composition root: builds the adapters, looks at the cluster, plans, runs, and says what is the case now.

import { openJournal } from "./adapters/file-journal";
import { createSshShell } from "./adapters/ssh-shell";
import { systemClock } from "./adapters/system-clock";
import { systemRandom } from "./adapters/system-random";
import { createWebPages } from "./adapters/undici-pages";
import { adoptVersionDiffers, clusterUnreachable, gateClosed, refusedToPlan } from "./errors/catalog";
import { journalEnd, journalRefusal, journalStart } from "./executor/journal-run";
import { passGates } from "./executor/pass-gates";
import { journal, type Run, type RunPorts } from "./executor/run";
import { type RunResult, runPlan } from "./executor/run-plan";
import { findClosed } from "./gates/find-closed";
import { collectHost } from "./inventory/collect-host";
import { collectInventory, forgetfulLeaderMemory } from "./inventory/collect-inventory";
import { type AwaitingRestart, stillAwaiting } from "./model/awaiting-restart";
import { type DesiredCluster, mserverAddresses, processName } from "./model/desired";
import type { Inventory } from "./model/inventory";
import type { Plan, Planned } from "./model/plan";
import { isSameRelease } from "./model/version";
import { describeVersions, versionOfProcess } from "./planner/describe-versions";
import { type PlanContext, planUpgrade } from "./planner/plan-upgrade";
import type { EventSink } from "./ports";
import { recordStarts } from "./steps/record-start";

export interface Session {
  readonly desired: DesiredCluster;
  readonly sink: EventSink;
  readonly signal: AbortSignal;
  /** Where the journal's folder is looked for upwards. Undefined: this look at the cluster is not journalled. */
  readonly workingDirectory: string | undefined;
}

export interface Adoption {
  readonly inventory: Inventory;
}

export interface Upgrade {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly runId: string;
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly journalPath: string | undefined;
  /** What was seen after the end of the run, whatever its end; undefined when the cluster could not be seen any more. */
  readonly after: Inventory | undefined;
  /** Processes that have to be started once more for promoted AutoFlags to take effect; a plan of its own does it. */
  readonly awaitingRestart: AwaitingRestart;
}

/** Gives `work` a run with real adapters and closes them afterwards. */
export async function withRun<T>(session: Session, work: (run: Run) => Promise<T>): Promise<T> {
  const { desired, sink } = session;
  const clock = systemClock;
  const id = `${new Date(clock.nowMs()).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${systemRandom.hex(6)}`;
  const shell = createSshShell(desired.nodes, desired.ssh, desired.policy.timeouts.sshMs);
  const pages = createWebPages({ ca: desired.adminUi.ca });
  const noJournal = { path: undefined, append: () => undefined };
  const ports: RunPorts = {
    shell,
    pages,
    clock,
    random: systemRandom,
    sink,
    journal:
      session.workingDirectory === undefined
        ? noJournal
        : openJournal(id, session.workingDirectory, (message) => sink.emit({ text: message, passing: false })),
  };
  const leaderMemory = forgetfulLeaderMemory();
  const run: Run = {
    id,
    desired,
    ports,
    signal: session.signal,
    restarts: new Map(),
    drained: new Map(),
    unknownOperations: new Set(),
    waived: new Set(),
    progress: { done: 0, total: 0 },
    collect: (hosts, depth) =>
      collectInventory({
        desired,
        hosts,
        isThorough: depth === "thorough",
        leaderMemory,
        asking: { pages, clock, timeoutMs: desired.policy.timeouts.pageMs },
        readHost: (node, details) => collectHost({ shell, clock, desired, node, details }),
      }),
  };
  try {
    return await work(run);
  } finally {
    await Promise.all([shell.close(), pages.close()]);
  }
}

/** A cluster of which no MServer says anything usable is an error, never an empty inventory. */
export function assertReachable(desired: DesiredCluster, inventory: Inventory): void {
  if (inventory.mservers.known) return;
  throw clusterUnreachable({ tried: mserverAddresses(desired.nodes).split(","), last: inventory.mservers.why });
}

/** What would be done now. Reads only. */
export async function previewUpgrade(
  session: Session,
  context: PlanContext,
): Promise<{ planned: Planned; inventory: Inventory }> {
  return withRun(session, async (run) => {
    const inventory = await run.collect("all", "thorough");
    assertReachable(session.desired, inventory);
    const planned = planUpgrade(session.desired, inventory, context);
    if (planned.kind === "refused") return { planned, inventory };
    const findings = [...planned.plan.findings, ...findClosed(session.desired, inventory)];
    return { planned: { ...planned, plan: { ...planned.plan, findings } }, inventory };
  });
}

/** Verifies that the cluster is what the program says it is. Changes no process; writes down how each one is started. */
export async function adoptCluster(session: Session): Promise<Adoption> {
  return withRun(session, async (run) => {
    const { desired } = session;
    const seen = await run.collect("all");
    assertReachable(desired, seen);
    const differs = seen.processes.some(
      (facts) => !facts.version.known || !isSameRelease(desired.version, facts.version.value),
    );
    if (differs)
      throw adoptVersionDiffers({
        stated: desired.version,
        live: describeVersions(seen),
        perProcess: seen.processes.map((facts) => `${processName(facts.id)}  ${versionOfProcess(facts)}`),
      });
    journal(run, "adopt_started", { version: desired.version });
    const inventory = await passGates(run, { kind: "check_end" }, []);
    for (const node of desired.nodes) await recordStarts(run, node);
    journal(run, "adopted", { version: desired.version });
    return { inventory };
  });
}

/** The live truth. Raises `ClusterUnreachable` when it cannot be had. */
export async function readCluster(session: Session): Promise<Inventory> {
  return withRun(session, async (run) => {
    const inventory = await run.collect("all");
    assertReachable(session.desired, inventory);
    return inventory;
  });
}

/** What this run started itself is no longer waiting, whatever the last look at its host said. */
const omitRestarted = (awaiting: AwaitingRestart, run: Run): AwaitingRestart => {
  const restarted = [...run.restarts.values()].map((record) => processName(record.process));
  return Object.fromEntries(Object.entries(awaiting).filter(([name]) => !restarted.includes(name)));
};

/** The ordered rolling upgrade. Never raises once the plan runs: what came of it is in the result. */
export async function upgradeCluster(
  session: Session,
  context: PlanContext,
  onPlan: (plan: Plan) => void,
): Promise<Upgrade> {
  return withRun(session, async (run) => {
    const { desired } = session;
    const awaitingNow = (): AwaitingRestart => omitRestarted(context.awaitingRestart ?? {}, run);
    const planAgain = (inventory: Inventory): Planned =>
      planUpgrade(desired, inventory, { ...context, awaitingRestart: awaitingNow() });
    const before = await run.collect("all", "thorough");
    assertReachable(desired, before);
    const planned = planAgain(before);
    if (planned.kind === "refused") {
      journalRefusal(run, planned.refusals);
      const [first, ...others] = planned.refusals;
      if (first === undefined)
        throw gateClosed({
          gate: "plan",
          reason: "refused without a reason.",
          waitedMs: 0,
          untouched: "Nothing was stopped.",
        });
      throw refusedToPlan({ ...first, what: [first.what, ...others.map((other) => other.what)].join(" ") });
    }
    onPlan(planned.plan);
    const startedAtMs = run.ports.clock.nowMs();
    const startedMs = run.ports.clock.monotonicMs();
    journalStart(run, planned.plan, before);
    const result = await runPlan(run, planned.plan, planAgain);
    const awaitingRestart = result.awaitingRestart ?? stillAwaiting(awaitingNow(), before);
    const after = await run.collect("none").catch(() => undefined);
    const tookMs = Math.round(run.ports.clock.monotonicMs() - startedMs);
    journalEnd(run, result, after, tookMs);
    return {
      plan: result.plan,
      result,
      runId: run.id,
      startedAtMs,
      tookMs,
      journalPath: run.ports.journal.path,
      after,
      awaitingRestart,
    };
  });
}
