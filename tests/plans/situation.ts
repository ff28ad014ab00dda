// A cluster, what is seen of it, and what earlier runs remember: everything that a plan is made from.

import { findClosed } from "../../provider/gates/find-closed";
import type { DesiredCluster } from "../../provider/model/desired";
import type { Inventory } from "../../provider/model/inventory";
import type { Planned } from "../../provider/model/plan";
import { type PlanContext, planUpgrade } from "../../provider/planner/plan-upgrade";
import { renderPlan } from "../../provider/report/render-plan";
import { renderRefusals } from "../../provider/report/render-refusals";
import { buildDesired, buildInventory, type ClusterShape, type InventoryShape } from "../support/build-cluster";

export interface Situation {
  readonly cluster?: ClusterShape;
  readonly inventory?: InventoryShape;
  /** What is special and has no place in a shape. */
  readonly edit?: (inventory: Inventory, desired: DesiredCluster) => Inventory;
  readonly context?: Partial<PlanContext>;
  readonly failedAt?: number;
}

export interface PlannedSituation {
  readonly desired: DesiredCluster;
  readonly inventory: Inventory;
  readonly planned: Planned;
  /** As the preview shows it. */
  readonly text: string;
}

export const NOTHING_REMEMBERED: PlanContext = { finalizedVersion: undefined, adoptedVersion: undefined };

export function planSituation(situation: Situation): PlannedSituation {
  const { cluster, inventory: shape, edit = (inventory) => inventory, context, failedAt } = situation;
  const desired = buildDesired(cluster);
  const inventory = edit(buildInventory(desired, shape), desired);
  const planned = planUpgrade(desired, inventory, { ...NOTHING_REMEMBERED, ...context });
  if (planned.kind === "refused") return { desired, inventory, planned, text: renderRefusals(planned.refusals) };
  const { plan } = planned;
  const options = failedAt === undefined ? {} : { failedAt };
  return {
    desired,
    inventory,
    planned,
    get text() {
      const findings = [...plan.findings, ...findClosed(desired, inventory)];
      return renderPlan({ ...plan, findings }, desired, options);
    },
  };
}
