// The composition root: builds the adapters, looks at the cluster, plans, runs, and says what is the case now.

import { readOperator } from "./adapters/operator";
import { createSshShell } from "./adapters/ssh-shell";
import { systemClock } from "./adapters/system-clock";
import { systemRandom } from "./adapters/system-random";
import { createWebPages } from "./adapters/undici-pages";
import { isBmdbError } from "./errors/bmdb-error";
import { adoptVersionDiffers, clusterUnreachable, gateClosed, refusedToPlan } from "./errors/catalog";
import { explainEnd } from "./executor/explain-stop";
import { journalEnd, journalRefusal, journalStart } from "./executor/journal-run";
import { passGates } from "./executor/pass-gates";
import { readPauseRecords } from "./executor/pause-record";
import { recallPauses } from "./executor/pause-xdcr";
import { journal, noLease, processKey, type Run, type RunPorts } from "./executor/run";
import { type RunResult, runPlan } from "./executor/run-plan";
import { readUntilStopped, tellStop } from "./executor/safe-point";
import { withLease } from "./executor/with-lease";
import { withLeases } from "./executor/with-leases";
import { findClosed } from "./gates/find-closed";
import { collectHost } from "./inventory/collect-host";
import { collectInventory } from "./inventory/collect-inventory";
import { forgetfulLeaderMemory } from "./inventory/leader-memory";
import { readStreams } from "./inventory/read-streams";
import { type AwaitingRestart, stillAwaiting } from "./model/awaiting-restart";
import type { Carried } from "./model/carried";
import { type DesiredCluster, declaredProcesses, mserverAddresses, processName } from "./model/desired";
import type { Inventory } from "./model/inventory";
import type { LeaseOwner } from "./model/lease-record";
import { type Plan, type Planned, stepsOf } from "./model/plan";
import { findStartByHand } from "./model/start-by-hand";
import { isSameRelease } from "./model/version";
import { listAdminNodes, type PauseRecord } from "./model/xdcr";
import { describeVersions, versionOfProcess } from "./planner/describe-versions";
import { type PlanContext, planUpgrade } from "./planner/plan-upgrade";
import type { EventSink } from "./ports";
import { describeFailure } from "./report/describe-failure";
import { type FinishedReport, openRunRecord, type RunRecord } from "./run-record";
import { removeLeftovers, removeLeftoversIfPossible } from "./steps/drain-leaders";
import { recordAllStarts } from "./steps/record-start";

export interface Session {
  readonly desired: DesiredCluster;
  readonly sink: EventSink;
  readonly signal: AbortSignal;
  /** Where the journal's folder is looked for upwards. Undefined: this look at the cluster is not journalled. */
  readonly workingDirectory: string | undefined;
  /** `project/stack`, for whoever meets the lease of this run; undefined where it is not known. */
  readonly stack?: string | undefined;
  /** In the place of the adapters: a cluster that is invented, on its own time. */
  readonly world?: World | undefined;
}

export type World = Omit<RunPorts, "sink">;

export interface Adoption {
  readonly inventory: Inventory;
  /** Links that an earlier run of this program left paused. */
  readonly linksPaused: readonly PauseRecord[];
}

export interface Upgrade {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly runId: string;
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly journalPath: string | undefined;
  /** Undefined when none could be made. */
  readonly report: FinishedReport | undefined;
  /** What was seen after the end of the run, whatever its end; undefined when the cluster could not be seen any more. */
  readonly after: Inventory | undefined;
  /** Processes that have to be started once more for promoted AutoFlags to take effect; a plan of its own does it. */
  readonly awaitingRestart: AwaitingRestart;
  /** What the next run has to finish. */
  readonly carried: Carried;
  /** Links that this program keeps paused after the run. */
  readonly linksPaused: readonly PauseRecord[];
}

export function openAdapters({ desired }: Pick<Session, "desired">): Omit<World, "journal"> {
  const shell = createSshShell(
    [...desired.nodes, ...listAdminNodes(desired)],
    desired.ssh,
    desired.policy.timeouts.sshMs,
  );
  const { ca, access } = desired.adminUi;
  const pages = createWebPages({ ca }, access === "ssh" ? shell.dial : undefined);
  return { shell, pages, clock: systemClock, random: systemRandom };
}

