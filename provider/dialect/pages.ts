// Where BMDB's pages are. "Proven" is what the upgrade procedure shows; "inferred" is what the product that BMDB
// renames has at the same place. Candidates are tried in order; the first whose answer has the right shape counts.

/** Proven (spec M4): an MServer's `/`. Whoever is asked, the leader's page comes back. */
export const OVERVIEW_PAGE = "/";

/** Inferred. Answered by the asked MServer itself, never fetched from the leader. */
export const MSERVERS_PAGES = ["/mservers", "/masters"] as const;

/** `/tile-servers` is proven (spec D4); `/tablet-servers` is inferred. */
export const DBSERVERS_PAGES = ["/tile-servers", "/tablet-servers"] as const;

/** Inferred, both. Lists leaderless and under-replicated tiles. */
export const TILE_REPLICATION_PAGES = ["/tile-replication", "/tablet-replication"] as const;

/** Inferred, like all JSON. Answered by the asked MServer itself. */
export const MSERVERS_JSON = ["/api/v1/masters", "/api/v1/mservers"] as const;

/** Inferred. Fetched from the leader by whoever is asked. */
export const DBSERVERS_JSON = ["/api/v1/tablet-servers", "/api/v1/tile-servers"] as const;

/** Inferred. On an MServer: the cluster's health, fetched from the leader. On a DBServer: its own failed tiles. */
export const HEALTH_CHECK_JSON = "/api/v1/health-check";

/** Inferred. Fetched from the leader. */
export const LEADERLESS_TILES_JSON = ["/api/v1/tablet-replication", "/api/v1/tile-replication"] as const;

/** Inferred. Fetched from the leader. Missing before 2.18.2; HEALTH_CHECK_JSON then says the same. */
export const UNDER_REPLICATED_TILES_JSON = [
  "/api/v1/tablet-under-replication",
  "/api/v1/tile-under-replication",
] as const;

/** Inferred. Answered by the asked process itself: the only proof over HTTP of what it runs. */
export const VERSION_JSON = "/api/v1/version";

/** Inferred. Answered by the asked process itself. */
export const FLAGS_JSON = "/api/v1/varz";

/** Inferred. Answered by the asked process itself, one `--name=value` a line. */
export const FLAGS_RAW = "/varz?raw";

/** Inferred. Answered by the asked MServer itself; DBServers have no such page. */
export const IS_LEADER_JSON = "/api/v1/is-leader";

/** Inferred. Fetched from the leader. */
export const CLUSTER_CONFIG_JSON = "/api/v1/cluster-config";

/** Inferred. The same document as text proto inside `<pre>`. */
export const CLUSTER_CONFIG_PAGE = "/cluster-config";

/** Inferred. Answered by the asked process itself. */
export const FOLLOWER_LAG_JSON = "/metrics?metrics=follower_lag_ms";

/** Inferred. Answered by the asked process itself, a DBServer of a source. */
export const REPLICATION_LAG_JSON = "/metrics?metrics=async_replication_committed_lag_micros";
