// Process names, ports and start flags of BMDB.

/** Proven (spec M1, D1): the names that `pkill` is given. Also the binaries' names in `bin/`. */
export const MSERVER_PROCESS = "mserver";
export const DBSERVER_PROCESS = "dbserver";

/** Proven (spec I3, A1). Relative to the release directory. */
export const POST_INSTALL = "bin/post_install.sh";
export const BM_ADMIN = "bin/bm-admin";

/** Inferred: beside `bin/`, tells the release without starting anything. A process reads it once, at its start. */
export const VERSION_METADATA = "version_metadata.json";

/** Proven (spec A1). */
export const MSERVER_RPC_PORT = 11_000;
/** Proven (spec M4). */
export const MSERVER_HTTP_PORT = 10_000;
/** Assumed: the procedure gives no ports of DBServers. */
export const DBSERVER_RPC_PORT = 9_100;
export const DBSERVER_HTTP_PORT = 9_000;
export const BSQL_PORT = 5_433;

/** Flags whose values are places that outlive a release: data, log, conf. Several of one are separated by commas. Inferred. */
export const PATH_FLAGS = ["fs_data_dirs", "fs_wal_dirs", "log_dir", "flagfile"] as const;

/** What a process shows in its command line or flags file. All inferred, with the original's name second. */
export const START_FLAG = {
  flagFile: ["flagfile"],
  mserverAddresses: ["mserver_addresses", "master_addresses"],
  dbserverMServerAddresses: ["dbserver_mserver_addrs", "tserver_mserver_addrs", "tserver_master_addrs"],
  rpcBindAddresses: ["rpc_bind_addresses"],
  webPort: ["webserver_port"],
  dataDirs: ["fs_data_dirs"],
  enableBsql: ["enable_bsql", "enable_ysql"],
} as const;
