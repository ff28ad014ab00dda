// The numbered list that a person reads in preview and the executor follows. Data only: no functions, so that
// a plan can be compared, printed and kept in a golden file.

import type { ProcessId } from "./desired";
import { linkId, type XdcrLink } from "./xdcr";

export type PlanStep =
  | { readonly kind: "check_start" }
  /** `isForQuorum`: no MServer can lead before it runs, so it is started on what the hosts alone tell. */
  | { readonly kind: "start_process"; readonly process: ProcessId; readonly isForQuorum?: true }
  | { readonly kind: "restart_process"; readonly process: ProcessId; readonly from: string; readonly isLeader: boolean }
  /** The leader MServer hands over to an upgraded one before it is stopped. */
  | { readonly kind: "step_down_leader"; readonly process: ProcessId }
  /** Tile leaders are moved off a DBServer before it is stopped, and may come back after its return. */
  | { readonly kind: "drain_leaders"; readonly process: ProcessId }
  | { readonly kind: "return_leaders"; readonly process: ProcessId }
  | { readonly kind: "prove_return"; readonly process: ProcessId }
  | { readonly kind: "watch"; readonly process: ProcessId }
  | { readonly kind: "verify_one_version" }
  | { readonly kind: "promote_auto_flags" }
  | { readonly kind: "wait_for_auto_flags" }
  | { readonly kind: "upgrade_bsql_catalog" }
  | { readonly kind: "check_end" }
  /** Replication rests from before the first stop until every cluster is done (spec X1, X3). */
  | { readonly kind: "pause_xdcr"; readonly link: XdcrLink }
  | { readonly kind: "resume_xdcr"; readonly link: XdcrLink };

export type PlanSection =
  | "quorum"
  | "start"
  | "xdcr_pause"
  | "mservers"
  | "dbservers"
  | "finalisation"
  | "end"
  | "xdcr_resume";

export interface Plan {
  /** What runs now, e.g. `2.16.0.0` or `2.16.0.0 ×4, 2.18.0.0 ×2`. */
  readonly from: string;
  readonly to: string;
  readonly sections: readonly { readonly section: PlanSection; readonly steps: readonly PlanStep[] }[];
  /** Processes that this plan restarts or starts. */
  readonly processCount: number;
  readonly estimateMs: number;
  /** What the read-only checks saw that a reader should know before he says yes. */
  readonly findings: readonly string[];
  /** What this roll does without, and why; e.g. "BSQL is off: no catalog upgrade". */
  readonly notes: readonly string[];
}

export type Planned =
  | { readonly kind: "plan"; readonly plan: Plan }
  /** Nothing may be done; the reasons say why, and what to do. */
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] };

export interface Refusal {
  readonly code: string;
  readonly what: string;
  readonly why?: string;
  readonly next: string;
}

export const stepsOf = (plan: Plan): PlanStep[] => plan.sections.flatMap((section) => section.steps);

/** Same text for the same step: compares plans, names steps in the journal. */
export function stepId(step: PlanStep): string {
  if ("link" in step) return `${step.kind}:${linkId(step.link)}`;
  return "process" in step ? `${step.kind}:${step.process.role}:${step.process.node}` : step.kind;
}
