// All control flow of a run: step after step, gates before each, a new look at the plan after every process,
// and the first failure ends it. Leaves compute or act and return; nothing else decides what comes next.

import { assertBug, isBmdbError } from "../errors/bmdb-error";
import { processNotOnHost, refusedToPlan, restartFailed } from "../errors/catalog";
import { leaderMServerGoesLast } from "../gates/leader-mserver-goes-last";
import { type AwaitingRestart, listAwaiting } from "../model/awaiting-restart";
import { CATALOG_UNANSWERED, PROMOTED_BEFORE, PROMOTION_EFFECT_UNKNOWN, PROMOTION_UNANSWERED } from "../model/carried";
import { type DesiredNode, isSameProcess, type ProcessId, processName } from "../model/desired";
import { factsOf, type Inventory } from "../model/inventory";
import { type Plan, type Planned, type PlanStep, stepId, stepsOf } from "../model/plan";
import { isSameRelease } from "../model/version";
import { describeFailure } from "../report/describe-failure";
import { describePlan } from "../report/describe-plan";
import {
  drainLeaders,
  removeLeftovers,
  removeLeftoversIfPossible,
  returnAllLeaders,
  returnLeaders,
} from "../steps/drain-leaders";
import { promoteAutoFlags } from "../steps/promote-auto-flags";
import { recordAllStarts, recordOneStart } from "../steps/record-start";
import { runAct } from "../steps/run-act";
import { stepDownLeader } from "../steps/step-down-leader";
import { upgradeBsqlCatalog } from "../steps/upgrade-bsql-catalog";
import { waitForAutoFlags } from "../steps/wait-for-auto-flags";
import { explainEnd } from "./explain-stop";
import { isStagedRelease } from "./judge-return";
import { leaveLinks } from "./leave-links";
import { passGates } from "./pass-gates";
import { pauseXdcr } from "./pause-xdcr";
import { pollUntil } from "./poll-until";
import { proveReturn } from "./prove-return";
import { resumeXdcr } from "./resume-xdcr";
import { journal, processKey, type RestartRecord, type Run, say } from "./run";
import { readUntilStopped } from "./safe-point";
import { watch } from "./watch";

export interface RunResult {
  /** The plan as it was carried out; it differs from the first one when the cluster changed meanwhile. */
  readonly plan: Plan;
  readonly doneCount: number;
  /** Undefined: every step is done. */
  readonly error: unknown;
  readonly isFinalized: boolean;
  /** After a promotion that takes effect only at the next start of a process: all that have not been started since. */
  readonly awaitingRestart: AwaitingRestart | undefined;
  /** Said when AutoFlags were, maybe, promoted by an attempt whose answer was lost. */
  readonly promotionNote: string | undefined;
  /** What could not be put back after a failure, and how to do it by hand; what is not known, because no answer came. */
  readonly leftBehind: string | undefined;
}

