// The pages of a DBServer. They are up before its tiles are: an answer here does not mean that it is ready.

import type { Dbserver } from "../../cluster/dbserver";
import type { TileReplicaState } from "../../cluster/tile-replica";
import { escapeHtml, type Page, type PageAnswer } from "../answer-page";
import type { MetricEntity } from "./default-pages";

export function buildDbserverPages(machine: Dbserver, nowMs: () => number): [string, Page][] {
  const plain = (text: string): PageAnswer => ({ kind: "plain", text });
  const styled = (html: string): PageAnswer => ({ kind: "styled", html });
  return [
    [
      "/",
      () =>
        styled(
          "<h2>Dashboards</h2>\n<table class='table table-striped'>\n" +
            "<tr><td><a href='/tablets'>Tablets</a></td><td>List of tablets</td></tr>\n" +
            "<tr><td><a href='/tables'>Tables</a></td><td>List of tables</td></tr>\n</table>",
        ),
    ],
    [
      "/tables",
      () =>
        styled(
          `<h1>Tables</h1><ul>${[...new Set(machine.tiles.list().map((t) => t.config.tableName))].map((name) => `<li>${escapeHtml(name)}</li>`).join("")}</ul>`,
        ),
    ],
    ["/tablets", () => styled(renderTiles(machine.tiles.list(), nowMs()))],
    ["/api/v1/health-check", () => plain('{"failed_tablets":[]}')],
    [
      "/api/v1/masters",
      () => {
        const masters = machine.config.mservers.map((address) => ({
          master_server: address,
          is_leader: address === machine.leader,
        }));
        return plain(JSON.stringify({ master_server_and_type: masters }, null, 4));
      },
    ],
  ];
}

function renderTiles(replicas: readonly TileReplicaState[], nowMs: number): string {
  const row = (replica: TileReplicaState): string => {
    const { tile, role, state } = replica.report(nowMs);
    return `  <tr><td>${escapeHtml(replica.config.tableName)}</td><td>${replica.config.tableUuid}</td><td>${tile}</td><td>${state}</td><td>${role}</td></tr>`;
  };
  return `<h1>Tablets</h1>
<table class='table table-striped'>
  <tr><th>Table name</th><th>Table UUID</th><th>Tablet ID</th><th>State</th><th>RaftConfig</th></tr>
${replicas.map(row).join("\n")}
</table>`;
}

/** Of a source: per stream and per tile that this DBServer leads, how far the target is behind. */
export function buildStreamMetrics(machine: Dbserver, nowMs: number): MetricEntity[] {
  const led = machine.tiles.list().filter(({ role }) => role === "LEADER");
  return machine.cdcProgress.flatMap(({ stream, table, appliedMs, sentMs }) =>
    led
      .filter(({ config }) => config.tableUuid === table)
      .map(
        ({ config }): MetricEntity => ({
          type: "cdc",
          id: `${stream}:${config.id}`,
          attributes: {
            namespace_name: "bigmath",
            stream_id: stream,
            table_id: table,
            table_name: config.tableName,
            tablet_id: config.id,
          },
          metrics: [
            { name: "async_replication_sent_lag_micros", value: lagMicros(nowMs, sentMs) },
            { name: "async_replication_committed_lag_micros", value: lagMicros(nowMs, appliedMs) },
          ],
        }),
      ),
  );
}

const lagMicros = (nowMs: number, atMs: number): number => Math.max(0, Math.round((nowMs - atMs) * 1000));

export function buildTileMetrics(machine: Dbserver, nowMs: number): MetricEntity[] {
  return machine.tiles.list().map((replica) => ({
    type: "tablet",
    id: replica.config.id,
    attributes: { table_name: replica.config.tableName, table_id: replica.config.tableUuid, namespace_name: "bigmath" },
    metrics: [
      { name: "follower_lag_ms", value: replica.lagMs(nowMs) },
      { name: "is_raft_leader", value: replica.role === "LEADER" ? 1 : 0 },
    ],
  }));
}
