// The HTML table of MServers tells the web port of those that answer and the RPC port of those that do not. With the
// declared nodes, each row becomes what the JSON page would have said.

import type { DesiredNode } from "../model/desired";
import { type Parsed, parsed, unparsed } from "../model/fact";
import type { MServerEntry, MServerRow } from "../model/pages";

export function matchMServerRows(
  nodes: readonly DesiredNode[],
  rows: readonly MServerRow[],
): Parsed<readonly MServerEntry[]> {
  const entries: MServerEntry[] = [];
  for (const row of rows) {
    const { host } = row;
    // Somebody is there, and nobody can say who: the list is not whole.
    if (host === undefined) return unparsed(`the list has an MServer that it does not name: ${row.error}`);
    const node = nodes.find(
      (each) =>
        each.roles.includes("mserver") &&
        each.host === host &&
        (row.httpPort === undefined ? each.ports.mserverRpc === row.rpcPort : each.ports.mserverHttp === row.httpPort),
    );
    const rpcPort = node?.ports.mserverRpc ?? row.rpcPort;
    entries.push({
      host,
      rpcPort,
      httpPort: row.httpPort,
      addresses: rpcPort === undefined ? [] : [{ host, port: rpcPort }],
      uuid: row.uuid ?? `${host}:${rpcPort ?? row.httpPort}`,
      startTimeUs: undefined,
      uptimeSec: row.uptimeSec,
      role: row.role,
      error: row.error,
    });
  }
  return parsed(entries);
}
