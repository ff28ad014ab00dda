// Where the replicas of tiles live. Spread over zones first, then over servers with the fewest replicas.

import type { TileConfig, TileReplica } from "./cluster-document";
import { buildHexId } from "./cluster-document";
import type { Registration } from "./ports";

const SYSTEM_TILES = 1;

/** All tiles of a new cluster: one of the `transactions` system table, the rest of one user table. */
export function placeTiles(
  servers: readonly Registration[],
  tileCount: number,
  replicationFactor: number,
  random: () => number,
): TileConfig[] {
  const tables = { system: buildHexId(random, 32), user: buildHexId(random, 32) };
  const load = new Map<string, number>(servers.map((server) => [server.uuid, 0]));
  const tiles: TileConfig[] = [];
  for (let i = 0; i < tileCount; i++) {
    const isSystem = i < SYSTEM_TILES && tileCount > 1;
    const replicas: TileReplica[] = [];
    while (replicas.length < replicationFactor) {
      const chosen = chooseServer(servers, replicas, load);
      if (chosen === undefined) break;
      replicas.push({ uuid: chosen.uuid, address: chosen.rpc });
      load.set(chosen.uuid, (load.get(chosen.uuid) ?? 0) + 1);
    }
    tiles.push({
      id: buildHexId(random, 32),
      tableUuid: isSystem ? tables.system : tables.user,
      tableName: isSystem ? "transactions" : "orders",
      replicas,
    });
  }
  return tiles;
}

/** The best server for one more replica of a tile, or undefined when every server holds one. */
export function chooseServer(
  servers: readonly Registration[],
  replicas: readonly TileReplica[],
  load: ReadonlyMap<string, number>,
): Registration | undefined {
  const zoneOf = (server: Registration): string => [server.cloud, server.region, server.zone].join("\0");
  const taken = new Set(replicas.map((replica) => replica.uuid));
  const zones = new Map<string, number>();
  for (const server of servers) {
    if (taken.has(server.uuid)) zones.set(zoneOf(server), (zones.get(zoneOf(server)) ?? 0) + 1);
  }
  const rank = (server: Registration): [number, number] => [zones.get(zoneOf(server)) ?? 0, load.get(server.uuid) ?? 0];
  return servers
    .filter((server) => !taken.has(server.uuid))
    .sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1] || (a.uuid < b.uuid ? -1 : 1))[0];
}
