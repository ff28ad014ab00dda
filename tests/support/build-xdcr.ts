// Declared links between the cluster of a test, called east, and another one, west.

import type { Fact } from "../../provider/model/fact";
import type { XdcrPeer } from "../../provider/model/inventory";
import type { ClusterConfig, XdcrGroup } from "../../provider/model/pages";
import { type ClusterShape, HOST_KEY, known } from "./build-cluster";

export const INTO_WEST = { group: "g1", source: "east", target: "west" };
export const INTO_EAST = { group: "g2", source: "west", target: "east" };

export const linked = (links: readonly object[] = [INTO_WEST, INTO_EAST], more: object = {}): ClusterShape => ({
  more: {
    xdcr: {
      self: "east",
      links,
      clusters: { west: { mservers: "10.1.0.1:11000", adminHost: "10.1.0.1", releaseDir: "~/softwarebm-2.16.0.0" } },
    },
    ssh: {
      agentSocketPath: "/run/agent",
      hosts: Object.fromEntries(["db1", "db2", "db3", "west"].map((name) => [name, { hostKey: HOST_KEY }])),
    },
    ...more,
  },
});

export const group = (name: string, isPaused: boolean, streamIds: readonly string[] = ["s1"]): XdcrGroup => ({
  group: name,
  isPaused,
  sourceMServers: [{ host: "10.1.0.1", port: 11000 }],
  streamIds,
});

export const configWith = (...xdcrGroups: readonly XdcrGroup[]): Fact<ClusterConfig> =>
  known({
    configVersion: 1,
    clusterUuid: "c1",
    replicationFactor: 3,
    leaderBlacklist: [],
    dataBlacklist: [],
    xdcrGroups,
  });

export const peer = (more: Partial<XdcrPeer> = {}): XdcrPeer => ({
  name: "west",
  config: configWith(group("g1", false)),
  processes: known([{ name: "MServer 10.1.0.1", version: "2.18.0.0-b1" }]),
  autoFlags: known(["mserver:old_flag", "dbserver:old_flag"]),
  walRetentionMs: known(14_400_000),
  dbserverBases: [],
  ...more,
});
