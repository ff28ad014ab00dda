// The edge for HTML: the tables of a page as texts, or why there are none to trust.

import { type HTMLElement, parse } from "node-html-parser";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import { excerpt } from "./excerpt";
import { findPageError } from "./find-page-error";

export interface HtmlCell {
  /** Not empty, trimmed, without a common line break: the cell's lines. */
  readonly lines: readonly string[];
  readonly element: HTMLElement;
}

export interface HtmlTable {
  /** Text of the nearest heading above it, `""` when there is none. */
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly HtmlCell[])[];
}

const BODY_LENGTH_MAX = 8_000_000;
const HEADINGS = /^h[1-6]$/i;

export function readHtmlTables(body: string): Parsed<readonly HtmlTable[]> {
  if (body.length > BODY_LENGTH_MAX) return unparsed(`the page is too long to read: ${body.length} characters`);
  const error = findPageError(body);
  if (error !== undefined) return unparsed(error);
  const opened = body.match(/<table\b/gi)?.length ?? 0;
  if (opened === 0) return unparsed(`the page has no table: ${excerpt(body)}`);
  // A page that was cut off would pass for one with fewer rows.
  if ((body.match(/<\/table\s*>/gi)?.length ?? 0) < opened) return unparsed("the page is cut off inside a table");
  const root = parse(body.replace(/<\/?br\s*\/?>/gi, "\n"));
  const alert = root.querySelector(".alert-warning, .alert-danger");
  if (alert) return unparsed(`the page shows a warning instead of data: ${excerpt(alert.text)}`);
  return parsed(collectTables(root));
}

function collectTables(root: HTMLElement): HtmlTable[] {
  const tables: HtmlTable[] = [];
  let heading = "";
  for (const element of root.querySelectorAll("h1, h2, h3, h4, h5, h6, table")) {
    if (HEADINGS.test(element.rawTagName)) heading = element.text.trim();
    else tables.push(toTable(element, heading));
  }
  return tables;
}

function toTable(table: HTMLElement, heading: string): HtmlTable {
  const rows = table.querySelectorAll("tr");
  const header = rows.find((row) => row.querySelector("th"));
  return {
    heading,
    columns: (header?.querySelectorAll("th") ?? []).map((cell) => linesOf(cell).join(" ")),
    rows: rows
      .filter((row) => row !== header)
      .map((row) => row.querySelectorAll("td").map((element) => ({ lines: linesOf(element), element }))),
  };
}

const linesOf = (element: HTMLElement): string[] =>
  element.text
    .split("\n")
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "");

/** Position of the column that `pattern` names, or undefined. */
export function findColumn(table: HtmlTable, pattern: RegExp): number | undefined {
  const index = table.columns.findIndex((column) => pattern.test(column));
  return index < 0 ? undefined : index;
}

/** A cell's first line, by the name of its column. */
export function textIn(table: HtmlTable, row: readonly HtmlCell[], pattern: RegExp): string | undefined {
  const index = findColumn(table, pattern);
  return index === undefined ? undefined : row[index]?.lines[0];
}

/** ` 2days, 3:05:09` → seconds. */
export function parseUptime(text: string): number | undefined {
  const match = /^(?:(\d{1,6})\s*days?,\s*)?(\d{1,3}):(\d{2}):(\d{2})$/.exec(text.trim());
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = [match[1] ?? "0", match[2], match[3], match[4]].map(Number);
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}
