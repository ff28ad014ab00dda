// The runbook: desired state and inventory → a numbered plan, or a refusal with reasons.
// Pure. It says what and in which order; whether a step may be done *now* is for the gates.

import { type AwaitingRestart, isAwaitingRestart } from "../model/awaiting-restart";
import type { Carried } from "../model/carried";
import { type DesiredCluster, isSameProcess, type ProcessId, processName, type Role } from "../model/desired";
import type { Inventory, ProcessFacts } from "../model/inventory";
import type { Plan, Planned, PlanStep } from "../model/plan";
import { isSameRelease } from "../model/version";
import { describeVersions, isDown, labelFor, runningVersion } from "./describe-versions";
import { estimateSteps } from "./estimate-steps";
import { findFindings } from "./find-findings";
import { hasLostQuorum } from "./has-lost-quorum";
import { findLeader, orderDBServers, orderMServers } from "./order-processes";
import { planXdcr } from "./plan-xdcr";
import { refuseUnseenLinks, refuseUpgrade } from "./refuse-upgrade";

export interface PlanContext extends Carried {
  /** The release whose finalisation (AutoFlags, BSQL catalog) is known to be complete. */
  readonly finalizedVersion: string | undefined;
  /** The release that the cluster was adopted with. Whether it was finalised is its former operator's matter, not a change of settings'. */
  readonly adoptedVersion: string | undefined;
  /** The cluster that the state is about; undefined when it is not known. */
  readonly clusterUuid?: string | undefined;
  /** Processes in which promoted AutoFlags take effect only after one more restart (spec A2). */
  readonly awaitingRestart?: AwaitingRestart | undefined;
  /** The release that an earlier run of ours began and did not finish; undefined when none is known. */
  readonly unfinishedVersion?: string | undefined;
}

export function planUpgrade(desired: DesiredCluster, inventory: Inventory, context: PlanContext): Planned {
  const isDue = (facts: ProcessFacts): boolean =>
    !runs(facts, desired.version) || isAwaitingRestart(context.awaitingRestart, facts);
  const isAnyDue = inventory.processes.some((facts) => !isDown(facts) && isDue(facts));
  const refusals = refuseUpgrade(desired, inventory, isAnyDue, context);

  const isInHand = (facts: ProcessFacts): boolean =>
    !isDown(facts) && !isDue(facts) && context.inHand?.includes(processName(facts.id)) === true;
  const repairs = {
    mserver: planRepair("mserver", inventory, isInHand),
    dbserver: planRepair("dbserver", inventory, isInHand),
  };
  const quorum = hasLostQuorum(inventory) ? repairs.mserver.map(forQuorum) : [];
  const mservers = [...(quorum.length > 0 ? [] : repairs.mserver), ...planTier("mserver", desired, inventory, isDue)];
  const dbservers = [...repairs.dbserver, ...planTier("dbserver", desired, inventory, isDue)];
  const isFinalized =
    context.finalizedVersion !== undefined && isSameRelease(desired.version, context.finalizedVersion);
  const isAsAdopted = context.adoptedVersion === desired.version;
  const finalisation =
    desired.finalize === "manual" || isFinalized || isAsAdopted ? [] : planFinalisation(desired, inventory);
  const hasWork = quorum.length + mservers.length + dbservers.length + finalisation.length > 0;
  const { pauses, resumes } = planXdcr(desired, inventory, hasWork);
  const isEmpty = !hasWork && resumes.length === 0;
  const reasons = [...refusals, ...(isEmpty ? [] : refuseUnseenLinks(desired, inventory))];
  if (reasons.length > 0) return { kind: "refused", refusals: reasons };

  const sections: Plan["sections"] = [
    { section: "quorum" as const, steps: quorum },
    { section: "start" as const, steps: isEmpty ? [] : [{ kind: "check_start" as const }] },
    { section: "xdcr_pause" as const, steps: pauses },
    { section: "mservers" as const, steps: mservers },
    { section: "dbservers" as const, steps: dbservers },
    { section: "finalisation" as const, steps: finalisation },
    { section: "end" as const, steps: isEmpty ? [] : [{ kind: "check_end" as const }] },
    { section: "xdcr_resume" as const, steps: resumes },
  ].filter((section) => section.steps.length > 0);

  const steps = sections.flatMap((section) => section.steps);
  return {
    kind: "plan",
    plan: {
      from: describeVersions(inventory, labelFor(desired.version)),
      to: desired.version,
      sections,
      processCount: steps.filter((step) => step.kind === "restart_process" || step.kind === "start_process").length,
      estimateMs: estimateSteps(steps, desired.policy),
      findings: [
        ...inventory.processes
          .filter(isInHand)
          .map(({ id }) => `${processName(id)} was in hand when an earlier run ended: it is proven and watched first`),
        ...findFindings(desired, inventory),
      ],
      notes: [...noteDrain(desired, inventory, steps), ...noteOmissions(desired, inventory, isFinalized)],
    },
  };
}

