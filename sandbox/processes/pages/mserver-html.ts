// HTML of an MServer, in the markup that BMDB's own pages have.

import type { TileConfig } from "../../cluster/cluster-document";
import type { DbserverRow } from "../../cluster/requests";
import { escapeHtml } from "../answer-page";
import type { MServerView } from "./masters-view";
import { renderSize, renderUptime } from "./uptime";

export interface Overview {
  readonly clusterUuid: string;
  readonly replicationFactor: number;
  readonly dbserverCount: number;
  readonly userTableCount: number;
  readonly isBalancerEnabled: boolean;
  readonly isBalanced: boolean;
  readonly version: string;
}

export function renderOverview(facts: Overview): string {
  const icon = (good: boolean): string =>
    good
      ? "<i class='fa fa-check' aria-hidden='true'></i>"
      : "<i class='fa fa-times label label-danger' aria-hidden='true'></i>";
  const row = (symbol: string, label: string, value: string): string =>
    `  <tr>\n <td><i class='fa ${symbol}' aria-hidden='true'></i><span class='yb-overview'>${label} </span></td> <td>${value}</td>\n  </tr>`;
  const rows = [
    row("fa-database", "Universe UUID", facts.clusterUuid),
    row(
      "fa-files-o",
      "Replication Factor",
      `${facts.replicationFactor} <a href='/cluster-config'>See full config &raquo;</a>`,
    ),
    row(
      "fa-server",
      "Num Nodes (TServers)",
      `${facts.dbserverCount} <a href='/tile-servers'>See all nodes &raquo;</a>`,
    ),
    row("fa-table", "Num User Tables", String(facts.userTableCount)),
    row("fa-balance-scale", "Load Balancer Enabled", icon(facts.isBalancerEnabled)),
    ...(facts.isBalancerEnabled ? [row("fa-balance-scale", "Is Load Balanced?", icon(facts.isBalanced))] : []),
    row("fa-code-fork", "BMDB Version", facts.version),
    row("fa-puzzle-piece", "Build Type", "RELEASE"),
    row("fa-lock", "Encryption Status", "Disabled"),
  ];
  return `<h1>BMDB</h1>
<div class='panel panel-default'><div class='panel-heading'><h2 class='panel-title'> Overview</h2></div>
<div class='panel-body table-responsive'><table class='table'>
${rows.join("\n")}
</table></div></div>`;
}

export function renderMasters(views: readonly MServerView[], self: string, nowMs: number): string {
  const rows = views.map((view) => renderMaster(view, view.rpc === self, nowMs));
  return `<div class='panel panel-default'><div class='panel-heading'><h2 class='panel-title'>Masters</h2></div>
<div class='panel-body table-responsive'><table class='table table-responsive'>
  <tr>
    <th>Server</th>
    <th>RAFT Role</th>    <th>Uptime</th>
    <th>Details</th>
  </tr>
${rows.join("\n")}
</table></div></div>`;
}

function renderMaster(view: MServerView, isSelf: boolean, nowMs: number): string {
  const { registration, error } = view;
  if (registration === undefined) {
    const red = (text: string): string => `<font color='red'>${escapeHtml(text)}</font>`;
    const problem = `ERROR: Network error (bm/util/net/socket.cc:540): ${error?.message ?? ""}`;
    return `  <tr>\n <td>${red(view.rpc)}</td>\n <td>${red("UNKNOWN_ROLE")}</td>\n <td colspan=2><font color='red'><b>${escapeHtml(problem)}</b></font></td>\n  </tr>`;
  }
  const link = `<a href="http://${registration.http}/">${registration.http}</a>`;
  const uptime = renderUptime(nowMs / 1000 - registration.startTimeUs / 1e6);
  const detail = (label: string, value: string): string =>
    `<div><span class='yb-overview'>${label}: </span>${escapeHtml(value)}</div>`;
  const details = [
    detail("CLOUD", registration.cloud),
    detail("REGION", registration.region),
    detail("ZONE", registration.zone),
    detail("UUID", registration.uuid),
  ].join("\n");
  return `  <tr>\n <td>${isSelf ? `<b>${link}</b>` : link}</td>\n <td>${view.role ?? "N/A"}</td>\n <td> ${uptime}</td>\n <td>${details}</td>\n  </tr>`;
}

