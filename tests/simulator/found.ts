// Seeds that found something, with the faults as they were drawn then: how faults are drawn may change, what was found may not come
// back. The seed still decides the cluster and everything else that is left to chance.

import type { PlannedFault } from "./faults";

export interface Found {
  readonly seed: number;
  readonly what: string;
  readonly faults: readonly PlannedFault[];
}

const common = { operation: "upgrade_bsql", awaitCount: 0, moment: "before" } as const;

export const FOUND: readonly Found[] = [
  {
    seed: 14,
    what: "replicas that lag because DBServers are down kept these from being started",
    faults: [
      {
        ...common,
        kind: "hosts_are_cut_off_from_each_other",
        afterMs: 108_643,
        forMs: 120_000,
        host: "db2",
        otherHost: "db3",
        role: "dbserver",
      },
      {
        ...common,
        kind: "crash_at_start",
        afterMs: 54_741,
        forMs: 120_000,
        host: "db1",
        otherHost: "db2",
        role: "dbserver",
      },
      {
        ...common,
        kind: "crash_while_serving",
        afterMs: 80_520,
        forMs: 1000,
        host: "db2",
        otherHost: "db3",
        role: "dbserver",
      },
    ],
  },
  {
    seed: 55,
    what: "the same, after two crashes",
    faults: [
      {
        ...common,
        kind: "process_crashes",
        afterMs: 143_919,
        forMs: 30_000,
        host: "db6",
        otherHost: "db5",
        role: "dbserver",
      },
      {
        ...common,
        kind: "process_crashes",
        afterMs: 91_737,
        forMs: 8000,
        host: "db5",
        otherHost: "db4",
        role: "dbserver",
      },
      {
        ...common,
        kind: "ignores_sigterm",
        afterMs: 26_979,
        forMs: 8000,
        host: "db1",
        otherHost: "db4",
        role: "mserver",
      },
    ],
  },
  {
    seed: 278,
    what: "with two of three MServers down, the check of the cluster waited for a leader and kept them from being started",
    faults: [
      {
        ...common,
        kind: "process_crashes",
        afterMs: 138_741,
        forMs: 1000,
        host: "db3",
        otherHost: "db4",
        role: "mserver",
      },
      {
        ...common,
        kind: "host_boots_old_binaries",
        afterMs: 70_557,
        forMs: 8000,
        host: "db1",
        otherHost: "db2",
        role: "dbserver",
      },
      {
        ...common,
        kind: "config_version_races",
        afterMs: 65_574,
        forMs: 8000,
        host: "db4",
        otherHost: "db1",
        role: "dbserver",
      },
    ],
  },
  {
    seed: 1370,
    what: "a bm-admin that no longer knew the blacklist was believed to have emptied it",
    faults: [
      {
        ...common,
        kind: "admin_lacks_operation",
        afterMs: 36_829,
        forMs: 1000,
        host: "db3",
        otherHost: "db2",
        role: "dbserver",
      },
      {
        ...common,
        kind: "admin_lacks_operation",
        afterMs: 78_523,
        forMs: 8000,
        host: "db2",
        otherHost: "db3",
        role: "dbserver",
        operation: "change_leader_blacklist",
      },
    ],
  },
  {
    seed: 2017,
    what: "one page of another cluster at the end of a run was remembered, and every later run refused",
    faults: [
      {
        ...common,
        kind: "leader_mserver_steps_down",
        afterMs: 64_396,
        forMs: 8000,
        host: "db1",
        otherHost: "db2",
        role: "dbserver",
      },
      {
        ...common,
        kind: "page_of_other_cluster",
        afterMs: 117_120,
        forMs: 120_000,
        host: "db2",
        otherHost: "db1",
        role: "mserver",
      },
      {
        ...common,
        kind: "config_version_races",
        afterMs: 101_824,
        forMs: 1000,
        host: "db2",
        otherHost: "db4",
        role: "mserver",
      },
    ],
  },
  {
    seed: 20_059,
    what: "a version set back after a roll that changed nothing was an unfinished one, and every later run refused",
    faults: [
      {
        ...common,
        kind: "config_version_races",
        afterMs: 76_124,
        forMs: 8000,
        host: "db2",
        otherHost: "db1",
        role: "mserver",
      },
      {
        ...common,
        kind: "never_catches_up",
        afterMs: 3980,
        forMs: 120_000,
        host: "db2",
        otherHost: "db3",
        role: "mserver",
      },
      {
        ...common,
        kind: "version_is_set_back",
        afterMs: 37_395,
        forMs: 1000,
        host: "db3",
        otherHost: "db2",
        role: "mserver",
      },
    ],
  },
];
