// What the MServer says about the health of tiles. It speaks from memory: what DBServers reported, and when.

import type { ClusterDocument, TileConfig } from "./cluster-document";
import type { DbserverRegistry } from "./dbserver-registry";

/** Fewer live replicas than the replication factor; a replica on a dead node counts as lost. For `health-check`. */
export function listUnderReplicated(
  nowMs: number,
  document: ClusterDocument,
  registry: DbserverRegistry,
  deadForMs: number,
): TileConfig[] {
  return document.tiles.filter((tile) => {
    const live = tile.replicas.filter((replica) => {
      const server = registry.get(replica.uuid);
      return server !== undefined && !registry.isLost(nowMs, server, deadForMs) && server.tiles.has(tile.id);
    });
    return live.length < document.replicationFactor;
  });
}

/** Fewer known replicas than the replication factor, dead or not. For `tablet-under-replication` of 2.18 and older. */
export function listMissingReplicas(document: ClusterDocument, registry: DbserverRegistry): TileConfig[] {
  return document.tiles.filter(
    (tile) =>
      tile.replicas.filter((replica) => registry.get(replica.uuid)?.tiles.has(tile.id) === true).length <
      document.replicationFactor,
  );
}

/** No replica is known to lead. A leader that stopped a moment ago still counts as one. */
export function listLeaderless(nowMs: number, document: ClusterDocument, registry: DbserverRegistry): TileConfig[] {
  return document.tiles.filter((tile) => {
    const leader = registry.findLeader(tile);
    return leader === undefined || !registry.isAlive(nowMs, leader);
  });
}
