// Processes that something would start again by itself, told before the first stop: it knows only the old release.

import { type DesiredCluster, processName } from "../model/desired";
import { findSupervisor } from "../model/find-supervisor";
import type { Inventory } from "../model/inventory";

export function findSupervised(desired: DesiredCluster, inventory: Inventory): string[] {
  return inventory.processes.flatMap(({ id, running }) => {
    const facts = inventory.hosts.find((host) => host.node === id.node)?.facts;
    const ownUnit = facts?.known ? facts.value.ownUnit : undefined;
    const supervisor = running.known && running.value !== null ? findSupervisor(running.value, ownUnit) : undefined;
    const own = desired.process[id.role];
    if (supervisor === undefined || (own.start !== undefined && own.stop !== undefined)) return [];
    return [
      `${processName(id)} is run by ${supervisor}: give process.${id.role}.start and process.${id.role}.stop, or it will bring the old binary back`,
    ];
  });
}