export async function runPlan(run: Run, first: Plan, planAgain: (inventory: Inventory) => Planned): Promise<RunResult> {
  let plan = first;
  let doneCount = 0;
  let isFinalized = false;
  let awaitingRestart: AwaitingRestart | undefined;
  let promotionNote: string | undefined;
  let leaderMoves = 0;
  let begunCount = 0;
  try {
    while (doneCount < stepsOf(plan).length) {
      const steps = stepsOf(plan);
      const step = steps[doneCount];
      if (step === undefined) break;
      // A process in hand is proven back and watched, whatever happens to the run.
      const seenThrough = isInHand(run, step) ? step.process : undefined;
      run.safePoint.until = seenThrough && untilWatched(seenThrough);
      if (seenThrough === undefined) {
        run.signal.throwIfAborted();
        await run.lease.confirm();
      }
      begunCount = doneCount + 1;
      run.progress.done = doneCount + 1;
      run.progress.total = steps.length;
      journal(run, "step_begun", { step: stepId(step), number: doneCount + 1, total: steps.length });
      const outcome = await doStep(run, step, steps.slice(doneCount + 1)).catch((error: unknown) => {
        // Leadership moved since the plan was made: the order is planned anew, a bounded number of times.
        if (!hasLeaderMoved(error) || leaderMoves >= LEADER_MOVES_MAX) throw error;
        leaderMoves += 1;
        return undefined;
      });
      if (outcome === undefined) {
        plan = await replan(run, plan, doneCount, planAgain);
        continue;
      }
      doneCount += 1;
      journal(run, "step_done", { step: stepId(step), done: doneCount, total: steps.length });
      awaitingRestart = outcome.awaitingRestart ?? awaitingRestart;
      promotionNote = outcome.promotionNote ?? promotionNote;
      run.safePoint.until = undefined;
      if (step.kind === "watch") {
        say(run, `${processName(step.process)} runs ${run.desired.version}`, "result");
        if (!isProof(steps[doneCount])) plan = await replan(run, plan, doneCount, planAgain);
      }
      if (step.kind === "check_end") isFinalized = steps.some((each) => each.kind === "promote_auto_flags");
    }
    return { plan, doneCount, error: undefined, isFinalized, awaitingRestart, promotionNote, leftBehind: undefined };
  } catch (caught) {
    const error = explainEnd(run.signal, caught);
    run.safePoint.until = undefined;
    journal(run, "run_failed", { done: doneCount, ...describeFailure(error) });
    // Whatever happened, no DBServer is left without its leaders because of us (design rule 7).
    const leaders = await returnAllLeaders(run);
    const links = await leaveLinks(run, stepsOf(plan).slice(0, begunCount));
    const promotion = run.promotion.isUnanswered ? PROMOTION_UNANSWERED : undefined;
    const catalog = run.catalog.isUnanswered ? CATALOG_UNANSWERED : undefined;
    const leftBehind = [leaders, links, promotion, catalog].filter((each) => each !== undefined).join("; ");
    const told = leftBehind === "" ? undefined : leftBehind;
    promotionNote = promotion ?? promotionNote;
    return { plan, doneCount, error, isFinalized, awaitingRestart, promotionNote, leftBehind: told };
  }
}

/** Of a process that this run itself restarted or started; one that an earlier run left in hand is not touched yet. */
const isInHand = (
  run: Run,
  step: PlanStep,
): step is Extract<PlanStep, { kind: "prove_return" | "return_leaders" | "watch" }> =>
  (step.kind === "prove_return" || step.kind === "return_leaders" || step.kind === "watch") &&
  run.restarts.has(processKey(step.process));

const untilWatched = (process: ProcessId): string => `${processName(process)} is proven back and watched`;

/** Of what is in hand already: nothing new is begun before it is proven and watched too. */
const isProof = (step: PlanStep | undefined): boolean => step?.kind === "prove_return" || step?.kind === "watch";

const LEADER_MOVES_MAX = 3;
const hasLeaderMoved = (error: unknown): boolean =>
  isBmdbError(error, "GateClosed") && error.text.evidence?.["gate"] === leaderMServerGoesLast.id;

/** Live state decides, not memory (design rule 6): what is left is planned anew after every process. */
async function replan(
  run: Run,
  plan: Plan,
  doneCount: number,
  planAgain: (inventory: Inventory) => Planned,
): Promise<Plan> {
  const rest = stepsOf(plan).slice(doneCount);
  // Before the check of the start a leader was missing: what only it tells is planned with now.
  const isBeforeCheck = rest.some((step) => step.kind === "check_start");
  if (!isBeforeCheck && !rest.some((step) => step.kind === "restart_process" || step.kind === "start_process"))
    return plan;
  const planned = await planFromLiveState(run, planAgain);
  const left = isBeforeCheck ? planned.plan : withoutStart(planned.plan);
  const fresh = stepsOf(left);
  if (fresh.map(stepId).join() === rest.map(stepId).join()) return plan;
  journal(run, "plan_changed", { done: doneCount, sections: describePlan(left, run.desired) });
  say(run, `the cluster changed; ${fresh.length} steps are left`, "lasting");
  return {
    ...planned.plan,
    from: plan.from,
    sections: [...takeSteps(plan.sections, doneCount), ...left.sections],
  };
}

