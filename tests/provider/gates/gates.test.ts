// Every gate with a case in which it is open and cases in which it is closed, with the words that a DBA reads.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gates } from "../../../provider/gates";
import { askGates } from "../../../provider/gates/ask-gates";
import type { GateQuestion } from "../../../provider/gates/gate";
import type { Fact } from "../../../provider/model/fact";
import { UNWAIVABLE_GATE_IDS, WAIVABLE_GATE_IDS } from "../../../provider/model/gate-ids";
import type { Flags } from "../../../provider/model/pages";
import type { PlanStep } from "../../../provider/model/plan";
import {
  buildDesired,
  buildHost,
  buildInventory,
  type ClusterShape,
  type InventoryShape,
  known,
  unknown,
} from "../../support/build-cluster";

interface Case {
  readonly cluster?: ClusterShape;
  readonly inventory?: InventoryShape;
  readonly step: PlanStep;
  readonly toBeStarted?: GateQuestion["toBeStarted"];
}

const NEW = "2.18.0.0-b1";
const mserver = (node: string): PlanStep => ({
  kind: "restart_process",
  process: { node, role: "mserver" },
  from: "2.16.0.0",
  isLeader: false,
});
const dbserver = (node: string): PlanStep => ({
  kind: "restart_process",
  process: { node, role: "dbserver" },
  from: "2.16.0.0",
  isLeader: false,
});
const newMServers = {
  "mserver:db1": { version: NEW },
  "mserver:db2": { version: NEW },
  "mserver:db3": { version: NEW },
};

function ask(id: string, { cluster = {}, inventory = {}, step, toBeStarted = [] }: Case): string {
  const gate = gates.find((each) => each.id === id);
  if (!gate) throw new Error(`no gate ${id}`);
  const desired = buildDesired(cluster);
  const candidate = "process" in step ? step.process : undefined;
  const verdict = gate.ask({ desired, inventory: buildInventory(desired, inventory), step, candidate, toBeStarted });
  return verdict.kind === "open" ? "open" : `${verdict.kind}: ${verdict.reason}`;
}

const editDBServers = (edit: (entry: { host: string }) => object): InventoryShape => {
  const inventory = buildInventory(buildDesired(), {});
  if (!inventory.dbservers.known) throw new Error("not known");
  return { facts: { dbservers: known(inventory.dbservers.value.map((entry) => ({ ...entry, ...edit(entry) }))) } };
};
const editMServers = (edit: (entry: { host: string }) => object): InventoryShape => {
  const inventory = buildInventory(buildDesired(), {});
  if (!inventory.mservers.known) throw new Error("not known");
  return { facts: { mservers: known(inventory.mservers.value.map((entry) => ({ ...entry, ...edit(entry) }))) } };
};

const onDb2 = (more: Parameters<typeof buildHost>[1]): InventoryShape => ({
  facts: { hosts: ["db1", "db2", "db3"].map((node) => buildHost(node, node === "db2" ? more : {})) },
});
const silentDb2: InventoryShape = {
  facts: {
    hosts: ["db1", "db2", "db3"].map((node) => ({
      ...buildHost(node),
      ...(node === "db2" && { details: unknown("cut off") }),
    })),
  },
};
const withFlags = (flags: Readonly<Record<string, string>>): InventoryShape => ({
  facts: {
    processes: buildInventory(buildDesired()).processes.map((facts) => ({
      ...facts,
      flags: known(new Map(Object.entries(flags).map(([name, value]) => [name, { value, type: "Custom" }]))),
    })),
  },
});

/** As `/varz?raw` tells them. */
const untyped: Flags = new Map(
  ["old_flag", "log_dir"].map((name) => [name, { value: "true", type: undefined }] as const),
);
const withFlagFacts = (flags: () => Fact<Flags>): InventoryShape => ({
  facts: { processes: buildInventory(buildDesired()).processes.map((facts) => ({ ...facts, flags: flags() })) },
});

const unseenOn = (node: string): InventoryShape => ({
  facts: {
    processes: buildInventory(buildDesired()).processes.map((facts) =>
      facts.id.node === node ? { ...facts, running: unknown("two of them") } : facts,
    ),
  },
});

