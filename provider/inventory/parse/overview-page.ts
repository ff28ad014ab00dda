// `/` of an MServer (spec M4): the leader's overview, whoever was asked.

import { OVERVIEW_LABEL } from "../../dialect/fields";
import { type Parsed, parsed } from "../../model/fact";
import type { OverviewPage } from "../../model/pages";
import { parseVersion } from "../../model/version";
import { readMServersTable } from "./mservers-page";
import { type HtmlCell, type HtmlTable, readHtmlTables } from "./read-html";

export function parseOverviewPage(body: string): Parsed<OverviewPage> {
  const tables = readHtmlTables(body);
  if (!tables.ok) return tables;
  const mservers = readMServersTable(tables.value);
  if (!mservers.ok) return mservers;
  const factor = Number(/^\d{1,3}\b/.exec(textBeside(tables.value, OVERVIEW_LABEL.replicationFactor) ?? "")?.[0]);
  const version = textBeside(tables.value, OVERVIEW_LABEL.version);
  return parsed({
    mservers: mservers.value,
    universeUuid: textBeside(tables.value, OVERVIEW_LABEL.universeUuid),
    replicationFactor: factor > 0 ? factor : undefined,
    leaderVersion: version !== undefined && parseVersion(version) ? version : undefined,
    isLoadBalancerEnabled: iconBeside(tables.value, OVERVIEW_LABEL.loadBalancerEnabled),
  });
}

function cellBeside(tables: readonly HtmlTable[], label: RegExp): HtmlCell | undefined {
  return tables.flatMap((table) => table.rows).find(([first]) => label.test(first?.lines.join(" ") ?? ""))?.[1];
}

const textBeside = (tables: readonly HtmlTable[], label: RegExp): string | undefined =>
  cellBeside(tables, label)?.lines[0];

// Yes and no are icons here.
function iconBeside(tables: readonly HtmlTable[], label: RegExp): boolean | undefined {
  const element = cellBeside(tables, label)?.element;
  if (element?.querySelector(".fa-check")) return true;
  return element?.querySelector(".fa-times") ? false : undefined;
}