const TILE_SERVER_COLUMNS = [
  "Server",
  "Time since </br>heartbeat",
  "Status & Uptime",
  "User Tablet-Peers / Leaders",
  "RAM Used",
  "Num SST Files",
  "Total SST Files Size",
  "Uncompressed SST </br>Files Size",
  "Read ops/sec",
  "Write ops/sec",
  "Cloud",
  "Region",
  "Zone",
  "System Tablet-Peers / Leaders",
  "Active Tablet-Peers",
];

export interface TileServerRow extends DbserverRow {
  readonly systemTileCount: number;
  readonly systemTileLeaderCount: number;
}

export function renderTileServers(rows: readonly TileServerRow[], balance: "balanced" | "unbalanced" | "off"): string {
  const head = TILE_SERVER_COLUMNS.map((column) => `    <th>${column}</th>`).join("\n");
  const verdict = {
    balanced: `<h4 style="color:Green"><i class='tasks-icon fa fa-check'></i>Cluster Load is Balanced</h4>`,
    unbalanced: `<h4 style="color:#f9a825"><i class='tasks-icon fa fa-warning'></i>Cluster Load is not Balanced</h4>`,
    off: "",
  }[balance];
  return `<h2>Tile Servers</h2>
<table class='table table-striped'>
  <tr>
${head}
  </tr>
${rows.map(renderTileServer).join("\n")}
</table>
${verdict}
<h3>Tablet-Peers by Availability Zone</h3>
<table class='table table-striped'>
  <tr><th>Cloud</th><th>Region</th><th>Zone</th><th>Total Nodes</th></tr>
${renderZones(rows)}
</table>`;
}

function renderTileServer(row: TileServerRow): string {
  const { registration } = row;
  const isAlive = row.status === "ALIVE";
  const colour = row.isLeaderBlacklisted ? "#f9a825" : isAlive ? "Green" : "Red";
  const status = `${isAlive ? `ALIVE: ${renderUptime(row.uptimeSec)}` : "DEAD"}${row.isLeaderBlacklisted ? "</br>Leader Blacklisted" : ""}`;
  const cells = [
    `${row.tileCount - row.systemTileCount} / ${row.tileLeaderCount - row.systemTileLeaderCount}`,
    renderSize(row.ramBytes),
    "0",
    "0 B",
    "0 B",
    "0.00",
    "0.00",
    registration.cloud,
    registration.region,
    registration.zone,
    `${row.systemTileCount} / ${row.systemTileLeaderCount}`,
    String(row.tileCount),
  ];
  return `  <tr>
  <td><a href="http://${registration.http}/">${registration.http}</a></br>  ${registration.uuid}</td><td>${(row.heartbeatDelayMs / 1000).toFixed(1)}s</td>    <td style="color:${colour}">${status}</td>    ${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("    ")}
  </tr>`;
}

function renderZones(rows: readonly TileServerRow[]): string {
  const counts = new Map<string, number>();
  for (const { registration: r } of rows) {
    const key = `<td>${escapeHtml(r.cloud)}</td><td>${escapeHtml(r.region)}</td><td>${escapeHtml(r.zone)}</td>`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `  <tr>${key}<td>${count}</td></tr>`).join("\n");
}

export function renderTileReplication(
  leaderless: readonly TileConfig[],
  under: readonly { tile: TileConfig; count: number }[],
): string {
  const cells = (tile: TileConfig): string =>
    `<td><a href="/table?id=${tile.tableUuid}">${escapeHtml(tile.tableName)}</a></td><td>${tile.tableUuid}</td><td>${tile.id}</td>`;
  const table = (heads: readonly string[], rows: readonly string[]): string =>
    `<table class='table table-striped'>\n  <tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr>\n${rows.map((row) => `  <tr>${row}</tr>`).join("\n")}\n</table>`;
  const heads = ["Table Name", "Table UUID", "Tablet ID"];
  return `<h3>Leaderless Tablets</h3>
${table(heads, leaderless.map(cells))}
<h3>Underreplicated Tablets</h3>
${table(
  [...heads, "Tablet Replication Count"],
  under.map(({ tile, count }) => `${cells(tile)}<td>${count}</td>`),
)}`;
}