const cases: readonly (readonly [id: string, situation: string, Case, expected: string])[] = [
  ["release_is_staged_on_every_host", "the release lies ready everywhere", { step: { kind: "check_start" } }, "open"],
  [
    "release_is_staged_on_every_host",
    "one host has none",
    { step: { kind: "check_start" }, inventory: { processes: { "dbserver:db2": { staged: null } } } },
    "stop: /home/bigmath/softwarebm-2.18.0.0 on db2 holds no release (no version_metadata.json); DBServer db2 could not be started from it.",
  ],
  [
    "release_is_staged_on_every_host",
    "one host has another",
    { step: { kind: "check_start" }, inventory: { processes: { "dbserver:db2": { staged: "2.17.0.0-b3" } } } },
    "stop: /home/bigmath/softwarebm-2.18.0.0 on db2 holds 2.17.0.0-b3, not 2.18.0.0.",
  ],
  [
    "release_is_staged_on_every_host",
    "the binaries are missing",
    { step: mserver("db2"), inventory: { processes: { "mserver:db2": { hasBinaries: false } } } },
    "stop: /home/bigmath/softwarebm-2.18.0.0/bin on db2 lacks an executable mserver, dbserver or bm-admin.",
  ],

  ["every_server_of_the_cluster_is_declared", "all are", { step: { kind: "check_start" } }, "open"],
  [
    "every_server_of_the_cluster_is_declared",
    "a DBServer joined that the program does not know",
    {
      step: { kind: "promote_auto_flags" },
      inventory: editDBServers((entry) => (entry.host === "10.0.0.3" ? { host: "10.0.0.9" } : {})),
    },
    "stop: the cluster also has DBServer 10.0.0.9:9000, which the program does not name.",
  ],
  [
    "every_server_of_the_cluster_is_declared",
    "the list is not known",
    { step: { kind: "check_start" }, inventory: { facts: { dbservers: unknown("half a page") } } },
    "wait: the list of DBServers is not known: half a page.",
  ],

  ["xdcr_is_paused", "there is no replication", { step: { kind: "check_start" } }, "open"],
  [
    "xdcr_is_paused",
    "a group is active",
    {
      step: { kind: "check_start" },
      inventory: {
        facts: {
          config: known({
            configVersion: 1,
            clusterUuid: "c",
            replicationFactor: 3,
            leaderBlacklist: [],
            dataBlacklist: [],
            xdcrGroups: [{ group: "east", isPaused: false, sourceMServers: [], streamCount: 1 }],
          }),
        },
      },
    },
    "stop: replication group east into this cluster is active.",
  ],
  [
    "xdcr_is_paused",
    "the group is paused",
    {
      step: { kind: "check_start" },
      inventory: {
        facts: {
          config: known({
            configVersion: 1,
            clusterUuid: "c",
            replicationFactor: 3,
            leaderBlacklist: [],
            dataBlacklist: [],
            xdcrGroups: [{ group: "east", isPaused: true, sourceMServers: [], streamCount: 1 }],
          }),
        },
      },
    },
    "open",
  ],
  [
    "xdcr_is_paused",
    "the cluster's configuration is not known",
    { step: mserver("db1"), inventory: { facts: { config: unknown("timeout") } } },
    "wait: whether xDCR is active is not known: timeout.",
  ],

  ["all_mservers_answer_and_one_leads", "all do", { step: mserver("db2") }, "open"],
  [
    "all_mservers_answer_and_one_leads",
    "one cannot be asked by its peers",
    { step: mserver("db2"), inventory: { processes: { "mserver:db3": { down: true } } } },
    "wait: MServer db3 cannot be asked by its peers: NETWORK_ERROR: Connection refused.",
  ],
  [
    "all_mservers_answer_and_one_leads",
    "one is silent itself",
    { step: mserver("db2"), inventory: { processes: { "mserver:db3": { silent: true } } } },
    "wait: MServer db3 does not answer by itself.",
  ],
  [
    "all_mservers_answer_and_one_leads",
    "nobody leads",
    { step: mserver("db2"), inventory: editMServers(() => ({ role: "FOLLOWER" })) },
    "wait: 0 MServers claim to lead; exactly one must.",
  ],
  [
    "all_mservers_answer_and_one_leads",
    "two claim to lead",
    { step: mserver("db2"), inventory: editMServers(() => ({ role: "LEADER" })) },
    "wait: 3 MServers claim to lead; exactly one must.",
  ],
  [
    "all_mservers_answer_and_one_leads",
    "one is only a learner",
    {
      step: mserver("db2"),
      inventory: editMServers((entry) => (entry.host === "10.0.0.2" ? { role: "LEARNER" } : {})),
    },
    "wait: MServer db2 has the role LEARNER, not LEADER or FOLLOWER.",
  ],
  [
    "all_mservers_answer_and_one_leads",
    "the list is not known",
    { step: mserver("db2"), inventory: { facts: { mservers: unknown("an HTML page") } } },
    "wait: the list of MServers is not known: an HTML page.",
  ],
  [
    "all_mservers_answer_and_one_leads",
    "the one that is down is the one being started",
    {
      step: { kind: "start_process", process: { node: "db3", role: "mserver" } },
      inventory: { processes: { "mserver:db3": { down: true } } },
    },
    "open",
  ],

  ["mserver_majority_survives_this_stop", "two of three stay", { step: mserver("db2") }, "open"],
  [
    "mserver_majority_survives_this_stop",
    "another one is down",
    { step: mserver("db2"), inventory: { processes: { "mserver:db3": { down: true } } } },
    "wait: without MServer db2 only 1 of 3 MServers would answer; a majority is 2.",
  ],
  [
    "mserver_majority_survives_this_stop",
    "there is only one and no interruption is allowed",
    { cluster: { nodes: { m1: "mserver", d1: "dbserver" } }, step: mserver("m1") },
    "stop: 1 MServers have no majority while one is stopped, and policy.allowInterruption is false.",
  ],
  [
    "mserver_majority_survives_this_stop",
    "there is only one and an interruption is allowed",
    {
      cluster: { nodes: { m1: "mserver", d1: "dbserver" }, more: { policy: { allowInterruption: true } } },
      step: mserver("m1"),
    },
    "open",
  ],

  ["leader_mserver_goes_last", "a follower is stopped", { step: mserver("db2") }, "open"],
  [
    "leader_mserver_goes_last",
    "the leader is stopped while others are old",
    { step: mserver("db1") },
    "stop: MServer db1 leads, and MServer db2, MServer db3 still run the old release.",
  ],
  [
    "leader_mserver_goes_last",
    "the leader is stopped when all others are new",
    {
      step: mserver("db1"),
      inventory: { processes: { "mserver:db2": { version: NEW }, "mserver:db3": { version: NEW } } },
    },
    "open",
  ],
  [
    "leader_mserver_goes_last",
    "who leads is not known",
    { step: mserver("db1"), inventory: { facts: { mservers: unknown("silence") } } },
    "wait: which MServer leads is not known: silence.",
  ],

  [
    "mservers_are_new_before_dbservers",
    "all MServers are new",
    { step: dbserver("db1"), inventory: { processes: newMServers } },
    "open",
  ],
  [
    "mservers_are_new_before_dbservers",
    "one MServer is old",
    { step: dbserver("db1"), inventory: { processes: { ...newMServers, "mserver:db3": {} } } },
    "wait: MServer db3 runs 2.16.0.0-b1.",
  ],
  [
    "mservers_are_new_before_dbservers",
    "one MServer does not tell",
    { step: dbserver("db1"), inventory: { processes: { ...newMServers, "mserver:db3": { silent: true } } } },
    "wait: MServer db3 does not tell its version (nobody listens on its web port).",
  ],

  ["no_dbserver_is_down", "all are heard", { step: dbserver("db1") }, "open"],
  [
    "no_dbserver_is_down",
    "one is DEAD",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db2": { down: true } } } },
    "wait: the leader MServer calls DBServer db2 DEAD.",
  ],
  [
    "no_dbserver_is_down",
    "one is shown ALIVE with an old heartbeat",
    {
      step: dbserver("db1"),
      inventory: editDBServers((entry) => (entry.host === "10.0.0.2" ? { heartbeatAgeSec: 31.25 } : {})),
    },
    "wait: the last heartbeat of DBServer db2 is 31.3 s old; the limit is 10 s.",
  ],
  [
    "no_dbserver_is_down",
    "one is shown ALIVE but does not answer",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db2": { silent: true } } } },
    "wait: DBServer db2 does not answer by itself, though the leader MServer calls it ALIVE.",
  ],
  [
    "no_dbserver_is_down",
    "one is missing from a short list",
    { step: dbserver("db1"), inventory: { facts: { dbservers: known([]) } } },
    "wait: DBServer db1 (10.0.0.1:9000) is not in the leader MServer's list.",
  ],
  [
    "no_dbserver_is_down",
    "the one that is down is started by a later step of the repair",
    {
      step: { kind: "prove_return", process: { node: "db2", role: "mserver" } },
      toBeStarted: [{ node: "db2", role: "dbserver" }],
      inventory: { processes: { "dbserver:db2": { down: true } } },
    },
    "open",
  ],
  [
    "no_dbserver_is_down",
    "the roll starts with a repair",
    {
      step: { kind: "check_start" },
      toBeStarted: [{ node: "db2", role: "dbserver" }],
      inventory: { processes: { "dbserver:db2": { down: true } } },
    },
    "open",
  ],
  [
    "no_dbserver_is_down",
    "a process is to be stopped while one waits to be started",
    {
      step: mserver("db1"),
      toBeStarted: [{ node: "db2", role: "dbserver" }],
      inventory: { processes: { "dbserver:db2": { down: true } } },
    },
    "wait: the leader MServer calls DBServer db2 DEAD.",
  ],

  ["no_tile_is_leaderless", "all have leaders", { step: dbserver("db1") }, "open"],
  [
    "no_tile_is_leaderless",
    "one has none",
    { step: dbserver("db1"), inventory: { facts: { tilesLeaderless: known(["t1"]) } } },
    "wait: 1 tiles have no leader (t1).",
  ],
  [
    "no_tile_is_leaderless",
    "it is not known",
    { step: dbserver("db1"), inventory: { facts: { tilesLeaderless: unknown("half a page") } } },
    "wait: whether tiles have no leader is not known: half a page.",
  ],

  ["no_tile_is_under_replicated", "all are whole", { step: dbserver("db1") }, "open"],
  [
    "no_tile_is_under_replicated",
    "some are not",
    { step: dbserver("db1"), inventory: { facts: { tilesUnderReplicated: known(["t1", "t2", "t3", "t4", "t5"]) } } },
    "wait: 5 tiles have fewer replicas than they should (t1, t2, t3 and 2 more).",
  ],
  [
    "no_tile_is_under_replicated",
    "it is not known",
    { step: dbserver("db1"), inventory: { facts: { tilesUnderReplicated: unknown("an error with status 200") } } },
    "wait: whether tiles are under-replicated is not known: an error with status 200.",
  ],

  ["every_follower_is_current", "all are current", { step: dbserver("db1") }, "open"],
  [
    "every_follower_is_current",
    "one lags",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db3": { lagMs: 48_000 } } } },
    "wait: a replica on DBServer db3 is 48.0 s behind; the limit is 10 s.",
  ],
  [
    "every_follower_is_current",
    "its lag is not known",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db3": { down: true } } } },
    "wait: how far DBServer db3 lags is not known: not asked.",
  ],

  [
    "autoflags_need_one_version",
    "all are new",
    { step: { kind: "promote_auto_flags" }, inventory: { running: NEW } },
    "open",
  ],
  [
    "autoflags_need_one_version",
    "one is old",
    {
      step: { kind: "promote_auto_flags" },
      inventory: { running: NEW, processes: { "dbserver:db3": { version: "2.16.0.0-b1" } } },
    },
    "stop: DBServer db3 runs 2.16.0.0-b1; promotion needs 2.18.0.0 everywhere.",
  ],
  [
    "autoflags_need_one_version",
    "one does not tell",
    {
      step: { kind: "promote_auto_flags" },
      inventory: { running: NEW, processes: { "dbserver:db3": { silent: true } } },
    },
    "wait: the version of DBServer db3 is not known: nobody listens on its web port.",
  ],
  [
    "autoflags_need_one_version",
    "its binary is of another release than it says",
    {
      step: { kind: "promote_auto_flags" },
      inventory: { running: NEW, processes: { "dbserver:db3": { releaseVersion: "2.16.0.0-b1" } } },
    },
    "stop: DBServer db3 runs /home/bigmath/softwarebm-2.16.0.0/bin/dbserver, whose release says 2.16.0.0-b1.",
  ],
  [
    "release_is_staged_on_every_host",
    "the staged binary does not run",
    { step: { kind: "check_start" }, inventory: onDb2({ details: { binaryVersion: undefined } }) },
    "stop: bin/mserver --version of the staged release on db2 says nothing that is understood, not 2.18.0.0.",
  ],
  ["process_is_seen_on_its_host", "it is", { step: mserver("db2") }, "open"],
  [
    "process_is_seen_on_its_host",
    "its host did not tell",
    { step: mserver("db2"), inventory: unseenOn("db2") },
    "wait: what runs as MServer db2 is not known: two of them.",
  ],
  [
    "process_is_seen_on_its_host",
    "only another host did not tell",
    { step: mserver("db2"), inventory: unseenOn("db3") },
    "open",
  ],
  [
    "process_is_seen_on_its_host",
    "a host did not tell before promotion",
    { step: { kind: "verify_one_version" }, inventory: unseenOn("db3") },
    "wait: what runs as MServer db3 is not known: two of them.",
  ],
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
    { step: { kind: "check_start" }, inventory: onDb2({ clock: known({ offsetMs: 20, uncertaintyMs: 400 }) }) },
    "wait: the clocks of db1 and db2 could only be compared to ± 405 ms.",
  ],
  ["cluster_is_settled", "the leader has been the same for a while", { step: dbserver("db1") }, "open"],
  [
    "cluster_is_settled",
    "the leader has just changed",
    { step: dbserver("db1"), inventory: { facts: { leader: known({ uuid: "u", readingCount: 1, forMs: 0 }) } } },
    "wait: the leader MServer was seen in 1 of 3 readings in a row.",
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
    "a tile lacks a replica already",
    { step: dbserver("db1"), inventory: { facts: { tilesUnderReplicated: known(["t1"]) } } },
    "wait: at replication factor 3 1 replica of a tile may be missing; 1 tiles have fewer replicas than they should, and DBServer db1 would be stopped.",
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

test.each(cases)("%s, when %s", (id, _situation, situation, expected) => {
  expect(ask(id, situation)).toBe(expected);
});

test("every gate has a case in which it is open and one in which it is closed", () => {
  for (const gate of gates) {
    const outcomes = cases.filter(([id]) => id === gate.id).map(([, , , expected]) => expected === "open");
    expect([gate.id, outcomes.includes(true), outcomes.includes(false)]).toEqual([gate.id, true, true]);
  }
});

test("a stop is told before a wait, because waiting for what cannot come helps nobody", () => {
  const desired = buildDesired();
  const inventory = buildInventory(desired, {
    facts: { mservers: unknown("silence") },
    processes: { "mserver:db2": { staged: null } },
  });
  const answer = askGates({
    desired,
    inventory,
    step: mserver("db2"),
    candidate: { node: "db2", role: "mserver" },
    toBeStarted: [],
  });
  expect(answer.closed?.verdict.kind).toBe("stop");
});

const lagging = (waive: Record<string, string>) => {
  const desired = buildDesired({ more: { policy: { waive } } });
  const inventory = buildInventory(desired, { processes: { ...newMServers, "dbserver:db3": { lagMs: 48_000 } } });
  const step: PlanStep = { kind: "watch", process: { node: "db1", role: "dbserver" } };
  return askGates({ desired, inventory, step, candidate: step.process, toBeStarted: [] });
};

test("a waived gate lets the roll go on, and is told with the reason that the program gives", () => {
  expect(lagging({}).closed?.gate).toBe("every_follower_is_current");
  const answer = lagging({ every_follower_is_current: "a backup runs on db3" });
  expect(answer.closed).toBeUndefined();
  expect(answer.waived).toMatchObject([{ gate: "every_follower_is_current", why: "a backup runs on db3" }]);
});

test("the gates in the code are those that arguments may waive and those that they may not", () => {
  expect([...gates.map((gate) => gate.id)].sort()).toEqual([...WAIVABLE_GATE_IDS, ...UNWAIVABLE_GATE_IDS].sort());
});

test("docs/gates.md lists exactly the gates in the code, in the same order", () => {
  const page = readFileSync(join(__dirname, "../../../docs/gates.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1]);
  expect(listed).toEqual(gates.map((gate) => gate.id));
});
