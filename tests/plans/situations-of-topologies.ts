// Healthy clusters of every shape, all of them on the old release.

import { known } from "../support/build-cluster";
import { configWith, group, linked, peer } from "../support/build-xdcr";
import { colocated, inTurnOver, separate, withInterruption } from "./shapes";
import type { Situation } from "./situation";

const rf1 = { facts: { replicationFactor: known(1) } };
const zones = ["zone-a", "zone-b", "zone-c"];

export const situationsOfTopologies: Readonly<Record<string, Situation>> = {
  "three-hosts": {},
  "three-hosts-failed-at-second-dbserver": { failedAt: 17 },
  "three-hosts-leader-in-the-middle": { inventory: { leader: "db2" } },
  "three-hosts-leader-last": { inventory: { leader: "db3" } },
  "separate-hosts": { cluster: { nodes: separate(3, 3) }, inventory: { leader: "m2" } },
  "one-mserver-refused": { cluster: { nodes: separate(1, 3) } },
  "one-mserver-with-interruption": { cluster: { nodes: separate(1, 3), more: withInterruption } },
  "two-mservers-with-interruption": {
    cluster: { nodes: separate(2, 3), more: withInterruption },
    inventory: { leader: "m1" },
  },
  "five-mservers-leader-third": { cluster: { nodes: separate(5, 3) }, inventory: { leader: "m3" } },
  "one-host-refused": { cluster: { nodes: colocated(1) }, inventory: rf1 },
  "one-host-with-interruption": { cluster: { nodes: colocated(1), more: withInterruption }, inventory: rf1 },
  "replication-factor-1-refused": { inventory: rf1 },
  "replication-factor-1": { cluster: { more: withInterruption }, inventory: rf1 },
  "replication-factor-5": { cluster: { nodes: colocated(5) }, inventory: { facts: { replicationFactor: known(5) } } },
  "six-dbservers-three-zones": {
    cluster: { nodes: separate(3, 6), zones: inTurnOver(separate(3, 6), zones) },
  },
  "six-hosts-zones-interleaved": {
    cluster: { nodes: colocated(6), zones: inTurnOver(colocated(6), ["east", "west"]) },
    inventory: { leader: "db4" },
  },
  "twelve-dbservers": { cluster: { nodes: separate(3, 12) } },
  "twelve-dbservers-three-zones": {
    cluster: { nodes: separate(3, 12), zones: inTurnOver(separate(3, 12), zones) },
  },
  "pair-of-clusters": {
    cluster: linked(),
    inventory: { facts: { config: configWith(group("g2", false)), xdcrPeers: [peer()], cdcStreams: known(["s1"]) } },
  },
  "pair-left-paused": {
    cluster: linked(),
    inventory: {
      running: "2.18.0.0-b1",
      facts: {
        config: configWith(group("g2", true)),
        xdcrPeers: [peer({ config: configWith(group("g1", true)) })],
        pauseRecords: known([
          { target: "west", group: "g1", run: "r", stack: "shop/prod", since: "2026-11-23T22:00:00.000Z" },
        ]),
      },
    },
    context: { finalizedVersion: "2.18.0.0" },
  },
  "pair-short-retention": {
    cluster: linked(),
    inventory: {
      facts: { config: configWith(group("g2", false)), xdcrPeers: [peer({ walRetentionMs: known(900_000) })] },
    },
  },
  "thirty-dbservers": { cluster: { nodes: separate(3, 30) } },
};
