// Gate: the cluster holds no server that the program does not name.
//
// An undeclared one would keep the old release, and die of the first promoted AutoFlag (spec A5).

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const everyServerOfTheClusterIsDeclared: Gate = {
  id: "every_server_of_the_cluster_is_declared",
  before: ["check_start", "verify_one_version", "promote_auto_flags"],
  ask({ desired, inventory }) {
    if (!inventory.mservers.known) return wait(`the list of MServers is not known: ${inventory.mservers.why}.`);
    if (!inventory.dbservers.known) return wait(`the list of DBServers is not known: ${inventory.dbservers.why}.`);
    const strangers = [
      ...inventory.mservers.value
        .filter(
          (entry) =>
            !desired.nodes.some(
              (node) =>
                node.roles.includes("mserver") && node.host === entry.host && node.ports.mserverRpc === entry.rpcPort,
            ),
        )
        .map((entry) => `MServer ${entry.host}:${entry.rpcPort ?? entry.httpPort}`),
      ...inventory.dbservers.value
        .filter(
          (entry) =>
            !desired.nodes.some(
              (node) =>
                node.roles.includes("dbserver") &&
                node.host === entry.host &&
                node.ports.dbserverHttp === entry.httpPort,
            ),
        )
        .map((entry) => `DBServer ${entry.host}:${entry.httpPort}`),
    ];
    if (strangers.length === 0) return open;
    return stop(
      `the cluster also has ${strangers.join(", ")}, which the program does not name.`,
      "Add them to `nodes` (host must be the address that the cluster knows), or take them out of the cluster, then run `pulumi up`.",
    );
  },
};
