// Process names, ports and start flags of BMDB.

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
