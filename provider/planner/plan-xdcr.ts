// Which links are paused before the first stop, and which are looked after at the end (spec X1, X3).

import type { DesiredCluster } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { readLink } from "../model/judge-xdcr";
import type { PlanStep } from "../model/plan";
import { isOfLink, type XdcrLink } from "../model/xdcr";

export interface XdcrSteps {
  readonly pauses: readonly PlanStep[];
  readonly resumes: readonly PlanStep[];
}

/** `hasWork`: something of the cluster changes, so every link rests. Otherwise only what this program paused is left to resume. */
export function planXdcr(desired: DesiredCluster, inventory: Inventory, hasWork: boolean): XdcrSteps {
  const links = desired.xdcr?.links ?? [];
  const resume = (link: XdcrLink): PlanStep => ({ kind: "resume_xdcr", link });
  if (!hasWork) {
    const records = knownValue(inventory.pauseRecords) ?? [];
    return {
      pauses: [],
      resumes: links.filter((link) => records.some((record) => isOfLink(record, link))).map(resume),
    };
  }
  return {
    pauses: links
      .filter((link) => readLink(desired, inventory, link).kind !== "paused")
      .map((link): PlanStep => ({ kind: "pause_xdcr", link })),
    resumes: links.map(resume),
  };
}
