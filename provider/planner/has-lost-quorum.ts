// So many MServers are down that those left cannot elect a leader. Nobody then tells which servers the cluster has, which tiles
// are whole, whether replication runs: what asks for that waits until the MServers that are down are back (decision 0011).

import type { Inventory } from "../model/inventory";
import { isDown } from "./describe-versions";

export function hasLostQuorum(inventory: Inventory): boolean {
  const mservers = inventory.processes.filter((facts) => facts.id.role === "mserver");
  const downCount = mservers.filter(isDown).length;
  return mservers.length - downCount < Math.floor(mservers.length / 2) + 1;
}
