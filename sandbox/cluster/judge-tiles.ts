// What the MServer says about the health of tiles. It speaks from memory: what DBServers reported, and when.

import type { ClusterDocument, TileConfig } from "./cluster-document";
import type { DbserverRegistry } from "./dbserver-registry";

/** Replicas on nodes that are not dead (for longer than `deadForMs`). */
export function countLiveReplicas(
  nowMs: number,
  tile: TileConfig,
  registry: DbserverRegistry,
  deadForMs: number,
): number {
  return tile.replicas.filter((replica) => {
    const server = registry.get(replica.uuid);
    return server?.tiles.has(tile.id) === true && !registry.isLost(nowMs, server, deadForMs);
  }).length;
}

/** Replicas that were ever reported to this leader, on dead nodes or not. */
export function countKnownReplicas(tile: TileConfig, registry: DbserverRegistry): number {
  return tile.replicas.filter((replica) => registry.get(replica.uuid)?.tiles.has(tile.id) === true).length;
}

/** Fewer live replicas than the replication factor. For `health-check`. */
export function listUnderReplicated(
  nowMs: number,
  document: ClusterDocument,
  registry: DbserverRegistry,
  deadForMs: number,
): TileConfig[] {
  return document.tiles.filter(
    (tile) => countLiveReplicas(nowMs, tile, registry, deadForMs) < document.replicationFactor,
  );
}

/** No replica is known to lead. A leader that stopped a moment ago still counts as one. */
export function listLeaderless(nowMs: number, document: ClusterDocument, registry: DbserverRegistry): TileConfig[] {
  return document.tiles.filter((tile) => {
    const leader = registry.findLeader(tile);
    return leader === undefined || !registry.isAlive(nowMs, leader);
  });
}
