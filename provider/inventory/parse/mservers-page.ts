// `/masters`, and the same table on `/`. The page has no word for "alive": that is a row without an error and
// with a role.

import { COLUMN } from "../../dialect/fields";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { MServerRow } from "../../model/pages";
import { excerpt } from "./excerpt";
import { parseHostPort } from "./host-port";
import { findColumn, type HtmlCell, type HtmlTable, parseUptime, readHtmlTables } from "./read-html";

export function parseMServersPage(body: string): Parsed<readonly MServerRow[]> {
  const tables = readHtmlTables(body);
  return tables.ok ? readMServersTable(tables.value) : tables;
}

export function readMServersTable(tables: readonly HtmlTable[]): Parsed<readonly MServerRow[]> {
  const table = tables.find((each) => findColumn(each, COLUMN.server) === 0 && findColumn(each, COLUMN.role) === 1);
  if (table === undefined) return unparsed("the page has no table of MServers");
  const rows = table.rows.map(readRow);
  const broken = rows.find((row) => row === undefined || (row.host === undefined && row.error === undefined));
  if (rows.length === 0 || rows.includes(broken))
    return unparsed("the table of MServers has a row that cannot be read");
  return parsed(rows.filter((row): row is MServerRow => row !== undefined));
}

function readRow(cells: readonly HtmlCell[]): MServerRow | undefined {
  const texts = cells.map((cell) => cell.lines.join(" "));
  const error = texts.find((text) => /\bERROR\b/.test(text));
  const address = parseHostPort(texts[0] ?? "");
  if (error !== undefined)
    return {
      host: address?.host,
      httpPort: undefined,
      rpcPort: address?.port,
      uuid: /\bid \(([0-9a-f]{32})\)/.exec(error)?.[1],
      role: undefined,
      uptimeSec: undefined,
      error: excerpt(error),
    };
  const role = texts[1];
  if (address === undefined || role === undefined || !/^(?:[A-Z_]{1,40}|N\/A)$/.test(role)) return undefined;
  return {
    host: address.host,
    httpPort: address.port,
    rpcPort: undefined,
    uuid: /\bUUID:\s*([0-9a-f]{32})\b/.exec(texts[3] ?? "")?.[1],
    role: role === "N/A" ? undefined : role,
    uptimeSec: parseUptime(texts[2] ?? ""),
    error: undefined,
  };
}
