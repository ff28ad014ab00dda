// Which tile leaders should move where. Leaves blacklisted servers first; evens out the counts afterwards.

import type { ClusterDocument, TileConfig } from "./cluster-document";
import { renderHostPort } from "./cluster-document";
import type { DbserverRegistry, KnownDbserver } from "./dbserver-registry";
import type { Address } from "./ports";

export interface LeaderMove {
  readonly tile: string;
  readonly from: string;
  readonly target: Address;
}

export function planLeaderMoves(
  nowMs: number,
  document: ClusterDocument,
  registry: DbserverRegistry,
  movesMax: number,
): LeaderMove[] {
  const blacklist = new Set(document.config.leaderBlacklist.map(renderHostPort));
  const counts = registry.countLeaders(document.tiles);
  const countOf = (server: KnownDbserver): number => counts.get(server.registration.uuid) ?? 0;
  const moves: LeaderMove[] = [];
  const move = (tile: TileConfig, from: KnownDbserver, to: KnownDbserver): void => {
    moves.push({ tile: tile.id, from: from.registration.uuid, target: to.registration.rpc });
    counts.set(from.registration.uuid, countOf(from) - 1);
    counts.set(to.registration.uuid, countOf(to) + 1);
  };
  const targetOf = (tile: TileConfig, leader: KnownDbserver): KnownDbserver | undefined =>
    tile.replicas
      .map((replica) => registry.get(replica.uuid))
      .filter((server) => server !== undefined)
      .filter(
        (server) => server !== leader && !blacklist.has(server.registration.rpc) && registry.isAlive(nowMs, server),
      )
      .filter((server) => server.tiles.get(tile.id)?.state === "RUNNING")
      .sort((a, b) => countOf(a) - countOf(b))[0];
  for (const wanted of ["drain", "even"] as const) {
    for (const tile of document.tiles) {
      if (moves.length >= movesMax) return moves;
      const leader = registry.findLeader(tile);
      if (leader === undefined || blacklist.has(leader.registration.rpc) !== (wanted === "drain")) continue;
      const target = targetOf(tile, leader);
      if (target === undefined) continue;
      if (wanted === "drain" || countOf(leader) - countOf(target) >= 2) move(tile, leader, target);
    }
  }
  return moves;
}
