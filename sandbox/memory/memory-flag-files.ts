// The flag files of a cluster in memory, as `hosts/flag-files.ts` writes those of real processes.

import { TIMER_FLAGS } from "../cluster/timers";
import type { SandboxRole } from "../types";
import type { MemoryClusterOptions } from "./memory-cluster";
import { HOME, type MemoryHostOptions } from "./memory-host";

const PORTS = { mserver: { rpc: 11000, web: 10000 }, dbserver: { rpc: 9100, web: 9000 } } as const;

export const addressOf = (host: MemoryHostOptions, role: SandboxRole, port: "rpc" | "web"): string =>
  `${host.address}:${PORTS[role][port]}`;

export function renderFlagFile(
  options: MemoryClusterOptions,
  host: MemoryHostOptions,
  role: SandboxRole,
  timers: Readonly<Record<string, number>>,
): string {
  const mservers = options.hosts.filter((other) => other.roles.includes("mserver"));
  const dbservers = options.hosts.filter((other) => other.roles.includes("dbserver"));
  const flags: Record<string, string | number | boolean> = {
    [role === "mserver" ? "mserver_addresses" : "dbserver_mserver_addrs"]: mservers
      .map((other) => addressOf(other, "mserver", "rpc"))
      .join(","),
    rpc_bind_addresses: addressOf(host, role, "rpc"),
    webserver_interface: host.address,
    webserver_port: PORTS[role].web,
    fs_data_dirs: `${HOME}/data/${role}`,
    log_dir: `${HOME}/logs`,
    placement_cloud: "local",
    placement_region: "r1",
    placement_zone: host.zone,
    replication_factor: options.replicationFactor,
    enable_bsql: options.bsql,
    sandbox_tiles: options.tiles,
    ...(role === "mserver" ? { sandbox_dbservers: dbservers.length } : {}),
    ...Object.fromEntries(Object.entries(timers).filter(([name]) => isOf(role, name))),
  };
  return Object.entries(flags)
    .map(([name, value]) => `--${name}=${value}\n`)
    .join("");
}

const isOf = (role: SandboxRole, name: string): boolean =>
  TIMER_FLAGS.some((flag) => flag.name === name && (flag.role === "both" || flag.role === role));
