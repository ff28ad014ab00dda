// In which order the processes of a tier are restarted.

import { type DesiredNode, isSameProcess, type ProcessId } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory, ProcessFacts } from "../model/inventory";

/** The MServer that leads now, when the cluster says so. */
export function findLeader(inventory: Inventory, nodes: readonly DesiredNode[]): ProcessId | undefined {
  const leader = knownValue(inventory.mservers)?.find((entry) => entry.role === "LEADER");
  const node = nodes.find((each) => each.host === leader?.host && each.ports.mserverRpc === leader?.rpcPort);
  return node && { node: node.name, role: "mserver" };
}

// Leader last. Doing it earlier costs one election per MServer instead of one in total.
export function orderMServers(candidates: readonly ProcessFacts[], leader: ProcessId | undefined): ProcessFacts[] {
  const leads = (facts: ProcessFacts) => leader !== undefined && isSameProcess(facts.id, leader);
  return [...candidates.filter((facts) => !leads(facts)), ...candidates.filter(leads)];
}

// Zone by zone: trouble of the new release shows in one fault domain before it reaches the next.
export function orderDBServers(candidates: readonly ProcessFacts[], nodes: readonly DesiredNode[]): ProcessFacts[] {
  const zoneOf = (facts: ProcessFacts) => nodes.find((node) => node.name === facts.id.node)?.zone ?? "";
  // The zones' order is that of all nodes, so that it stays the same while the candidates become fewer.
  const zones = [...new Set(nodes.map((node) => node.zone ?? ""))];
  return zones.flatMap((zone) => candidates.filter((facts) => zoneOf(facts) === zone));
}