/** Gives `work` a run with real adapters, unless the session brings a world, and closes them afterwards. */
export async function withRun<T>(session: Session, work: (run: Run, record: RunRecord) => Promise<T>): Promise<T> {
  const { sink, signal } = session;
  const world = session.world ?? openAdapters(session);
  const id = newRunId(world);
  const record = openRunRecord(id, session.workingDirectory, (text) => sink.emit({ text, passing: false }));
  const run = createRun(session, { ...world, journal: session.world?.journal ?? record.journal }, id);
  const tell = (): void => tellStop(run);
  signal.addEventListener("abort", tell, { once: true });
  try {
    if (signal.aborted) tell();
    return await work(run, record);
  } catch (caught) {
    const error = explainEnd(signal, caught);
    journal(run, "not_begun", { ...describeFailure(error) });
    throw error;
  } finally {
    signal.removeEventListener("abort", tell);
    record.finish();
    await closePorts(world);
  }
}

export const newRunId = ({ clock, random }: Pick<World, "clock" | "random">): string =>
  `${new Date(clock.nowMs()).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${random.hex(6)}`;

/** A run that holds no lease yet and has changed nothing. */
export function createRun(
  { desired, sink, signal, stack }: Pick<Session, "desired" | "sink" | "signal" | "stack">,
  world: World,
  id: string,
): Run {
  const { shell, pages, clock } = world;
  const leaderMemory = forgetfulLeaderMemory();
  return {
    id,
    desired,
    ports: { ...world, sink },
    signal,
    restarts: new Map(),
    inHand: new Map(),
    drained: new Map(),
    unknownOperations: new Set(),
    lostHosts: new Set(),
    waived: new Map(),
    promotion: { isUnanswered: false },
    catalog: { isUnanswered: false },
    safePoint: { until: undefined },
    progress: { done: 0, total: 0 },
    lease: noLease,
    peerLeases: new Map(),
    stack: stack ?? NAMELESS,
    linksPaused: new Map(),
    collect: (hosts, depth) =>
      collectInventory({
        desired,
        hosts,
        isThorough: depth === "thorough",
        isClusterOnly: depth === "cluster",
        leaderMemory,
        asking: { pages, clock, timeoutMs: desired.policy.timeouts.pageMs },
        readHost: (node, details) => collectHost({ shell, clock, desired, node, details }),
        readStreams: (view, node) => readStreams({ shell, clock }, desired, view, node),
        readPauseRecords: () => readPauseRecords({ shell, clock }, desired),
      }),
  };
}

export async function closePorts({ pages, shell }: Pick<World, "pages" | "shell">): Promise<void> {
  // Pages first: theirs may lead through the connections of the shell.
  await pages.close();
  await shell.close();
}

const NAMELESS = "a stack without a name";

export const ownerOf = (run: Run): LeaseOwner => ({
  ...readOperator(),
  stack: run.stack,
  runId: run.id,
  since: new Date(run.ports.clock.nowMs()).toISOString(),
});

/** A cluster of which no MServer says anything usable is an error, never an empty inventory. */
export function assertReachable(desired: DesiredCluster, inventory: Inventory): void {
  if (inventory.mservers.known) return;
  throw clusterUnreachable({
    tried: mserverAddresses(desired.nodes).split(","),
    last: inventory.mservers.why,
    startByHand: findStartByHand(desired, inventory),
  });
}

/** What would be done now. Reads only. */
export async function previewUpgrade(
  session: Session,
  context: PlanContext,
): Promise<{ planned: Planned; inventory: Inventory }> {
  return withRun(session, async (run) => {
    const inventory = await readUntilStopped(run.signal, run.collect("all", "thorough"));
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
    assertReachable(session.desired, await readUntilStopped(run.signal, run.collect("none")));
    // Records of how processes are started are what a roll of somebody else reads and writes, too.
    return withLease(run, ownerOf(run), (held) => adopt(held));
  });
}

async function adopt(run: Run): Promise<Adoption> {
  const { desired } = run;
  const seen = await readUntilStopped(run.signal, run.collect("all"));
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
  if (desired.xdcr) recallPauses(run, await readUntilStopped(run.signal, run.collect("all", "thorough")));
  // First: what the gates read no earlier owner changes any more.
  await run.lease.fence();
  const inventory = await passGates(run, { kind: "check_end" }, []);
  await recordAllStarts(run);
  journal(run, "adopted", { version: desired.version });
  return { inventory, linksPaused: [...run.linksPaused.values()] };
}

