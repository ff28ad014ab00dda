// What an earlier run left, or a person: every one of them is planned from what is the case now.

import { known } from "../support/build-cluster";
import { linked, peer } from "../support/build-xdcr";
import { colocated, configWith, NEW, newOn, separate, THREE, withoutLeader } from "./shapes";
import type { Situation } from "./situation";

const twelve = Array.from({ length: 12 }, (_, index) => `d${index + 1}`);

export const situationsOfAResume: Readonly<Record<string, Situation>> = {
  "resume-after-the-first-mserver": { inventory: { processes: newOn(["db2"]) } },
  "resume-at-the-leader-mserver": { inventory: { processes: newOn(["db2", "db3"]) } },
  "resume-leader-is-already-new": { inventory: { processes: newOn(["db2"]), leader: "db2" } },
  "resume-after-all-mservers": { inventory: { processes: newOn(THREE), leader: "db2" } },
  "resume-after-the-first-dbserver": { inventory: { processes: newOn(THREE, ["db1"]), leader: "db2" } },
  "resume-in-the-middle-of-twelve": {
    cluster: { nodes: separate(3, 12) },
    inventory: { processes: newOn(["m1", "m2", "m3"], twelve.slice(0, 7)), leader: "m2" },
  },
  "resume-a-dbserver-was-upgraded-by-hand": { inventory: { processes: newOn([], ["db3"]) } },
  "resume-an-mserver-that-we-left-down": {
    inventory: { processes: { "mserver:db2": { down: true, lastAct: "2.18.0.0" } } },
  },
  "resume-an-mserver-is-down-in-the-reached-tier": {
    inventory: { processes: { ...newOn(["db2"]), "mserver:db3": { down: true } } },
  },
  "resume-without-a-quorum": {
    inventory: { processes: { ...newOn(["db2"]), "mserver:db1": { down: true }, "mserver:db3": { down: true } } },
    edit: withoutLeader,
  },
  "resume-a-pair-without-a-quorum": {
    cluster: linked(),
    inventory: {
      processes: { ...newOn(["db2"]), "mserver:db1": { down: true }, "mserver:db3": { down: true } },
      facts: { xdcrPeers: [peer()] },
    },
    edit: withoutLeader,
  },
  "no-quorum-and-its-tier-is-not-reached": {
    inventory: { processes: { "mserver:db1": { down: true }, "mserver:db3": { down: true } } },
    edit: withoutLeader,
  },
  "resume-after-a-dbserver-that-did-not-return": {
    inventory: { processes: { ...newOn(THREE, ["db1"]), "dbserver:db2": { down: true } } },
  },
  "resume-a-dbserver-that-was-not-watched": {
    inventory: { processes: newOn(THREE, ["db1", "db2"]), leader: "db2" },
    context: { inHand: ["DBServer db2"] },
  },
  "resume-one-is-down-and-one-was-not-watched": {
    inventory: {
      processes: { ...newOn(THREE, ["db1"]), "dbserver:db2": { down: true, lastAct: "2.18.0.0" } },
      leader: "db2",
    },
    context: { inHand: ["DBServer db1", "DBServer db2"] },
  },
  "all-is-done-but-a-watch": {
    inventory: { running: NEW, leader: "db2" },
    context: { finalizedVersion: "2.18.0.0", inHand: ["DBServer db3"] },
  },
  "resume-two-dbservers-are-down": {
    cluster: { nodes: colocated(6) },
    inventory: {
      processes: {
        ...newOn(Object.keys(colocated(6)), ["db1", "db2"]),
        "dbserver:db3": { down: true, lastAct: "2.18.0.0" },
        "dbserver:db5": { down: true },
      },
      leader: "db2",
    },
  },
  "down-in-the-tier-that-is-not-reached": { inventory: { processes: { "dbserver:db2": { down: true } } } },
  "an-mserver-is-down-before-the-roll": { inventory: { processes: { "mserver:db2": { down: true } } } },
  "everything-new-but-one-is-down": {
    inventory: { running: NEW, processes: { "dbserver:db3": { down: true } }, leader: "db2" },
  },
  "only-the-finalisation-is-left": { inventory: { running: NEW } },
  finished: { inventory: { running: NEW }, context: { finalizedVersion: "2.18.0.0" } },
  "adopted-with-other-settings": { inventory: { running: NEW }, context: { adoptedVersion: "2.18.0.0" } },
  "manual-finalisation": { cluster: { more: { finalize: "manual" } } },
  "manual-finalisation-all-new": { cluster: { more: { finalize: "manual" } }, inventory: { running: NEW } },
  "manual-then-auto": { inventory: { running: NEW }, context: { finalizedVersion: "2.16.0.0" } },
  "second-roll-for-auto-flags": {
    inventory: { running: NEW, leader: "db2" },
    context: {
      finalizedVersion: "2.18.0.0",
      awaitingRestart: Object.fromEntries(
        ["MServer", "DBServer"].flatMap((role) => THREE.map((node) => [`${role} ${node}`, "4711 since tick 1000"])),
      ),
    },
  },
  "leftovers-on-the-leader-blacklist": {
    inventory: {
      processes: newOn(THREE, ["db1"]),
      leader: "db2",
      facts: { config: configWith({ leaderBlacklist: [{ host: "10.0.0.2", port: 9100 }] }) },
    },
  },
  "replication-factor-not-known": {
    inventory: {
      facts: {
        replicationFactor: { known: false, why: "its page failed", from: "test", atMs: 0 },
        tilesLeaderless: known([]),
      },
    },
  },
};
