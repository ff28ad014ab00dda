// Gates that look at hosts and at the new release before a roll begins, and those that judge majorities.

import { buildDesired, buildHost, buildInventory, known, unknown } from "../../support/build-cluster";
import {
  dbserver,
  type GateCase,
  mserver,
  NEW,
  onDb2,
  silentDb2,
  untyped,
  withFlagFacts,
  withFlags,
} from "./gate-cases";

export const casesOfTheStart: readonly GateCase[] = [
  // Before a roll begins: what the hosts and the new release look like.
  ["extensions_are_in_the_new_release", "both releases have the same", { step: { kind: "check_start" } }, "open"],
  [
    "extensions_are_in_the_new_release",
    "the new release lacks one",
    {
      step: { kind: "check_start" },
      inventory: onDb2({ details: { extensionsRunning: ["pg_stat_statements", "postgis"] } }),
    },
    "stop: the new release on db2 lacks the extension postgis, which the running one has.",
  ],
  [
    "extensions_are_in_the_new_release",
    "a host did not tell",
    { step: { kind: "check_start" }, inventory: silentDb2 },
    "wait: what is installed on db2 is not known: cut off.",
  ],
  ["data_is_outside_every_release", "it is", { step: { kind: "check_start" } }, "open"],
  [
    "data_is_outside_every_release",
    "data lies inside the running release",
    {
      step: { kind: "check_start" },
      inventory: withFlags({ fs_data_dirs: "/mnt/d0,/home/bigmath/softwarebm-2.16.0.0/data" }),
    },
    "stop: fs_data_dirs of MServer db1 is /home/bigmath/softwarebm-2.16.0.0/data, which lies inside the release /home/bigmath/softwarebm-2.16.0.0.",
  ],
  [
    "data_is_outside_every_release",
    "data lies inside a release that nobody runs any more",
    {
      step: { kind: "check_start" },
      inventory: withFlags({ fs_data_dirs: "/mnt/d0,/home/bigmath/softwarebm-2.14.1.0-b3" }),
    },
    "stop: fs_data_dirs of MServer db1 is /home/bigmath/softwarebm-2.14.1.0-b3, which lies inside the release /home/bigmath/softwarebm-2.14.1.0-b3.",
  ],
  [
    "data_is_outside_every_release",
    "data lies beside the releases under a name much like theirs",
    {
      step: { kind: "check_start" },
      inventory: withFlags({ fs_data_dirs: "/home/bigmath/softwarebm-2.14.1.0-data,/home/bigmath/softwarebm-data" }),
    },
    "open",
  ],
  [
    "data_is_outside_every_release",
    "a link leads into the release",
    {
      step: { kind: "check_start" },
      inventory: {
        facts: {
          ...withFlags({ log_dir: "/var/log/bm" }).facts,
          hosts: ["db1", "db2", "db3"].map((node) =>
            buildHost(node, {
              details: { resolvedPaths: { "/var/log/bm": "/home/bigmath/softwarebm-2.16.0.0/logs" } },
            }),
          ),
        },
      },
    },
    "stop: log_dir of MServer db1 is /var/log/bm, which lies inside the release /home/bigmath/softwarebm-2.16.0.0.",
  ],
  [
    "data_is_outside_every_release",
    "a path is relative",
    { step: { kind: "check_start" }, inventory: withFlags({ flagfile: "conf/mserver.conf" }) },
    "stop: flagfile of MServer db1 is conf/mserver.conf, which is relative to the release that runs.",
  ],
  [
    "data_is_outside_every_release",
    "the list of flags is not whole",
    {
      step: { kind: "check_start" },
      inventory: withFlagFacts(() => known(new Map([["log_dir", { value: "/logs", type: "Custom" }]]))),
    },
    "wait: where MServer db1 keeps its data is not known: its flags do not name fs_data_dirs.",
  ],
  [
    "promoted_flags_exist_in_the_new_release",
    "a page tells the kinds of some flags only",
    {
      step: { kind: "check_start" },
      inventory: withFlagFacts(() =>
        known(
          new Map([
            ["log_dir", { value: "/logs", type: "Custom" }],
            ["new_flag", { value: "true", type: undefined }],
          ]),
        ),
      ),
    },
    "wait: which AutoFlags MServer db1 uses is not known: its page does not tell of what kind the flag new_flag is, as it does of others.",
  ],
  ["promoted_flags_exist_in_the_new_release", "they do", { step: { kind: "check_start" } }, "open"],
  [
    "promoted_flags_exist_in_the_new_release",
    "one does not",
    { step: { kind: "check_start" }, inventory: onDb2({ details: { autoFlags: ["new_flag"] } }) },
    "stop: the release on db2 does not know the AutoFlag old_flag, which this cluster uses.",
  ],
  [
    "promoted_flags_exist_in_the_new_release",
    "the release says nothing about AutoFlags",
    { step: { kind: "check_start" }, inventory: onDb2({ details: { autoFlags: undefined } }) },
    "stop: the release on db2 says nothing about AutoFlags (no auto_flags.json); this cluster uses old_flag.",
  ],
  [
    "promoted_flags_exist_in_the_new_release",
    "the flags of a process are not known",
    { step: { kind: "check_start" }, inventory: withFlagFacts(() => unknown("half a page")) },
    "wait: which AutoFlags MServer db1 uses is not known: half a page.",
  ],
  [
    "promoted_flags_exist_in_the_new_release",
    "a process that is down tells no flags",
    {
      step: { kind: "check_start" },
      inventory: {
        facts: {
          processes: buildInventory(buildDesired(), { processes: { "dbserver:db2": { down: true } } }).processes.map(
            (facts) =>
              facts.id.node === "db2" && facts.id.role === "dbserver" ? { ...facts, flags: unknown() } : facts,
          ),
        },
      },
    },
    "open",
  ],
  [
    "promoted_flags_exist_in_the_new_release",
    "pages tell no types, and the running release's file names an AutoFlag that the new one lacks",
    {
      step: { kind: "check_start" },
      inventory: {
        facts: {
          ...withFlagFacts(() => known(untyped)).facts,
          ...onDb2({ details: { autoFlags: ["new_flag"] } }).facts,
        },
      },
    },
    "stop: the release on db2 does not know the AutoFlag old_flag, which this cluster uses.",
  ],
  [
    "promoted_flags_exist_in_the_new_release",
    "pages tell no types, and the new release has every AutoFlag of the running one's file",
    { step: { kind: "check_start" }, inventory: withFlagFacts(() => known(untyped)) },
    "open",
  ],
  [
    "promoted_flags_exist_in_the_new_release",
    "pages tell no types, and the running release's file cannot be read",
    {
      step: { kind: "check_start" },
      inventory: {
        facts: {
          ...withFlagFacts(() => known(untyped)).facts,
          ...onDb2({ details: { autoFlagsRunning: undefined } }).facts,
        },
      },
    },
    "wait: which AutoFlags MServer db2 uses is not known: its page does not tell them, and auto_flags.json of the release that runs on db2 cannot be read.",
  ],
  ["catalog_upgrade_is_supported", "the cluster is of 2.16", { step: { kind: "check_start" } }, "open"],
  [
    "catalog_upgrade_is_supported",
    "the cluster is older than 2.8",
    { step: { kind: "check_start" }, inventory: { running: "2.7.4.0-b3" } },
    "stop: MServer db1 runs 2.7.4.0; upgrade_bsql needs a cluster of 2.8 or later, and none from 2.9.0 to before 2.11.0.",
  ],
  [
    "catalog_upgrade_is_supported",
    "the cluster is in the gap",
    { step: { kind: "check_start" }, inventory: { running: "2.10.0.0-b3" } },
    "stop: MServer db1 runs 2.10.0.0; upgrade_bsql needs a cluster of 2.8 or later, and none from 2.9.0 to before 2.11.0.",
  ],
  [
    "catalog_upgrade_is_supported",
    "one does not tell its version",
    { step: { kind: "check_start" }, inventory: { processes: { "dbserver:db2": { silent: true } } } },
    "wait: the version of DBServer db2 is not known: nobody listens on its web port.",
  ],
  [
    "catalog_upgrade_is_supported",
    "one that is down is started by the roll",
    {
      step: { kind: "check_start" },
      inventory: { processes: { "dbserver:db2": { down: true } } },
      toBeStarted: [{ node: "db2", role: "dbserver" }],
    },
    "open",
  ],
  [
    "catalog_upgrade_is_supported",
    "BSQL is off",
    { step: { kind: "check_start" }, cluster: { more: { bsql: false } }, inventory: { running: "2.7.4.0-b3" } },
    "open",
  ],
  ["disks_have_room", "they have", { step: { kind: "check_start" } }, "open"],
  [
    "disks_have_room",
    "one is nearly full",
    {
      step: { kind: "check_start" },
      inventory: onDb2({
        facts: { disks: [{ asked: "/home/bigmath", measured: "/home", totalBytes: 100e9, availableBytes: 1.5e9 }] },
      }),
    },
    "stop: /home on db2 has 1.5 GB left; twice the release is 2.0 GB.",
  ],
  [
    "disks_have_room",
    "it is not known",
    { step: { kind: "check_start" }, inventory: onDb2({ facts: { disks: [] } }) },
    "wait: how much room db2 has is not known.",
  ],
  ["processes_outlive_the_login", "they do", { step: { kind: "check_start" } }, "open"],
  [
    "processes_outlive_the_login",
    "one host's logind would end them",
    { step: { kind: "check_start" }, inventory: onDb2({ details: { killsUserProcesses: true } }) },
    "stop: logind on db2 has KillUserProcesses=yes: what bigmath starts over ssh ends with the connection.",
  ],
  [
    "processes_outlive_the_login",
    "it would, but a service manager starts them",
    {
      step: { kind: "check_start" },
      inventory: onDb2({ details: { killsUserProcesses: true } }),
      cluster: { more: { process: { mserver: { start: "x", stop: "y" }, dbserver: { start: "x", stop: "y" } } } },
    },
    "open",
  ],
  [
    "processes_outlive_the_login",
    "it would, and a service manager starts only one of them",
    {
      step: { kind: "check_start" },
      inventory: onDb2({ details: { killsUserProcesses: true } }),
      cluster: { more: { process: { mserver: { start: "x", stop: "y" } } } },
    },
    "stop: logind on db2 has KillUserProcesses=yes: what bigmath starts over ssh ends with the connection.",
  ],
  [
    "processes_outlive_the_login",
    "it is not known",
    { step: { kind: "check_start" }, inventory: onDb2({ details: { killsUserProcesses: undefined } }) },
    "wait: whether processes on db2 outlive a login is not known: ssh sessions are logind's there, and neither loginctl nor logind.conf tells KillUserProcesses.",
  ],
  ["memory_is_available", "it is", { step: { kind: "check_start" } }, "open"],
  [
    "memory_is_available",
    "a host has little left",
    { step: { kind: "check_start" }, inventory: onDb2({ facts: { memAvailableBytes: 300 * 1024 * 1024 } }) },
    "stop: db2 has 300 MB of memory available; 700 MB are needed.",
  ],
  ["clocks_agree", "they do", { step: { kind: "check_start" } }, "open"],
  [
    "clocks_agree",
    "one is ahead",
    { step: { kind: "check_start" }, inventory: onDb2({ clock: known({ offsetMs: 900, uncertaintyMs: 5 }) }) },
    "stop: the clocks of db1 and db2 differ by 900 ms (± 10 ms); the limit is 100 ms.",
  ],
  [
    "clocks_agree",
    "the connection is too slow to tell",
    { step: { kind: "check_start" }, inventory: onDb2({ clock: known({ offsetMs: 20, uncertaintyMs: 4000 }) }) },
    "wait: the clocks of db1 and db2 seem to differ by 20 ms, but could only be compared to ± 4005 ms.",
  ],
  [
    "clocks_agree",
    "a slow connection makes one seem ahead",
    { step: { kind: "check_start" }, inventory: onDb2({ clock: known({ offsetMs: 300, uncertaintyMs: 400 }) }) },
    "wait: the clocks of db1 and db2 seem to differ by 300 ms, but could only be compared to ± 405 ms.",
  ],
  [
    "clocks_agree",
    "the connection is slow and they seem to agree",
    { step: { kind: "check_start" }, inventory: onDb2({ clock: known({ offsetMs: 20, uncertaintyMs: 400 }) }) },
    "open",
  ],
  ["cluster_is_settled", "the leader has been the same for a while", { step: dbserver("db1") }, "open"],
  [
    "cluster_is_settled",
    "the leader has just changed",
    { step: dbserver("db1"), inventory: { facts: { leader: known({ uuid: "u", readingCount: 1, forMs: 0 }) } } },
    "wait: the leader MServer was seen in 1 of 3 readings in a row.",
  ],
  [
    "cluster_is_settled",
    "three readings followed each other faster than heartbeats do",
    { step: dbserver("db1"), inventory: { facts: { leader: known({ uuid: "u", readingCount: 3, forMs: 600 }) } } },
    "wait: the leader MServer was seen leading for 600 of 2000 ms.",
  ],
  [
    "cluster_is_settled",
    "no process tells how often heartbeats come: every second, as the product's default is",
    {
      step: dbserver("db1"),
      inventory: {
        facts: {
          leader: known({ uuid: "u", readingCount: 3, forMs: 1_900 }),
          heartbeatIntervalMs: unknown("nobody listens there"),
        },
      },
    },
    "wait: the leader MServer was seen leading for 1900 of 2000 ms.",
  ],
  ["every_tile_keeps_a_majority", "all others count", { step: dbserver("db1") }, "open"],
  ["every_tile_keeps_a_majority", "an MServer is stopped", { step: mserver("db1") }, "open"],
  [
    "every_tile_keeps_a_majority",
    "another DBServer is silent",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db3": { silent: true } } } },
    "wait: at replication factor 3 1 replica of a tile may be missing; DBServer db3 would not count, and DBServer db1 would be stopped.",
  ],
  [
    "every_tile_keeps_a_majority",
    "another DBServer restarted by itself and most of its tiles are not up yet",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db3": { tilesUp: 3 } } } },
    "wait: at replication factor 3 1 replica of a tile may be missing; DBServer db3 would not count, and DBServer db1 would be stopped.",
  ],
  [
    "every_tile_keeps_a_majority",
    "a tile of another DBServer has failed",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db3": { tilesFailed: ["t7"] } } } },
    "wait: at replication factor 3 1 replica of a tile may be missing; DBServer db3 would not count, and DBServer db1 would be stopped.",
  ],
  [
    "every_tile_keeps_a_majority",
    "a tile lacks a replica already",
    { step: dbserver("db1"), inventory: { facts: { tilesUnderReplicated: known(["t1"]) } } },
    "wait: at replication factor 3 1 replica of a tile may be missing; 1 tiles have fewer replicas than they should, and DBServer db1 would be stopped.",
  ],
  [
    "every_tile_keeps_a_majority",
    "a tile lacks a replica before the roll begins",
    { step: { kind: "check_start" }, inventory: { facts: { tilesUnderReplicated: known(["t1"]) } } },
    "wait: at replication factor 3 1 replica of a tile may be missing; 1 tiles have fewer replicas than they should, and DBServer db1 would be stopped.",
  ],
  [
    "every_tile_keeps_a_majority",
    "a tile lacks a replica and no DBServer will be stopped any more",
    {
      step: { kind: "check_start" },
      inventory: { running: NEW, facts: { tilesUnderReplicated: known(["t1"]) } },
    },
    "open",
  ],
  [
    "every_tile_keeps_a_majority",
    "a tile lacks a replica because of a DBServer that the roll starts first",
    {
      step: { kind: "check_start" },
      inventory: { processes: { "dbserver:db2": { down: true } }, facts: { tilesUnderReplicated: known(["t1"]) } },
      toBeStarted: [{ node: "db2", role: "dbserver" }],
    },
    "open",
  ],
  [
    "every_tile_keeps_a_majority",
    "the replication factor is not known before the roll begins",
    { step: { kind: "check_start" }, inventory: { facts: { replicationFactor: unknown("the page does not say it") } } },
    "wait: the replication factor is not known: the page does not say it.",
  ],
  [
    "every_tile_keeps_a_majority",
    "at replication factor 5 a tile lacks a replica, nobody knows how many",
    {
      step: dbserver("db1"),
      inventory: { facts: { replicationFactor: known(5), tilesUnderReplicated: known(["t1"]) } },
    },
    "wait: at replication factor 5 2 replica of a tile may be missing; 1 tiles have fewer replicas than they should, and DBServer db1 would be stopped.",
  ],
  [
    "every_tile_keeps_a_majority",
    "at replication factor 5 one other is behind",
    {
      step: dbserver("db1"),
      inventory: { facts: { replicationFactor: known(5) }, processes: { "dbserver:db3": { lagMs: 60_000 } } },
    },
    "open",
  ],
  [
    "every_tile_keeps_a_majority",
    "replication factor 1 and no interruption is allowed",
    { step: dbserver("db1"), inventory: { facts: { replicationFactor: known(1) } } },
    "stop: at replication factor 1 a tile has no majority while one of its DBServers is stopped, and policy.allowInterruption is false.",
  ],
];
