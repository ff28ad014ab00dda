// Where too few MServers are left to see the cluster by, a person has to start one before anything can go on.

import type { DesiredCluster, ProcessId, Role } from "./desired";
import { knownValue } from "./fact";
import type { Inventory } from "./inventory";

export interface StartByHand {
  readonly node: string;
  readonly role: Role;
  /** As on a command line, a leading `~` and all. */
  readonly releaseDir: string;
  /** The program starts it by a command of its own. */
  readonly isOwn: boolean;
}

/** With one of two MServers down there is no majority, and with the only one down nobody to ask. */
const MSERVERS_WITHOUT_SPARE_MAX = 2;

/** Undefined: the others keep the cluster going, and the next run starts it. */
export function planStartByHand(
  desired: DesiredCluster,
  { node, role }: ProcessId,
  version: string = desired.version,
): StartByHand | undefined {
  const mserverCount = desired.nodes.filter((each) => each.roles.includes("mserver")).length;
  if (role !== "mserver" || mserverCount > MSERVERS_WITHOUT_SPARE_MAX) return undefined;
  const releaseDir = desired.release.installDir.replaceAll("{version}", version);
  return { node, role, releaseDir, isOwn: desired.process[role].start !== undefined };
}

/** The MServer that an act of ours left down in so small a cluster. */
export function findStartByHand(desired: DesiredCluster, inventory: Inventory): StartByHand | undefined {
  const left = inventory.processes.find(
    ({ id, running, lastActVersion }) =>
      id.role === "mserver" &&
      running.known &&
      running.value === null &&
      lastActVersion.known &&
      lastActVersion.value !== null,
  );
  if (left === undefined) return undefined;
  return planStartByHand(desired, left.id, knownValue(left.lastActVersion) ?? undefined);
}
