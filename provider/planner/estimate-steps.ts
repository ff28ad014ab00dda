// How long a plan takes, roughly: the pause is known, the rest are figures from rolls on healthy clusters.
// Estimates only: nothing waits for these, and nothing ends at them.

import type { Policy } from "../model/desired";
import type { PlanStep } from "../model/plan";

const RESTART_MS = 15_000;
const DRAIN_MS = 10_000;
const RETURN_MS = 25_000;
const CHECK_MS = 5_000;
const BSQL_MS = 60_000;
const RESUME_MS = 15_000;

export function estimateStep(step: PlanStep, policy: Policy): number {
  switch (step.kind) {
    case "restart_process":
    case "start_process":
      return RESTART_MS;
    case "prove_return":
      return RETURN_MS;
    case "drain_leaders":
      return DRAIN_MS;
    case "return_leaders":
      return 0;
    case "watch":
      return policy.pauseMs;
    case "resume_xdcr":
      return RESUME_MS;
    case "upgrade_bsql_catalog":
      return BSQL_MS;
    default:
      return CHECK_MS;
  }
}

export const estimateSteps = (steps: readonly PlanStep[], policy: Policy): number =>
  steps.reduce((sum, step) => sum + estimateStep(step, policy), 0);
