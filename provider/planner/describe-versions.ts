// How a mix of versions is said, everywhere: `2.18.0.0`, or `2.16.0.0 ×2, 2.18.0.0 ×4`, or `… , down ×1`.

import type { Inventory, ProcessFacts } from "../model/inventory";
import { compareVersions, parseVersion, withoutBuild } from "../model/version";

/** The running release of one process: undefined when it is down or does not say. */
export const runningVersion = (facts: ProcessFacts): string | undefined =>
  facts.version.known ? facts.version.value : undefined;

export const isDown = (facts: ProcessFacts): boolean => facts.isAnswering.known && !facts.isAnswering.value;

/** How versions are told beside `wanted`: with their builds only when it names one, so that a change of build reads as one. */
export const labelFor = (wanted: string): ((version: string) => string) =>
  parseVersion(wanted)?.build === undefined ? withoutBuild : (version) => version;

export function describeVersions(inventory: Inventory, labelOf: (version: string) => string = withoutBuild): string {
  const counts = new Map<string, number>();
  for (const facts of inventory.processes) {
    const running = runningVersion(facts);
    const label = running !== undefined ? labelOf(running) : isDown(facts) ? "down" : "not known";
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = [...counts.keys()].sort((a, b) => compareVersions(a, b));
  if (labels.length === 1) return labels[0] ?? "";
  return labels.map((label) => `${label} ×${counts.get(label)}`).join(", ");
}

/** One line a process: `MServer db1  2.18.0.0`. */
export function versionOfProcess(facts: ProcessFacts): string {
  const running = runningVersion(facts);
  return running ?? (isDown(facts) ? "down" : "not known");
}
