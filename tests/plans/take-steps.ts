// What a cluster looks like after some steps of its plan, as far as the next plan can see it.

import { processName } from "../../provider/model/desired";
import type { PlanStep } from "../../provider/model/plan";
import type { ProcessShape } from "../support/build-cluster";
import { NEW } from "./shapes";
import type { Situation } from "./situation";

export function takeSteps(situation: Situation, steps: readonly PlanStep[]): Situation {
  const processes: Record<string, ProcessShape> = { ...situation.inventory?.processes };
  let leader = situation.inventory?.leader;
  let finalizedVersion = situation.context?.finalizedVersion;
  let hasPromoted = false;
  let inHand = situation.context?.inHand;
  for (const step of steps) {
    if (step.kind === "restart_process" || step.kind === "start_process")
      processes[`${step.process.role}:${step.process.node}`] = { version: NEW };
    if (step.kind === "watch") inHand = inHand?.filter((name) => name !== processName(step.process));
    if (step.kind === "step_down_leader") {
      const isNew = ([key, shape]: [string, ProcessShape]): boolean =>
        key.startsWith("mserver:") && key !== `mserver:${step.process.node}` && shape.version === NEW;
      leader = Object.entries(processes).find(isNew)?.[0].slice("mserver:".length) ?? leader;
    }
    if (step.kind === "promote_auto_flags") hasPromoted = true;
    // As the run does: only a roll that came to its end counts as finalised.
    if (step.kind === "check_end" && hasPromoted) finalizedVersion = situation.cluster?.version;
  }
  return {
    ...situation,
    inventory: { ...situation.inventory, processes, ...(leader !== undefined && { leader }) },
    context: { ...situation.context, finalizedVersion, ...(inHand && { inHand }) },
  };
}
