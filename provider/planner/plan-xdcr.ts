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
  // A link between two clusters of a ring would run again while the third is old.
  const isResumedElsewhere = desired.xdcr?.isFinishedElsewhere ?? false;
  const resumes = (some: readonly XdcrLink[]): PlanStep[] =>
    isResumedElsewhere ? [] : some.map((link) => ({ kind: "resume_xdcr", link }));
  if (!hasWork) {
    const records = knownValue(inventory.pauseRecords) ?? [];
    return {
      pauses: [],
      resumes: resumes(links.filter((link) => records.some((record) => isOfLink(record, link)))),
    };
  }
  return {
    pauses: links
      .filter((link) => readLink(desired, inventory, link).kind !== "paused")
      .map((link): PlanStep => ({ kind: "pause_xdcr", link })),
    resumes: resumes(links),
  };
}
