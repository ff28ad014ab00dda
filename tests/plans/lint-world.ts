// What is the case in the cluster, as far as the rules need it; versions are compared here in a way of its own.

import { type DesiredCluster, declaredProcesses, type ProcessId, processName } from "../../provider/model/desired";
import type { Inventory } from "../../provider/model/inventory";
import type { PlanContext } from "../../provider/planner/plan-upgrade";

export interface SeenProcess {
  readonly id: ProcessId;
  readonly name: string;
  readonly state: "new" | "old" | "down" | "unseen";
  readonly version: string | undefined;
  /** Promoted AutoFlags take effect in it only after one more restart. */
  readonly isAwaited: boolean;
}

export interface World {
  readonly desired: DesiredCluster;
  readonly inventory: Inventory;
  readonly context: Partial<PlanContext>;
  readonly processes: readonly SeenProcess[];
}

export function seenProcesses(
  inventory: Inventory,
  desired: DesiredCluster,
  context: Partial<PlanContext>,
): SeenProcess[] {
  return declaredProcesses(desired).map((id) => {
    const facts = inventory.processes.find((each) => each.id.node === id.node && each.id.role === id.role);
    const version = facts?.version.known ? facts.version.value : undefined;
    const isDown = facts?.isAnswering.known === true && !facts.isAnswering.value;
    const state =
      version !== undefined ? (isWanted(desired.version, version) ? "new" : "old") : isDown ? "down" : "unseen";
    const running = facts?.running.known ? facts.running.value : undefined;
    const awaited = context.awaitingRestart?.[processName(id)];
    const isAwaited = awaited !== undefined && awaited === `${running?.pid} since tick ${running?.startTicks}`;
    return { id, name: processName(id), state, version, isAwaited };
  });
}

/** `2.18.0.0` is any of its builds; `2.18.0.0-b68` only that one. */
export const isWanted = (wanted: string, running: string): boolean =>
  running === wanted || (!wanted.includes("-") && running.split("-b")[0] === wanted);

export function isNewer(running: string | undefined, wanted: string): boolean {
  if (running === undefined || isWanted(wanted, running)) return false;
  const numbers = (version: string): number[] => version.split(/\.|-b/).map(Number);
  const [left, right] = [numbers(running), numbers(wanted)];
  const at = [0, 1, 2, 3, 4].find((index) => left[index] !== right[index]);
  return at !== undefined && (left[at] ?? -1) > (right[at] ?? -1);
}
