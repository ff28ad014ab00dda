// Settings that change a plan, findings that a reader has to weigh, and reasons for no plan at all.

import { overSsh } from "../../provider/model/fact";
import { buildHost, known, unknown } from "../support/build-cluster";
import {
  colocated,
  configWith,
  editProcesses,
  NEW,
  newOn,
  OLD,
  separate,
  THREE,
  withHosts,
  withInterruption,
} from "./shapes";
import type { Situation } from "./situation";

const boots = ["crontab: /home/bigmath/softwarebm-2.16.0.0/bin/dbserver"];
const xdcr = configWith({
  xdcrGroups: [{ group: "east", isPaused: false, sourceMServers: [], streamIds: ["s1", "s2"] }],
});
const htmlOnly = editProcesses((facts) => ({
  version: { ...facts.version, from: overSsh(facts.id.node) },
  followerLagMsMax: unknown("there is no such page"),
}));

export const situationsOfTrouble: Readonly<Record<string, Situation>> = {
  // Settings.
  "bsql-off": { cluster: { more: { bsql: false } } },
  "bsql-seen-off": { inventory: { facts: { bsqlEnabled: known(false) } } },
  "bsql-not-known": { inventory: { facts: { bsqlEnabled: unknown("no DBServer shows its flags") } } },
  "drain-off": { cluster: { more: { policy: { drainLeaders: false } } } },
  "drain-timeout-stops": {
    cluster: { more: { policy: { onDrainTimeout: "stop", drainTimeout: "20m", pause: "5m" } } },
  },
  waivers: {
    cluster: {
      more: {
        policy: {
          waive: { memory_is_available: "these hosts always run that full", clocks_agree: "PTP is being set up" },
        },
      },
    },
    edit: (inventory, desired) => ({
      ...inventory,
      hosts: desired.nodes.map(({ name }) =>
        buildHost(name, name === "db2" ? { facts: { memAvailableBytes: 300 * 1024 * 1024 } } : {}),
      ),
    }),
  },
  "another-build-of-the-same-release": { cluster: { version: "2.18.0.0-b68" }, inventory: { running: NEW } },
  "another-build-half-done": {
    cluster: { version: "2.18.0.0-b68" },
    inventory: { running: NEW, processes: newOn(["db2"], [], "2.18.0.0-b68") },
  },
  "not-staged-yet": {
    inventory: { processes: { "mserver:db3": { staged: null }, "dbserver:db3": { staged: "2.17.0.0-b3" } } },
  },
  "html-only": { edit: htmlOnly },
  "html-only-with-waiver": {
    cluster: { more: { policy: { waive: { every_follower_is_current: "this release does not tell it" } } } },
    edit: htmlOnly,
  },

  // Findings.
  "unhealthy-before-the-start": { inventory: { facts: { tilesUnderReplicated: known(["t1", "t2"]) } } },
  "one-tile-leaderless": { inventory: { facts: { tilesLeaderless: known(["t1"]) } } },
  "closed-gates": { inventory: { facts: { config: xdcr } } },
  "an-undeclared-dbserver": {
    edit: (inventory) => ({
      ...inventory,
      dbservers: known(
        (inventory.dbservers.known ? inventory.dbservers.value : []).flatMap((entry, index) =>
          index === 0 ? [entry, { ...entry, host: "10.0.0.9" }] : [entry],
        ),
      ),
    }),
  },
  "a-declared-dbserver-is-not-in-the-cluster": {
    cluster: { nodes: colocated(4) },
    edit: (inventory) => ({
      ...inventory,
      dbservers: known(
        (inventory.dbservers.known ? inventory.dbservers.value : []).filter((entry) => entry.host !== "10.0.0.4"),
      ),
    }),
  },
  "a-lagging-dbserver": { inventory: { processes: { "dbserver:db3": { lagMs: 48_000 } } } },
  "boot-starters": { edit: withHosts((name) => ({ bootStarters: name === "db2" ? boots : [] })) },
  "many-findings": {
    cluster: { nodes: separate(2, 30), more: withInterruption },
    inventory: { facts: { config: xdcr, tilesUnderReplicated: known(["t1"]), tilesLeaderless: known(["t2", "t3"]) } },
    edit: withHosts(() => ({ bootStarters: boots, extensionsRunning: ["postgis"] })),
  },

  // Refusals.
  downgrade: { inventory: { running: "2.20.0.0-b4" } },
  "downgrade-of-a-build": { cluster: { version: "2.18.0.0-b1" }, inventory: { running: "2.18.0.0-b68" } },
  "back-in-the-middle": { cluster: { version: "2.16.0.0" }, inventory: { running: OLD, processes: newOn(["db2"]) } },
  "half-done-other-version": { cluster: { version: "2.20.0.0" }, inventory: { processes: newOn(THREE, ["db1"]) } },
  "another-cluster": { context: { clusterUuid: "c2" } },
  "a-silent-process": { inventory: { processes: { "dbserver:db3": { silent: true } } } },
  "many-refusals": {
    cluster: { nodes: separate(1, 3) },
    inventory: {
      facts: { replicationFactor: known(1) },
      processes: {
        "dbserver:d1": { version: "2.20.0.0-b4" },
        "dbserver:d2": { silent: true },
        "dbserver:d3": { down: true },
      },
    },
  },
};
