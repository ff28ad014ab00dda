import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxHost, SandboxRole } from "../types";
import { PORTS, type SandboxPaths } from "./layout";

export interface ClusterSettings {
  readonly timeScale: number;
  readonly replicationFactor: number;
  readonly tiles: number;
  readonly bsql: boolean;
  readonly htmlOnly: boolean;
  /** Absent: the default of the process. */
  readonly walRetentionSeconds?: number;
  /** Below each host's home; absent: `data/`. */
  readonly dataFolder?: string;
}

/** One `--flag=value` per line, in `conf/` of each host: outside the release, so that an upgrade keeps it. */
export function writeFlagFiles(paths: SandboxPaths, hosts: readonly SandboxHost[], settings: ClusterSettings): void {
  for (const host of hosts) {
    for (const role of host.roles) {
      const flags = Object.entries(renderFlags(paths, hosts, settings, host, role));
      writeFileSync(
        paths.host(host.name).flagFile(role),
        flags.map(([name, value]) => `--${name}=${value}\n`).join(""),
      );
    }
  }
}

export const mserverAddresses = (hosts: readonly SandboxHost[]): string =>
  hosts
    .filter((host) => host.roles.includes("mserver"))
    .map((host) => `${host.address}:${PORTS.mserver.rpc}`)
    .join(",");

function renderFlags(
  paths: SandboxPaths,
  hosts: readonly SandboxHost[],
  settings: ClusterSettings,
  host: SandboxHost,
  role: SandboxRole,
): Record<string, string | number | boolean> {
  const own = paths.host(host.name);
  const ports = PORTS[role];
  return {
    [role === "mserver" ? "mserver_addresses" : "dbserver_mserver_addrs"]: mserverAddresses(hosts),
    rpc_bind_addresses: `${host.address}:${ports.rpc}`,
    webserver_interface: host.address,
    webserver_port: ports.web,
    fs_data_dirs: settings.dataFolder === undefined ? own.data(role) : join(own.home, settings.dataFolder, role),
    log_dir: own.logs,
    placement_cloud: "local",
    placement_region: "r1",
    placement_zone: host.zone,
    replication_factor: settings.replicationFactor,
    enable_bsql: settings.bsql,
    ...(role === "dbserver" ? { pgsql_proxy_bind_address: `${host.address}:${PORTS.bsql}` } : {}),
    sandbox_time_scale: settings.timeScale,
    sandbox_event_log: paths.events,
    sandbox_host: host.name,
    sandbox_faults: paths.faults,
    sandbox_tiles: settings.tiles,
    ...(settings.walRetentionSeconds === undefined
      ? {}
      : { cdc_wal_retention_time_secs: settings.walRetentionSeconds }),
    ...(settings.htmlOnly ? { sandbox_html_only: true } : {}),
    // The first leader waits for all of them before it places tiles.
    ...(role === "mserver"
      ? { sandbox_dbservers: hosts.filter((other) => other.roles.includes("dbserver")).length }
      : {}),
  };
}
