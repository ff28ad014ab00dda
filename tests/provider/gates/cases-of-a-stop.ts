// Gates that are asked before a stop, and during the proof of return, the watch and promotion.

import { buildDesired, buildInventory, buildRunning, known, unknown } from "../../support/build-cluster";
import { casesOfXdcr } from "./cases-of-xdcr";
import {
  dbserver,
  editDBServers,
  editMServers,
  type GateCase,
  mserver,
  NEW,
  newMServers,
  onDb2,
  runningOn,
  unseenOn,
  withLag,
} from "./gate-cases";

export const casesOfAStop: readonly GateCase[] = [
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
            xdcrGroups: [{ group: "east", isPaused: false, sourceMServers: [], streamIds: ["s1"] }],
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
            xdcrGroups: [{ group: "east", isPaused: true, sourceMServers: [], streamIds: ["s1"] }],
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

  ...casesOfXdcr,

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
    "one of the old release is DEAD, and all MServers are new",
    {
      step: { kind: "check_start" },
      inventory: {
        ...editDBServers((entry) => (entry.host === "10.0.0.2" ? { status: "DEAD" } : {})),
        processes: newMServers,
      },
    },
    "wait: the leader MServer calls DBServer db2 DEAD, and it runs 2.16.0.0-b1: once AutoFlags are promoted it cannot come back. Stop it on db2; the next `pulumi up` starts it on 2.18.0.0.",
  ],
  [
    "no_dbserver_is_down",
    "one of the old release is DEAD, and an MServer is old",
    {
      step: { kind: "check_start" },
      inventory: {
        ...editDBServers((entry) => (entry.host === "10.0.0.2" ? { status: "DEAD" } : {})),
        processes: { ...newMServers, "mserver:db3": { version: "2.16.0.0-b1" } },
      },
    },
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
    "wait: DBServer db2 does not answer by itself, though the leader MServer calls it ALIVE, as it does for 60 s after the last heartbeat.",
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
    "every_follower_is_current",
    "an MServer has not caught up",
    { step: mserver("db1"), inventory: { processes: { "mserver:db3": { lagMs: 48_000 } } } },
    "wait: the catalog on MServer db3 is 48.0 s behind; the limit is 10 s.",
  ],
  [
    "every_follower_is_current",
    "an MServer does not tell its lag, and DBServers do",
    { step: mserver("db1"), inventory: { processes: { "mserver:db3": { down: true } } } },
    "wait: how far MServer db3 lags is not known: not asked.",
  ],
  [
    "every_follower_is_current",
    "an MServer lags that is to be started",
    {
      step: { kind: "check_start" },
      inventory: { processes: { "mserver:db3": { down: true } } },
      toBeStarted: [{ node: "db3", role: "mserver" }],
    },
    "open",
  ],
  [
    "every_follower_is_current",
    "nobody tells a lag",
    {
      step: mserver("db1"),
      inventory: {
        facts: {
          processes: buildInventory(buildDesired()).processes.map((facts) => ({
            ...facts,
            followerLagMsMax: unknown<number>("there is no such page"),
          })),
        },
      },
    },
    "wait: how far DBServer db1 lags is not known: there is no such page.",
  ],
  [
    "every_follower_is_current",
    "one restarted by itself, and only the tiles that are up again tell a lag",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db3": { tilesUp: 3, lagMs: 20 } } } },
    "wait: 3 of 12 tiles on DBServer db3 are up.",
  ],
  [
    "every_follower_is_current",
    "the leader MServer has heard of fewer tiles up than it placed there",
    {
      step: dbserver("db1"),
      inventory: editDBServers((entry) =>
        entry.host === "10.0.0.3"
          ? { tiles: { user: 10, userLeaders: 0, system: 2, systemLeaders: 0, active: 11 } }
          : {},
      ),
    },
    "wait: 11 of 12 tiles on DBServer db3 are up.",
  ],
  [
    "every_follower_is_current",
    "none of the tiles placed there is up yet",
    {
      step: dbserver("db1"),
      inventory: withLag("db3", unknown("the page does not say it"), { active: 0 }),
    },
    "wait: how far DBServer db3 lags is not known: the page does not say it.",
  ],
  [
    "every_follower_is_current",
    "no tile is placed there at all",
    {
      step: dbserver("db1"),
      inventory: withLag("db3", unknown("the page does not say it"), { active: 0, user: 0, system: 0 }),
    },
    "open",
  ],
  [
    "every_follower_is_current",
    "a tile has failed",
    { step: dbserver("db1"), inventory: { processes: { "dbserver:db3": { tilesFailed: ["t7"] } } } },
    "wait: 1 tiles on DBServer db3 have FAILED (t7).",
  ],

  [
    "every_follower_is_current",
    "one lags while another waits for its start: nobody tells it anything",
    {
      step: { kind: "check_start" },
      inventory: { processes: { "dbserver:db2": { down: true }, "dbserver:db3": { lagMs: 366_000 } } },
      toBeStarted: [{ node: "db2", role: "dbserver" }],
    },
    "open",
  ],
  [
    "every_follower_is_current",
    "one lags before a stop, whatever waits for its start",
    {
      step: dbserver("db1"),
      inventory: { processes: { "dbserver:db3": { lagMs: 366_000 } } },
      toBeStarted: [{ node: "db2", role: "dbserver" }],
    },
    "wait: a replica on DBServer db3 is 366.0 s behind; the limit is 10 s.",
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
    "autoflags_need_one_version",
    "one says that it is new, and its host shows no such process",
    { step: { kind: "promote_auto_flags" }, inventory: { running: NEW, ...runningOn("db3", known(null), NEW) } },
    "wait: MServer db3 says that it runs 2.18.0.0-b1, but there is no such process on its host.",
  ],
  [
    "autoflags_need_one_version",
    "one says that it is new, and its host does not tell what runs",
    { step: { kind: "promote_auto_flags" }, inventory: { running: NEW, ...runningOn("db3", unknown("no ssh"), NEW) } },
    "wait: what runs as MServer db3 is not known: no ssh.",
  ],
  [
    "autoflags_need_one_version",
    "an adopted cluster's host shows no such process: writing down how it is started says more of that",
    { step: { kind: "check_end" }, inventory: { running: NEW, ...runningOn("db3", known(null), NEW) } },
    "open",
  ],
  [
    "autoflags_need_one_version",
    "a binary belongs to no release that tells its version",
    {
      step: { kind: "verify_one_version" },
      inventory: {
        running: NEW,
        ...runningOn("db3", known(buildRunning("mserver", NEW, { releaseVersion: undefined })), NEW),
      },
    },
    "open",
  ],
  [
    "release_is_staged_on_every_host",
    "the staged binary does not run",
    { step: { kind: "check_start" }, inventory: onDb2({ details: { binaryVersion: undefined } }) },
    "stop: bin/mserver --version of the staged release on db2 says nothing that is understood, not 2.18.0.0.",
  ],
  ["no_act_is_under_way", "none is", { step: mserver("db2") }, "open"],
  [
    "no_act_is_under_way",
    "a dead run's is, on a host",
    { step: mserver("db2"), inventory: onDb2({ actsUnderWay: known(["dbserver"]) }) },
    "wait: an earlier run's act on the dbserver of db2 is still under way.",
  ],
  [
    "no_act_is_under_way",
    "a host does not tell",
    { step: mserver("db2"), inventory: onDb2({ actsUnderWay: unknown("cut off") }) },
    "wait: whether an act is under way on db2 is not known: cut off.",
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
];
