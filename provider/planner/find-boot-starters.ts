// What starts BMDB at boot would start the old release again after a reboot: one line for all hosts where it reads the same.

import type { DesiredCluster } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";

const NAMES_MAX = 4;

export function findBootStarters(desired: DesiredCluster, inventory: Inventory): string[] {
  const hostsByLine = new Map<string, string[]>();
  for (const host of inventory.hosts)
    for (const line of knownValue(host.details)?.bootStarters ?? [])
      hostsByLine.set(line, [...(hostsByLine.get(line) ?? []), host.node]);
  return [...hostsByLine].map(([line, hosts]) => {
    const names =
      hosts.length <= NAMES_MAX
        ? hosts.join(", ")
        : `${hosts.slice(0, NAMES_MAX - 1).join(", ")} and ${hosts.length - NAMES_MAX + 1} more`;
    return `${names} ${hosts.length === 1 ? "starts" : "start"} BMDB at boot: ${line}; see that it starts ${desired.version} before AutoFlags are promoted`;
  });
}