/** The start was checked once; what is planned anew goes on from there. */
const withoutStart = (plan: Plan): Plan => ({
  ...plan,
  sections: plan.sections
    .map((section) => ({ ...section, steps: section.steps.filter((step) => step.kind !== "check_start") }))
    .filter((section) => section.steps.length > 0),
});

/** One page that failed is no reason to end a roll: what is not known is asked again, as before a gate. */
async function planFromLiveState(
  run: Run,
  planAgain: (inventory: Inventory) => Planned,
): Promise<Extract<Planned, { kind: "plan" }>> {
  const { policy } = run.desired;
  const outcome = await pollUntil(
    {
      clock: run.ports.clock,
      intervalMs: policy.pollIntervalMs,
      limitMs: policy.timeouts.gateMs,
      signal: run.signal,
      onWait: (last) => say(run, `wait: ${last}`, "passing"),
    },
    async () => {
      const planned = planAgain(await readUntilStopped(run.signal, run.collect("none")));
      return planned.kind === "refused" &&
        planned.refusals.every(({ code }) => code === "ProcessUnseen" || code === "XdcrLinkUnseen")
        ? { done: false as const, last: planned.refusals.map((refusal) => refusal.what).join(" ") }
        : { done: true as const, value: planned };
    },
  );
  const planned = outcome.kind === "done" ? outcome.value : planAgain(await run.collect("none"));
  if (planned.kind === "plan") return planned;
  const [refusal] = planned.refusals;
  throw refusal ? refusedToPlan({ ...refusal, isBegun: true }) : new Error("refused without a reason");
}

function takeSteps(sections: Plan["sections"], count: number): Plan["sections"] {
  let left = count;
  return sections.flatMap((section) => {
    const steps = section.steps.slice(0, left);
    left -= steps.length;
    return steps.length > 0 ? [{ ...section, steps }] : [];
  });
}

const startsIn = (steps: readonly PlanStep[]): ProcessId[] =>
  steps.flatMap((step) => (step.kind === "start_process" ? [step.process] : []));

