// What a gate is. Gates are pure: the same facts give the same verdict, and a fact that is not known never opens one.

import { type DesiredCluster, isSameProcess, type ProcessId } from "../model/desired";
import type { GateId } from "../model/gate-ids";
import type { Inventory } from "../model/inventory";
import type { PlanStep } from "../model/plan";
import type { GateVerdict } from "../model/verdict";

export interface GateQuestion {
  readonly desired: DesiredCluster;
  readonly inventory: Inventory;
  /** The step that is to be done next. */
  readonly step: PlanStep;
  /** The process that would be stopped, or was just started. It may be down without closing a gate when it is being started. */
  readonly candidate: ProcessId | undefined;
  /** Processes that are down already and that later steps of this plan start. */
  readonly toBeStarted: readonly ProcessId[];
}

export interface Gate {
  /** A sentence that is true when the gate is open; the same string in code, logs and docs/gates.md. */
  readonly id: GateId;
  /** The steps before (or, for prove_return and watch, during) which it is asked. */
  readonly before: readonly PlanStep["kind"][];
  readonly ask: (question: GateQuestion) => GateVerdict;
}

const REPAIRS: readonly PlanStep["kind"][] = ["check_start", "start_process", "prove_return", "watch"];

/**
 * While something that is down is being repaired, the down ones are the reason and not the obstacle (settled: "a second run").
 * Never when a process is about to be stopped.
 */
export function isExcused(question: GateQuestion, id: ProcessId): boolean {
  const isBeingStarted =
    question.step.kind === "start_process" && question.candidate !== undefined && isSameProcess(question.candidate, id);
  return (
    isBeingStarted ||
    (REPAIRS.includes(question.step.kind) && question.toBeStarted.some((each) => isSameProcess(each, id)))
  );
}

/** Tiles cannot be whole while a DBServer that this plan starts later is still down. */
export const areTilesExcused = (question: GateQuestion): boolean =>
  REPAIRS.includes(question.step.kind) && question.toBeStarted.some((id) => id.role === "dbserver");