/** What is down or in hand comes first in its tier. */
function planRepair(role: Role, inventory: Inventory, isInHand: (facts: ProcessFacts) => boolean): PlanStep[] {
  const tier = inventory.processes.filter((facts) => facts.id.role === role);
  return [
    ...tier.filter(isDown).map((facts): PlanStep => ({ kind: "start_process", process: facts.id })),
    ...tier.filter((facts) => isDown(facts) || isInHand(facts)).flatMap((facts) => proofOf(facts.id, false)),
  ];
}

const forQuorum = (step: PlanStep): PlanStep => (step.kind === "start_process" ? { ...step, isForQuorum: true } : step);

/** One tier: each process is proven back and watched before the next. */
function planTier(
  role: Role,
  desired: DesiredCluster,
  inventory: Inventory,
  isDue: (facts: ProcessFacts) => boolean,
): PlanStep[] {
  const tier = inventory.processes.filter((facts) => facts.id.role === role);
  const due = tier.filter((facts) => !isDown(facts) && isDue(facts));
  const leader = findLeader(inventory, desired.nodes);
  const ordered = role === "mserver" ? orderMServers(due, leader) : orderDBServers(due, desired.nodes);
  const canDrain = role === "dbserver" && isDrained(desired, inventory);
  return ordered.flatMap((facts): PlanStep[] => {
    const process = facts.id;
    const isLeader = leader !== undefined && isSameProcess(process, leader);
    return [
      ...(isLeader && tier.length > 1 ? [{ kind: "step_down_leader" as const, process }] : []),
      ...(canDrain ? [{ kind: "drain_leaders" as const, process }] : []),
      { kind: "restart_process", process, from: labelFor(desired.version)(runningVersion(facts) ?? ""), isLeader },
      ...proofOf(process, canDrain),
    ];
  });
}

const proofOf = (process: ProcessId, isDrained: boolean): PlanStep[] => [
  { kind: "prove_return", process },
  ...(isDrained ? [{ kind: "return_leaders" as const, process }] : []),
  { kind: "watch", process },
];

/** At replication factor 1 a tile has nowhere to go. Not known: bm-admin says what it can do. */
const isDrained = (desired: DesiredCluster, inventory: Inventory): boolean =>
  desired.policy.drainLeaders && !(inventory.replicationFactor.known && inventory.replicationFactor.value < 2);

function planFinalisation(desired: DesiredCluster, inventory: Inventory): PlanStep[] {
  const steps: PlanStep[] = [
    { kind: "verify_one_version" },
    { kind: "promote_auto_flags" },
    { kind: "wait_for_auto_flags" },
  ];
  return isBsqlOff(desired, inventory) ? steps : [...steps, { kind: "upgrade_bsql_catalog" }];
}

// Not known counts as on: upgrade_bsql is idempotent and answers by itself that there is nothing to do (spec B4).
const isBsqlOff = (desired: DesiredCluster, inventory: Inventory): boolean =>
  desired.bsql === false || (desired.bsql === undefined && inventory.bsqlEnabled.known && !inventory.bsqlEnabled.value);

function noteDrain(desired: DesiredCluster, inventory: Inventory, steps: readonly PlanStep[]): string[] {
  const isStopped = steps.some((step) => step.kind === "restart_process" && step.process.role === "dbserver");
  if (!isStopped || isDrained(desired, inventory)) return [];
  return [
    desired.policy.drainLeaders
      ? "replication factor 1: tile leaders have nowhere to go, so DBServers are not drained"
      : "policy.drainLeaders is false: DBServers are not drained, so clients wait for an election of each leader",
  ];
}

function noteOmissions(desired: DesiredCluster, inventory: Inventory, isFinalized: boolean): string[] {
  const notes: string[] = [];
  if (desired.finalize === "manual" && !isFinalized)
    notes.push('finalize is "manual": AutoFlags and the BSQL catalog stay as they are until it is "auto"');
  const unstaged = inventory.processes.filter(
    ({ staged }) => staged.known && !(staged.value.version && isSameRelease(desired.version, staged.value.version)),
  );
  const hosts = [...new Set(unstaged.map((facts) => facts.id.node))];
  if (hosts.length > 0)
    notes.push(`release ${desired.version} is staged on ${hosts.join(", ")} first, by the commands of this stack`);
  if (isBsqlOff(desired, inventory)) notes.push("BSQL is off: its catalog is not upgraded (spec B1)");
  else if (desired.bsql === undefined && !inventory.bsqlEnabled.known)
    notes.push("whether BSQL is on is not known: upgrade_bsql is run, and says so itself when there is no catalog");
  return notes;
}

const runs = (facts: ProcessFacts | undefined, version: string): boolean => {
  const running = facts && runningVersion(facts);
  return running !== undefined && isSameRelease(version, running);
};
