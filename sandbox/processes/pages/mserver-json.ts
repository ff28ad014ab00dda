// JSON documents of an MServer. Field names are BMDB's own, which still speak of tablets.

import type { TileConfig } from "../../cluster/cluster-document";
import type { ConfigAnswer } from "../../cluster/requests";
import { buildConsumerRegistry, renderConsumerRegistryProto } from "../xdcr-texts";
import type { TileServerRow } from "./mserver-html";
import { renderSize } from "./uptime";

/** What C++ prints for an unsigned -1; JSON text, because a JavaScript number cannot hold it. */
const NO_UPTIME = "18446744073709551615";

export function renderTileServersDocument(rows: readonly TileServerRow[], withUuid: boolean): string {
  const servers = rows.map((row) => [row.registration.http, describeServer(row, withUuid)]);
  return JSON.stringify({ "": Object.fromEntries(servers) });
}

function describeServer(row: TileServerRow, withUuid: boolean): unknown {
  const { registration, status } = row;
  const seconds = row.heartbeatDelayMs / 1000;
  return {
    time_since_hb: `${seconds.toFixed(1)}s`,
    time_since_hb_sec: seconds,
    status,
    uptime_seconds: status === "ALIVE" ? row.uptimeSec : 0,
    ram_used: renderSize(row.ramBytes),
    ram_used_bytes: row.ramBytes,
    num_sst_files: 0,
    total_sst_file_size: "0 B",
    total_sst_file_size_bytes: 0,
    uncompressed_sst_file_size: "0 B",
    uncompressed_sst_file_size_bytes: 0,
    path_metrics: [{ path: "/mnt/d0", space_used: 760074240, total_space_size: 10724835328 }],
    read_ops_per_sec: 0,
    write_ops_per_sec: 0,
    user_tablets_total: row.tileCount - row.systemTileCount,
    user_tablets_leaders: row.tileLeaderCount - row.systemTileLeaderCount,
    system_tablets_total: row.systemTileCount,
    system_tablets_leaders: row.systemTileLeaderCount,
    active_tablets: row.tileCount,
    cloud: registration.cloud,
    region: registration.region,
    zone: registration.zone,
    ...(withUuid ? { permanent_uuid: registration.uuid } : {}),
  };
}

export function renderHealthCheck(rows: readonly TileServerRow[], underReplicated: readonly TileConfig[]): string {
  const dead = rows.filter((row) => row.status === "DEAD").map((row) => row.registration.uuid);
  const uptimes = rows.filter((row) => row.status === "ALIVE").map((row) => row.uptimeSec);
  const uptime = uptimes.length === 0 ? NO_UPTIME : String(Math.min(...uptimes));
  const tiles = underReplicated.map((tile) => tile.id);
  return `{"dead_nodes":${JSON.stringify(dead)},"most_recent_uptime":${uptime},"under_replicated_tablets":${JSON.stringify(tiles)}}`;
}

export function listTileNames(tiles: readonly TileConfig[]): { table_uuid: string; tablet_uuid: string }[] {
  return tiles.map((tile) => ({ table_uuid: tile.tableUuid, tablet_uuid: tile.id }));
}

export function buildClusterConfigDocument(answer: ConfigAnswer): unknown {
  const { config, clusterUuid, replicationFactor } = answer;
  const consumerRegistry = buildConsumerRegistry(answer);
  return {
    version: config.version,
    replication_info: { live_replicas: { num_replicas: replicationFactor } },
    cluster_uuid: clusterUuid,
    ...(consumerRegistry === undefined ? {} : { consumer_registry: consumerRegistry }),
    ...(config.version === 0
      ? {}
      : {
          leader_blacklist: {
            ...(config.leaderBlacklist.length === 0 ? {} : { hosts: config.leaderBlacklist }),
            initial_leader_load: config.initialLeaderLoad,
          },
        }),
  };
}

/** The text proto form of the cluster config, for the HTML page. */
export function renderClusterConfigProto(answer: ConfigAnswer): string {
  const { config, clusterUuid, replicationFactor } = answer;
  const hosts = config.leaderBlacklist
    .map(({ host, port }) => `  hosts {\n    host: "${host}"\n    port: ${port}\n  }\n`)
    .join("");
  const blacklist =
    config.version === 0 ? "" : `leader_blacklist {\n${hosts}  initial_leader_load: ${config.initialLeaderLoad}\n}\n`;
  return `version: ${config.version}\nreplication_info {\n  live_replicas {\n    num_replicas: ${replicationFactor}\n  }\n}\ncluster_uuid: "${clusterUuid}"\n${renderConsumerRegistryProto(answer)}${blacklist}`;
}
