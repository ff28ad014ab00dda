// The first and the last entries of a run: what was found and planned, and what it left. The report is written from them.

import { isSameProcess, processName } from "../model/desired";
import type { Inventory } from "../model/inventory";
import type { Plan, Refusal } from "../model/plan";
import { describeVersions, versionOfProcess } from "../planner/describe-versions";
import { findLeader } from "../planner/order-processes";
import { describePlan } from "../report/describe-plan";
import { journal, type Run } from "./run";
import type { RunResult } from "./run-plan";

export function journalStart(run: Run, plan: Plan, before: Inventory): void {
  const { desired } = run;
  journal(run, "run_started", {
    from: plan.from,
    to: plan.to,
    processCount: plan.processCount,
    estimateMs: plan.estimateMs,
    sections: describePlan(plan, desired),
    findings: plan.findings,
    notes: plan.notes,
    waive: desired.policy.waive,
    pauseMs: desired.policy.pauseMs,
    clusterUuid: before.config.known ? before.config.value.clusterUuid : undefined,
    processes: listProcesses(run, before),
  });
}

/** Nothing was begun. */
export function journalRefusal(run: Run, refusals: readonly Refusal[]): void {
  journal(run, "run_refused", { to: run.desired.version, refusals });
}

export function journalEnd(run: Run, result: RunResult, after: Inventory | undefined, tookMs: number): void {
  journal(run, result.error === undefined ? "run_done" : "run_ended_early", {
    tookMs,
    versions: after && describeVersions(after),
    isCancelled: result.error !== undefined && run.signal.aborted,
    isFinalized: result.isFinalized,
    leftBehind: result.leftBehind,
    processes: after && listProcesses(run, after),
  });
}

function listProcesses({ desired }: Run, inventory: Inventory) {
  const leader = findLeader(inventory, desired.nodes);
  return inventory.processes.map((facts) => ({
    name: processName(facts.id),
    role: facts.id.role,
    zone: desired.nodes.find((node) => node.name === facts.id.node)?.zone,
    version: versionOfProcess(facts),
    leads: leader !== undefined && isSameProcess(leader, facts.id),
  }));
}
