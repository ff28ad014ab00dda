// Servers that the cluster has and the program does not name. One that nobody names would keep the old release, and die of
// the first promoted AutoFlag (spec A5).

import type { DesiredCluster, DesiredNode } from "./desired";
import type { DBServerEntry, MServerEntry } from "./pages";

export function findStrangers(
  nodes: DesiredCluster["nodes"],
  mservers: readonly MServerEntry[],
  dbservers: readonly DBServerEntry[],
): string[] {
  const isMServer = (node: DesiredNode, entry: MServerEntry): boolean =>
    node.roles.includes("mserver") && node.host === entry.host && node.ports.mserverRpc === entry.rpcPort;
  const isDBServer = (node: DesiredNode, entry: DBServerEntry): boolean =>
    node.roles.includes("dbserver") && node.host === entry.host && node.ports.dbserverHttp === entry.httpPort;
  return [
    ...mservers
      .filter((entry) => !nodes.some((node) => isMServer(node, entry)))
      .map((entry) => `MServer ${entry.host}:${entry.rpcPort ?? entry.httpPort}`),
    ...dbservers
      .filter((entry) => !nodes.some((node) => isDBServer(node, entry)))
      .map((entry) => `DBServer ${entry.host}:${entry.httpPort}`),
  ];
}
