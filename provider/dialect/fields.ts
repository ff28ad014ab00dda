// Names inside BMDB's JSON and HTML. All inferred: the procedure shows no answer. How far the renaming reaches is
// not known, so fields are read under the original and under the renamed word.

/** `user_tiles_total` → `user_tablets_total`, `mservers` → `masters`: the words that parsers know. */
export const knownFieldName = (name: string): string =>
  isRenamed(name)
    ? name.replace(/(^|_)tile(s?)(?=_|$)/g, "$1tablet$2").replace(/(^|_)mserver(s?)(?=_|$)/g, "$1master$2")
    : name;
const isRenamed = (name: string): boolean => name.includes("tile") || name.includes("mserver");

/** Types of a metrics entity that stand for one tile. */
export const TILE_ENTITY_TYPES: readonly string[] = ["tablet", "tile"];

/** Types of a metrics entity that stand for the process. */
export const SERVER_ENTITY_TYPE = "server";

export const FOLLOWER_LAG_METRIC = "follower_lag_ms";
/** On the source, per stream. */
export const REPLICATION_LAG_METRIC = "async_replication_committed_lag_micros";
export const UPTIME_METRIC = "server_uptime_ms";

/** Headings of columns, as patterns, because the renaming may reach into them. */
export const COLUMN = {
  server: /^server$/i,
  role: /^(raft )?role$/i,
  uptime: /^uptime$/i,
  details: /^details$/i,
  heartbeat: /heartbeat/i,
  status: /^status/i,
  userTiles: /user (tablet|tile)/i,
  systemTiles: /system (tablet|tile)/i,
  activeTiles: /active (tablet|tile)/i,
  zone: /^zone$/i,
  tileId: /^(tablet|tile) id$/i,
  tableId: /^table (uuid|id)$/i,
  reason: /reason|replication count|placements/i,
} as const;

/** Labels of the overview table on `/`. */
export const OVERVIEW_LABEL = {
  universeUuid: /universe uuid/i,
  replicationFactor: /replication factor/i,
  loadBalancerEnabled: /load balancer enabled/i,
  version: /\bversion$/i,
} as const;

/** Headings above the two tables of the tile replication page. */
export const REPLICATION_HEADING = {
  leaderless: /leaderless/i,
  underReplicated: /under-?\s?replicated/i,
} as const;
