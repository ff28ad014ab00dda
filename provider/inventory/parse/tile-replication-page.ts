// `/tablet-replication`: tiles without a leader and tiles with too few replicas, in two tables. Both have to be
// there, whole: an empty list is good news and must not come from a page that was cut off.

import { COLUMN, REPLICATION_HEADING } from "../../dialect/fields";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { NamedTile, TileReplicationPage } from "../../model/pages";
import { findColumn, type HtmlTable, readHtmlTables, textIn } from "./read-html";
import { rememberLast } from "./remember-last";

export const parseTileReplicationPage = rememberLast((body: string): Parsed<TileReplicationPage> => {
  const tables = readHtmlTables(body);
  if (!tables.ok) return tables;
  const leaderless = readTiles(tables.value, REPLICATION_HEADING.leaderless);
  const underReplicated = readTiles(tables.value, REPLICATION_HEADING.underReplicated);
  if (leaderless === undefined) return unparsed("the page has no readable table of leaderless tiles");
  if (underReplicated === undefined) return unparsed("the page has no readable table of under-replicated tiles");
  return parsed({ leaderless, underReplicated });
});

function readTiles(tables: readonly HtmlTable[], heading: RegExp): NamedTile[] | undefined {
  const table = tables.find((each) => heading.test(each.heading) && findColumn(each, COLUMN.tileId) !== undefined);
  if (table === undefined) return undefined;
  const tiles: NamedTile[] = [];
  for (const row of table.rows) {
    const tileId = textIn(table, row, COLUMN.tileId);
    if (tileId === undefined) return undefined;
    const reason = textIn(table, row, COLUMN.reason);
    tiles.push({
      tileId,
      tableId: textIn(table, row, COLUMN.tableId),
      reason: reason !== undefined && /^\d+$/.test(reason) ? `${reason} replicas` : reason,
    });
  }
  return tiles;
}