/** Not Promise.all anywhere below: two restarts at once would both pass the gates on the same facts. */
async function doStep(
  run: Run,
  step: PlanStep,
  rest: readonly PlanStep[],
): Promise<{ awaitingRestart?: AwaitingRestart; promotionNote?: string }> {
  const toBeStarted = startsIn(rest);
  switch (step.kind) {
    case "check_start": {
      say(run, "check the cluster", "step");
      // First: what the gates read no earlier owner changes any more.
      await run.lease.fence();
      const inventory = await passGates(run, step, toBeStarted).catch(async (error: unknown) => {
        if (!run.signal.aborted) await removeLeftoversIfPossible(run);
        throw error;
      });
      await removeLeftovers(run, inventory);
      await recordAllStarts(run, toBeStarted);
      return {};
    }
    case "start_process":
    case "restart_process": {
      say(
        run,
        `${step.process.node} ${step.kind === "start_process" ? "start" : "restart"} ${step.process.role}`,
        "step",
      );
      if (step.kind === "start_process" && step.isForQuorum) await recordOneStart(run, step.process);
      await restart(run, step, await passGates(run, step, toBeStarted));
      return {};
    }
    case "step_down_leader":
    case "drain_leaders": {
      const isDrain = step.kind === "drain_leaders";
      say(run, `${step.process.node} ${isDrain ? "drain" : "hand over"}`, "step");
      // The same gates as the stop that follows: an unwell cluster is not stirred, nor sent into an election.
      const stop = rest.find((each) => each.kind === "restart_process" && isSameProcess(each.process, step.process));
      assertBug(stop, `${stepId(step)} is followed by no restart.`);
      const inventory = await passGates(run, stop, toBeStarted);
      if (isNewAlready(run, stop, inventory)) return {};
      await (isDrain ? drainLeaders : stepDownLeader)(run, step.process);
      return {};
    }
    case "return_leaders":
      await returnLeaders(run, step.process);
      return {};
    case "prove_return": {
      const record = run.restarts.get(processKey(step.process)) ?? inheritedRecord(run, step.process);
      await proveReturn(run, record, toBeStarted);
      return {};
    }
    case "watch":
      await watch(run, step.process, toBeStarted);
      run.inHand.delete(processKey(step.process));
      return {};
    case "verify_one_version":
      say(run, "verify that every process is new", "step");
      await passGates(run, step, toBeStarted);
      return {};
    case "promote_auto_flags": {
      const confirm = () => passGates(run, step, toBeStarted);
      say(run, "promote AutoFlags", "step");
      await passGates(run, step, toBeStarted);
      let promotion = await promoteAutoFlags(run, confirm);
      if (!promotion.promoted && run.restarts.size > 0) {
        // An old leader MServer says the same, with success: it is believed when every process was just seen new again.
        await confirm();
        promotion = await promoteAutoFlags(run, confirm);
      }
      if (!promotion.promoted && run.promotion.isUnanswered) {
        run.promotion.isUnanswered = false;
        say(run, PROMOTION_EFFECT_UNKNOWN, "lasting");
        return { promotionNote: PROMOTION_EFFECT_UNKNOWN };
      }
      if (!promotion.promoted && run.restarts.size === 0) {
        say(run, PROMOTED_BEFORE, "lasting");
        return { promotionNote: PROMOTED_BEFORE };
      }
      say(
        run,
        promotion.promoted
          ? `AutoFlags promoted, config version ${promotion.configVersion ?? "not told"}`
          : "no new AutoFlags to promote",
        "result",
      );
      if (!promotion.restartNeeded) return {};
      say(run, "the promoted AutoFlags take effect after one more restart of every process", "lasting");
      return { awaitingRestart: listAwaiting(await run.collect("all")) };
    }
    case "wait_for_auto_flags":
      say(run, "wait for AutoFlags to arrive", "step");
      await waitForAutoFlags(run, await readUntilStopped(run.signal, run.collect("none")));
      return {};
    case "upgrade_bsql_catalog": {
      say(run, "upgrade the BSQL catalog", "step");
      await passGates(run, step, toBeStarted);
      const outcome = await upgradeBsqlCatalog(run, () => passGates(run, step, toBeStarted));
      say(run, outcome === "upgraded" ? "BSQL catalog upgraded" : "BSQL is off: no catalog to upgrade", "result");
      return {};
    }
    case "check_end":
      say(run, "check the cluster", "step");
      await passGates(run, step, toBeStarted);
      return {};
    case "pause_xdcr":
      say(run, `pause ${step.link.group}`, "step");
      await pauseXdcr(run, step.link);
      return {};
    case "resume_xdcr":
      say(run, `resume ${step.link.group}`, "step");
      await resumeXdcr(run, step.link);
      return {};
  }
}

/** Of a process that an earlier run left unproven: nothing is known of the one before it, and what is heard from now on counts. */
const inheritedRecord = (run: Run, process: ProcessId): RestartRecord => ({
  process,
  pidBefore: undefined,
  startTimeUsBefore: undefined,
  tilesBefore: undefined,
  pidStarted: 0,
  orderedAtMs: Number.NEGATIVE_INFINITY,
  startedAtMs: run.ports.clock.monotonicMs(),
});

