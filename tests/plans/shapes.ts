// Clusters and sights that situations are put together from.

import type { DesiredCluster, Role } from "../../provider/model/desired";
import type { Fact } from "../../provider/model/fact";
import type { HostDetails } from "../../provider/model/host-details";
import type { Inventory, ProcessFacts } from "../../provider/model/inventory";
import type { ClusterConfig } from "../../provider/model/pages";
import { buildHost, type ClusterShape, known, type ProcessShapes, unknown } from "../support/build-cluster";

export const NEW = "2.18.0.0-b1";
export const OLD = "2.16.0.0-b1";
export const withInterruption = { policy: { allowInterruption: true } };

type Nodes = NonNullable<ClusterShape["nodes"]>;

/** `colocated(3)`: db1, db2, db3 with both roles. */
export const colocated = (count: number): Nodes => named("db", count, "both");

/** `separate(3, 12)`: MServers m1 … m3 on their own hosts, DBServers d1 … d12 on theirs. */
export const separate = (mservers: number, dbservers: number): Nodes => ({
  ...named("m", mservers, "mserver"),
  ...named("d", dbservers, "dbserver"),
});

function named(prefix: string, count: number, roles: "both" | Role): Nodes {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index + 1}`, roles]));
}

/** Spreads nodes over zones in turn: a, b, c, a, b, c … */
export const inTurnOver = (nodes: Nodes, zones: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.keys(nodes).map((name, index) => [name, zones[index % zones.length] ?? ""]));

/** The first `mservers` and `dbservers` of the names are on the new release. */
export const newOn = (
  mservers: readonly string[],
  dbservers: readonly string[] = [],
  version = NEW,
): Record<string, ProcessShapes[string]> =>
  Object.fromEntries([
    ...mservers.map((name) => [`mserver:${name}`, { version }] as const),
    ...dbservers.map((name) => [`dbserver:${name}`, { version }] as const),
  ]);

export const THREE = ["db1", "db2", "db3"] as const;

/** The cluster's configuration, other than usual in some fields. */
export const configWith = (more: Partial<ClusterConfig>): Fact<ClusterConfig> =>
  known({
    configVersion: 1,
    clusterUuid: "c1",
    replicationFactor: 3,
    leaderBlacklist: [],
    dataBlacklist: [],
    xdcrGroups: [],
    ...more,
  });

export const editProcesses =
  (edit: (facts: ProcessFacts) => Partial<ProcessFacts>) =>
  (inventory: Inventory): Inventory => ({
    ...inventory,
    processes: inventory.processes.map((facts) => ({ ...facts, ...edit(facts) })),
  });

/** What pages tell when nobody leads: each MServer knows its peers, and nothing else. */
export const withoutLeader = (inventory: Inventory): Inventory => {
  const unseen = <T>(): Fact<T> => unknown<T>("the asked MServer knows no leader");
  return {
    ...inventory,
    mservers: inventory.mservers.known
      ? known(
          inventory.mservers.value.map((entry) => ({
            ...entry,
            ...(entry.role === "LEADER" && { role: "FOLLOWER" as const }),
          })),
        )
      : inventory.mservers,
    dbservers: unseen(),
    tilesUnderReplicated: unseen(),
    tilesLeaderless: unseen(),
    config: unseen(),
    replicationFactor: unseen(),
    leader: unknown("no MServer leads alone"),
  };
};

export const withHosts =
  (detailsOf: (node: string) => Partial<HostDetails>) =>
  (inventory: Inventory, desired: DesiredCluster): Inventory => ({
    ...inventory,
    hosts: desired.nodes.map((node) => buildHost(node.name, { details: detailsOf(node.name) })),
  });
