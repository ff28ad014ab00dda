// Where the program and the leader MServer's lists differ, and what lies in the blacklists already.

import { type DesiredCluster, type DesiredNode, processName } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { isDown } from "./describe-versions";

export function findStrayEntries(desired: DesiredCluster, inventory: Inventory): string[] {
  const isSaidDown = (node: DesiredNode): boolean =>
    inventory.processes.some((facts) => facts.id.node === node.name && facts.id.role === "dbserver" && isDown(facts));
  const dbservers = desired.nodes.filter((node) => node.roles.includes("dbserver"));
  const entries = knownValue(inventory.dbservers);
  const config = knownValue(inventory.config);
  return dbservers.flatMap((node) => {
    const name = processName({ node: node.name, role: "dbserver" });
    const entry = entries?.find((each) => each.host === node.host && each.httpPort === node.ports.dbserverHttp);
    const isIn = (list: readonly { host: string; port: number }[] = []): boolean =>
      list.some((each) => each.host === node.host && each.port === node.ports.dbserverRpc);
    return [
      ...(entries !== undefined && entry === undefined && !isSaidDown(node)
        ? [
            `${name} (${node.host}:${node.ports.dbserverHttp}) is not in the leader MServer's list: the roll would wait, then stop`,
          ]
        : []),
      ...(entry?.status === "DEAD" && !isSaidDown(node)
        ? [`the leader MServer calls ${name} (${node.host}) DEAD`]
        : []),
      ...(isIn(config?.leaderBlacklist)
        ? [
            `${name} is on the leader blacklist and leads no tiles; it is taken off first if an earlier run of ours left it there`,
          ]
        : []),
      ...(isIn(config?.dataBlacklist) ? [`${name} is on the blacklist: the cluster is moving its tiles away`] : []),
    ];
  });
}