/** The live truth. Raises `ClusterUnreachable` when it cannot be had. */
export async function readCluster(session: Session): Promise<Inventory> {
  // Only a look: it leaves no journal.
  return withRun({ ...session, workingDirectory: undefined }, async (run) => {
    const inventory = await readUntilStopped(run.signal, run.collect("all"));
    assertReachable(session.desired, inventory);
    return inventory;
  });
}

/** What this run started itself is no longer waiting, whatever the last look at its host said. */
const omitRestarted = (awaiting: AwaitingRestart, run: Run): AwaitingRestart => {
  const restarted = [...run.restarts.values()].map((record) => processName(record.process));
  return Object.fromEntries(Object.entries(awaiting).filter(([name]) => !restarted.includes(name)));
};

/** No process changes: what the hosts keep for us still has to fit the program, and nothing of an earlier run may stay behind. */
async function settle(run: Run, inventory: Inventory): Promise<void> {
  await run.lease.fence();
  await removeLeftovers(run, inventory);
  await recordAllStarts(run);
}

/** The ordered rolling upgrade. Never raises once the plan runs: what came of it is in the result. */
export async function upgradeCluster(
  session: Session,
  context: PlanContext,
  onPlan: (plan: Plan) => void,
): Promise<Upgrade> {
  return withRun(session, async (run, record) => {
    const { desired } = session;
    for (const id of declaredProcesses(desired))
      if (context.inHand?.includes(processName(id))) run.inHand.set(processKey(id), id);
    const inHandNow = (): string[] => [...run.inHand.values()].map(processName);
    run.promotion.isUnanswered = context.promotionUnanswered ?? false;
    const awaitingNow = (): AwaitingRestart => omitRestarted(context.awaitingRestart ?? {}, run);
    const planAgain = (inventory: Inventory): Planned =>
      planUpgrade(desired, inventory, { ...context, awaitingRestart: awaitingNow(), inHand: inHandNow() });
    const look = async (signal: AbortSignal): Promise<{ before: Inventory; planned: Planned }> => {
      const before = await readUntilStopped(signal, run.collect("all", "thorough"));
      assertReachable(desired, before);
      recallPauses(run, before);
      return { before, planned: planAgain(before) };
    };
    const carryOut = async (holder: Run, { before, planned }: Awaited<ReturnType<typeof look>>) => {
      if (planned.kind === "refused") {
        await removeLeftoversIfPossible(holder);
        journalRefusal(run, planned.refusals);
        throw explainRefusal(planned.refusals);
      }
      onPlan(planned.plan);
      const startedAtMs = run.ports.clock.nowMs();
      const startedMs = run.ports.clock.monotonicMs();
      journalStart(run, planned.plan, before);
      if (stepsOf(planned.plan).length === 0) await settle(holder, before);
      return { before, startedAtMs, startedMs, result: await runPlan(holder, planned.plan, planAgain) };
    };
    const first = await look(run.signal);
    // Under the lease the cluster is seen anew: a run that held it until now may have changed everything.
    // Clusters of a topology may be upgraded at the same time: another one is touched only to pause what somebody has resumed.
    const isPausing =
      first.planned.kind === "plan" && stepsOf(first.planned.plan).some(({ kind }) => kind === "pause_xdcr");
    const hold = desired.xdcr?.isFinishedElsewhere && !isPausing ? withLease : withLeases;
    const { before, startedAtMs, startedMs, result } = await hold(run, ownerOf(run), async (held) => {
      // And no host takes a command of that run from here on. What is refused anyway is told without it.
      if (first.planned.kind === "plan") await held.lease.fence();
      return carryOut(held, await look(held.signal));
    }).catch((error: unknown) => {
      // Refused anyway; whether another run is the reason cannot be asked.
      if (first.planned.kind === "refused" && isBmdbError(error, "LeaseUnreachable"))
        throw explainRefusal(first.planned.refusals);
      throw error;
    });
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
      report: record.finish(),
      after,
      awaitingRestart,
      carried: {
        ...(run.inHand.size > 0 && { inHand: inHandNow() }),
        ...(run.promotion.isUnanswered && { promotionUnanswered: true as const }),
      },
      linksPaused: [...run.linksPaused.values()],
    };
  });
}

function explainRefusal(refusals: Extract<Planned, { kind: "refused" }>["refusals"]): Error {
  const [first, ...others] = refusals;
  return first === undefined
    ? gateClosed({ gate: "plan", reason: "refused without a reason.", waitedMs: 0, untouched: "Nothing was stopped." })
    : refusedToPlan({ ...first, what: [first.what, ...others.map((other) => other.what)].join(" ") });
}