/** Since the plan was made: by a person, or by an act of a dead run that was held up. What waits for one more restart ran it before, too. */
function isNewAlready(run: Run, step: PlanStep, inventory: Inventory): boolean {
  if (step.kind !== "restart_process" || isSameRelease(run.desired.version, step.from)) return false;
  const facts = factsOf(inventory, step.process);
  return facts !== undefined && isStagedRelease(run.desired, facts);
}

/** What somebody else started is proven and watched as if it were ours. */
function takeAsStarted(run: Run, process: ProcessId, pid: number): void {
  run.inHand.set(processKey(process), process);
  const nowMs = run.ports.clock.monotonicMs();
  run.restarts.set(processKey(process), {
    process,
    pidBefore: undefined,
    startTimeUsBefore: undefined,
    tilesBefore: undefined,
    pidStarted: pid,
    startedAtMs: nowMs,
    orderedAtMs: nowMs,
  });
}

async function restart(
  run: Run,
  step: Extract<PlanStep, { kind: "restart_process" | "start_process" }>,
  inventory: Inventory,
): Promise<void> {
  const { process } = step;
  const facts = factsOf(inventory, process);
  const node = run.desired.nodes.find((each) => each.name === process.node);
  const staged = facts?.staged;
  if (!facts || !node || !staged?.known || !facts.running.known)
    throw new Error(`gates opened without facts about ${processName(process)}`);
  const entry =
    inventory.mservers.known && process.role === "mserver"
      ? inventory.mservers.value.find((each) => each.host === node.host && each.rpcPort === node.ports.mserverRpc)
      : undefined;
  const running = facts.running.value;
  if (running === null && step.kind === "restart_process")
    throw processNotOnHost({ process: processName(process), role: process.role, node: process.node });
  // A start never stops anything: what runs but does not answer is either coming up, or a person's to look at.
  if (running !== null && step.kind === "start_process") {
    const isNew = running.releaseVersion !== undefined && isSameRelease(run.desired.version, running.releaseVersion);
    if (!isNew)
      throw restartFailed({
        process: processName(process),
        node: process.node,
        reason: `process ${running.pid} runs there, but nobody listens on its web port`,
        state: "It was not touched.",
        output: "",
      });
    return takeAsStarted(run, process, running.pid);
  }
  if (running !== null && isNewAlready(run, step, inventory)) {
    const what = `${processName(process)} runs ${run.desired.version} already: somebody restarted it meanwhile`;
    say(run, `${what}. It is not stopped again, but proven back and watched`, "lasting");
    return takeAsStarted(run, process, running.pid);
  }
  const own = run.desired.process[process.role];
  journal(run, "stopping", {
    process: processName(process),
    pid: running?.pid,
    version: facts.version.known ? facts.version.value : undefined,
  });
  run.safePoint.until = untilWatched(process);
  // Before the act: one whose answer is lost may have started it.
  run.inHand.set(processKey(process), process);
  const orderedAtMs = run.ports.clock.monotonicMs();
  const pid = await runAct(run, process, {
    stop:
      running === null
        ? undefined
        : { pid: running.pid, startTicks: String(running.startTicks), timeoutMs: run.desired.policy.timeouts.stopMs },
    releaseDir: staged.value.dir,
    own: { start: own.start, stop: own.stop },
  });
  run.restarts.set(processKey(process), {
    process,
    pidBefore: running?.pid,
    startTimeUsBefore: entry?.startTimeUs,
    tilesBefore: countTiles(inventory, node),
    pidStarted: pid,
    orderedAtMs,
    startedAtMs: run.ports.clock.monotonicMs(),
  });
}

/** How many tiles the leader MServer counts on a DBServer; undefined where it does not say, and for MServers. */
function countTiles(inventory: Inventory, node: DesiredNode): number | undefined {
  const entries = inventory.dbservers.known ? inventory.dbservers.value : [];
  return entries.find((each) => each.host === node.host && each.httpPort === node.ports.dbserverHttp)?.tiles.active;
}
