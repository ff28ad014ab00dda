// Troubles that a roll must outlive: it ends on the new release, promoted, with its catalog, and without a rule broken.

import { NEW, OLD } from "../roll-driver";
import { markAsDrainedByUs } from "./by-hand";
import type { SurvivedCase } from "./fault-case";

export const SURVIVED: readonly SurvivedCase[] = [
  // The first, because the fault itself needs a bm-admin that works.
  {
    title: "a DBServer was left on the leader blacklist by an earlier run of ours",
    faults: [{ kind: "blacklist_left_behind", host: "db3" }],
    prepare: (cluster) => markAsDrainedByUs(cluster, "db3"),
    says: /DBServer db3 was still on the leader blacklist from an earlier run: removed/,
  },
  {
    title: "a process starts slowly",
    faults: [{ kind: "slow_start", host: "db1", role: "dbserver", version: NEW, afterMs: 3000 }],
  },
  {
    title: "a process ignores SIGTERM",
    faults: [{ kind: "ignores_sigterm", host: "db2", role: "dbserver" }],
    policy: { timeouts: { stop: "2s" } },
    says: /SIGKILL/,
  },
  {
    title: "a DBServer leaves a child behind on the BSQL port",
    faults: [{ kind: "children_left_behind", host: "db3", version: OLD }],
    policy: { timeouts: { children: "1s", stop: "10s" } },
    says: /db3: after its end left behind \d+ \(sh\)/,
  },
  {
    title: "a page hangs some times",
    faults: [{ kind: "page_hangs", host: "db3", role: "dbserver", path: "/metrics", times: 3 }],
    policy: { timeouts: { page: "2s" } },
  },
  {
    title: "a page answers an error with status 200 some times",
    faults: [{ kind: "page_error_with_200", host: "db1", role: "mserver", path: "/api/v1/health-check", times: 4 }],
  },
  {
    title: "a page answers a malformed 503 some times",
    faults: [{ kind: "page_answers_503", host: "db2", role: "mserver", path: "/api/v1/masters", times: 4 }],
  },
  {
    title: "a page ends in the middle of its document some times",
    faults: [{ kind: "page_half_json", host: "db2", role: "dbserver", path: "/metrics", times: 3 }],
  },
  {
    title: "an MServer's page is another cluster's some times",
    faults: [{ kind: "page_of_other_cluster", host: "db3", role: "mserver", path: "/api/v1/masters", times: 4 }],
  },
  {
    title: "bm-admin fails twice, then works",
    faults: [
      { kind: "admin_fails", operation: "promote_auto_flags", times: 2 },
      { kind: "admin_fails", operation: "change_leader_blacklist", times: 2 },
    ],
  },
  {
    title: "changes of the leader blacklist lose a race twice",
    faults: [{ kind: "config_version_races", times: 2 }],
  },
  {
    title: "upgrade_bsql meets conflicts",
    faults: [{ kind: "bsql_upgrade_conflicts", times: 2 }],
    says: /BSQL catalog: attempt 1: /,
  },
  {
    title: "upgrade_bsql times out while the server goes on",
    faults: [{ kind: "bsql_upgrade_times_out", takesMs: 1500, clientWaitsMs: 300 }],
    says: /no answer yet, in 2 s again with/,
  },
  {
    title: "the host would start the old binaries at boot",
    faults: [{ kind: "boot_starts_old", host: "db1" }],
    says: /db1.*(crontab|boot)/,
  },
  {
    title: "MServers elect another leader in the middle of a step",
    faults: [{ kind: "leader_steps_down", onEvent: "process_stopped", times: 3 }],
    doesLeaderMove: true,
    isAlone: true,
  },
  {
    title: "an MServer that leads no more goes on answering as the leader",
    faults: [{ kind: "stale_leader", host: "db1", forMs: 3000 }],
    doesLeaderMove: true,
    isAlone: true,
  },
  {
    title: "a DBServer is on the leader blacklist by somebody else's wish",
    faults: [{ kind: "blacklist_left_behind", host: "db3" }],
    blacklistLeftCount: 1,
    says: /DBServer db3 is on the leader blacklist, and not by us/,
    isAlone: true,
  },
  {
    title: "bm-admin does not know the leader blacklist",
    faults: [{ kind: "admin_lacks_operation", operation: "change_leader_blacklist" }],
    says: /is not drained: this bm-admin does not know change_leader_blacklist/,
    isAlone: true,
  },
];
