// `/tile-servers` (spec D4): the DBServers as the leader MServer sees them. A table of tiles per zone follows theirs,
// so tables are chosen by their columns. DBServers that are dead for long may be hidden.

import { COLUMN } from "../../dialect/fields";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { DBServerEntry } from "../../model/pages";
import { excerpt } from "./excerpt";
import { parseHostPort } from "./host-port";
import { findColumn, type HtmlCell, type HtmlTable, parseUptime, readHtmlTables, textIn } from "./read-html";

export function parseDBServersPage(body: string): Parsed<readonly DBServerEntry[]> {
  const tables = readHtmlTables(body);
  if (!tables.ok) return tables;
  const ofServers = tables.value.filter(
    (table) =>
      findColumn(table, COLUMN.server) === 0 &&
      findColumn(table, COLUMN.heartbeat) !== undefined &&
      findColumn(table, COLUMN.status) !== undefined,
  );
  if (ofServers.length === 0) return unparsed("the page has no table of DBServers");
  const entries: DBServerEntry[] = [];
  for (const table of ofServers) {
    for (const row of table.rows) {
      const entry = readRow(table, row);
      if (entry === undefined)
        return unparsed(
          `a row of the table of DBServers cannot be read: ${excerpt(row[0]?.lines.join(" ") ?? "", 60)}`,
        );
      entries.push(entry);
    }
  }
  return parsed(entries);
}

function readRow(table: HtmlTable, row: readonly HtmlCell[]): DBServerEntry | undefined {
  const server = row[0]?.lines ?? [];
  const status = row[findColumn(table, COLUMN.status) ?? -1]?.lines ?? [];
  const word = /^(ALIVE|DEAD)\b(?::\s*(.*))?$/.exec(status[0] ?? "");
  const heartbeat = /^(\d{1,9}(?:\.\d{1,6})?)\s*s$/.exec(textIn(table, row, COLUMN.heartbeat) ?? "");
  const address = parseHostPort(server[0] ?? "");
  if (address === undefined || heartbeat === null || status.length === 0) return undefined;
  const [user, userLeaders] = readCounts(textIn(table, row, COLUMN.userTiles));
  const [system, systemLeaders] = readCounts(textIn(table, row, COLUMN.systemTiles));
  const [active] = readCounts(textIn(table, row, COLUMN.activeTiles));
  return {
    host: address.host,
    httpPort: address.port,
    heartbeatAgeSec: Number(heartbeat[1]),
    status: word?.[1] === "ALIVE" || word?.[1] === "DEAD" ? word[1] : "UNKNOWN",
    uptimeSec: parseUptime(word?.[2] ?? ""),
    zone: textIn(table, row, COLUMN.zone),
    uuid: server.find((line) => /^[0-9a-f]{32}$/.test(line)),
    placementUuid: /\bUUID:\s*([0-9a-f-]{32,36})\b/i.exec(table.heading)?.[1] ?? "",
    tiles: { user, userLeaders, system, systemLeaders, active },
    paths: [],
    isBlacklisted: status.some((line) => /^blacklisted$/i.test(line)),
    isLeaderBlacklisted: status.some((line) => /^leader blacklisted$/i.test(line)),
  };
}

/** `3 / 1` or `3`. */
function readCounts(text: string | undefined): [number | undefined, number | undefined] {
  const match = /^(\d{1,9})(?:\s*\/\s*(\d{1,9}))?$/.exec(text ?? "");
  const number = (digits: string | undefined): number | undefined =>
    digits === undefined ? undefined : Number(digits);
  return [number(match?.[1]), number(match?.[2])];
}
