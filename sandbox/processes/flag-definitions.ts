// The flags that `mserver` and `dbserver` know. A flag that is not here ends the process, as gflags does.

import type { ServerRole } from "../cluster/auto-flags";
import { scaleTimerFlag, TIMER_FLAGS } from "../cluster/timers";

export interface FlagDefinition {
  readonly name: string;
  readonly defaultValue: string;
  readonly isBoolean: boolean;
  /** Shown with type NodeInfo in varz. */
  readonly isNodeInfo: boolean;
}

const text = (name: string, defaultValue = ""): FlagDefinition => ({
  name,
  defaultValue,
  isBoolean: false,
  isNodeInfo: false,
});
const nodeInfo = (name: string, defaultValue = ""): FlagDefinition => ({
  ...text(name, defaultValue),
  isNodeInfo: true,
});
const boolean = (name: string, defaultValue: boolean): FlagDefinition => ({
  ...text(name, String(defaultValue)),
  isBoolean: true,
});

const COMMON: readonly FlagDefinition[] = [
  nodeInfo("rpc_bind_addresses", "0.0.0.0"),
  nodeInfo("webserver_interface"),
  nodeInfo("placement_cloud", "cloud1"),
  nodeInfo("placement_region", "datacenter1"),
  nodeInfo("placement_zone", "rack1"),
  text("flagfile"),
  text("fs_data_dirs"),
  text("log_dir"),
  text("replication_factor", "3"),
  text("certs_dir"),
  text("server_broadcast_addresses"),
  text("use_private_ip", "never"),
  text("durable_wal_write", "true"),
  text("webserver_compression_threshold_kb", "4"),
  text("sandbox_time_scale", "1"),
  text("sandbox_event_log"),
  text("sandbox_host"),
  text("sandbox_faults"),
  boolean("sandbox_html_only", false),
  boolean("enable_bsql", true),
  boolean("use_node_to_node_encryption", false),
  boolean("disable_auto_flags_management", false),
  boolean("callhome_enabled", false),
  boolean("version", false),
];

const OWN: Readonly<Record<ServerRole, readonly FlagDefinition[]>> = {
  mserver: [
    nodeInfo("log_filename", "mserver"),
    nodeInfo("webserver_port", "10000"),
    text("mserver_addresses"),
    text("sandbox_tiles", "12"),
    text("sandbox_dbservers", "0"),
  ],
  dbserver: [
    nodeInfo("log_filename", "dbserver"),
    nodeInfo("webserver_port", "9000"),
    text("dbserver_mserver_addrs"),
    text("pgsql_proxy_bind_address"),
    // Accepted so that one flag file can serve both kinds of process.
    text("sandbox_tiles", "12"),
  ],
};

export const DEFAULT_RPC_PORT: Readonly<Record<ServerRole, number>> = { mserver: 11000, dbserver: 9100 };

/** `scale` decides the defaults of the timers. */
export function listFlagDefinitions(role: ServerRole, scale: number): FlagDefinition[] {
  const timers = TIMER_FLAGS.filter((flag) => flag.role === "both" || flag.role === role).map((flag) =>
    text(flag.name, String(Number(scaleTimerFlag(flag, scale).toFixed(6)))),
  );
  return [...COMMON, ...OWN[role], ...timers];
}
