// Replication rests on every cluster of a topology before the first process of any of them is stopped (spec X1), or nowhere.

import { gateClosed, refusedToPlan } from "../errors/catalog";
import { judgePause, xdcrPauseFitsTheRetention } from "../gates/xdcr-pause-fits-the-retention";
import type { Planned, PlanStep } from "../model/plan";
import type { DesiredTopology } from "../model/topology";
import type { TopologyPlan } from "../model/topology-plan";
import { linkId, linkName } from "../model/xdcr";
import { runningVersion } from "../planner/describe-versions";
import { memberOfLink, type PlannedTopology, planTopology, type SeenMember } from "../planner/plan-topology";
import { describeFailure } from "../report/describe-failure";
import { passGates } from "./pass-gates";
import { pauseXdcr, recallPauses } from "./pause-xdcr";
import { journal, type Run, say } from "./run";
import { tellStep } from "./tell-step";
import type { MemberRun } from "./topology-leases";
import { undoPause } from "./undo-pause";

/** How one cluster is planned; the run that is given reads. */
export type PlanMember = (run: Run, inventory: SeenMember["inventory"]) => Planned;

/** A fresh look at all clusters at once, and the plan over them. Raises `ClusterUnreachable`. */
export async function lookAtTopology(
  topology: DesiredTopology,
  members: readonly MemberRun[],
  look: (run: Run) => Promise<SeenMember["inventory"]>,
  planMember: PlanMember,
): Promise<{ readonly seen: readonly SeenMember[]; readonly planned: PlannedTopology }> {
  const seen = await Promise.all(
    members.map(async ({ name, run }): Promise<SeenMember> => {
      const inventory = await look(run);
      recallPauses(run, inventory);
      return { name, desired: run.desired, inventory, planned: planMember(run, inventory) };
    }),
  );
  return { seen, planned: planTopology(topology, seen) };
}

/** Under the leases. Raises `GateClosed`, `XdcrNotPaused`, `RunStopped`; what it had paused until then runs again where it may. */
export async function pauseTopology(
  members: readonly MemberRun[],
  seen: readonly SeenMember[],
  plan: TopologyPlan,
): Promise<void> {
  judgeWhole(members, plan);
  for (const { name, planned } of seen) {
    const run = members.find((member) => member.name === name)?.run;
    if (run === undefined || planned.kind !== "plan" || planned.plan.processCount === 0) continue;
    say(run, `check ${name}`, "step");
    // No earlier owner changes any more what the gates read.
    await run.lease.fence();
    await passGates(run, { kind: "check_start" }, startsIn(planned));
  }
  const active = plan.links.filter(({ state }) => state === "active");
  try {
    for (const [index, { link }] of active.entries()) {
      const run = memberOfLink(members, link)?.run;
      if (run === undefined) continue;
      run.signal.throwIfAborted();
      say(run, `pause ${link.group}`, "step");
      await tellStep(run, { kind: "pause_xdcr", link }, index + 1, () => pauseXdcr(run, link));
    }
  } catch (error) {
    await takeBack(members, seen);
    throw error;
  }
}

/** All pauses are one, from the first cluster to the last. */
function judgeWhole(members: readonly MemberRun[], plan: TopologyPlan): void {
  // What rests already rests the longer, the longer nobody goes on.
  if (!plan.links.some(({ state }) => state === "active")) return;
  const verdict = judgePause(plan.pauseMs, plan.retentionMs);
  if (verdict.kind === "open") return;
  const gate = xdcrPauseFitsTheRetention.id;
  const waivers = members.map(({ run }) => run.desired.policy.waive.xdcr_pause_fits_the_retention);
  const [first] = members;
  const [why] = waivers;
  if (first !== undefined && why !== undefined && !waivers.includes(undefined)) {
    say(first.run, `waived ${gate}: ${verdict.reason} Reason given: ${why}`, "lasting");
    return;
  }
  throw gateClosed({
    gate,
    reason: verdict.reason,
    waitedMs: 0,
    untouched: "Nothing was paused, and no process was stopped.",
    ...(verdict.kind === "stop" && verdict.next && { next: verdict.next }),
  });
}

/** Nothing was stopped under what this run paused; where versions are mixed already it stays, and the next run goes on. */
async function takeBack(members: readonly MemberRun[], seen: readonly SeenMember[]): Promise<void> {
  const versions = new Set(seen.flatMap(({ inventory }) => inventory.processes.map((facts) => runningVersion(facts))));
  for (const { name, run } of members) {
    for (const link of run.desired.xdcr?.links ?? []) {
      const record = run.linksPaused.get(linkId(link));
      if (record?.run !== run.id || memberOfLink(members, link)?.name !== name || versions.size > 1) continue;
      const failure = await undoPause(run, link).catch((error: unknown) => error);
      if (failure === undefined) continue;
      journal(run, "xdcr_undo_failed", { ...link, ...describeFailure(failure) });
      say(run, `${linkName(link)} could not be resumed; the next \`pulumi up\` looks after it`, "lasting");
    }
  }
}

const startsIn = (planned: Extract<Planned, { kind: "plan" }>) =>
  planned.plan.sections
    .flatMap(({ steps }): readonly PlanStep[] => steps)
    .flatMap((step) => (step.kind === "start_process" ? [step.process] : []));

export function explainTopologyRefusal(planned: Extract<PlannedTopology, { kind: "refused" }>): Error {
  const [first, ...others] = planned.refusals;
  if (first === undefined) return new Error("refused without a reason");
  return refusedToPlan({ ...first, what: [first.what, ...others.map((other) => other.what)].join(" ") });
}
