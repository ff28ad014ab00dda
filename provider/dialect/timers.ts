// Timers of a cluster that a roll has to respect, by the name of their flag. Defaults are inferred from the
// product that BMDB renames; a cluster may run with others, so the flag is read first.

export interface Timer {
  /** Names of the flag, the likeliest first. */
  readonly flags: readonly string[];
  /** What the product starts with. Only `cluster_is_settled` takes one, HEARTBEAT_INTERVAL's, where no process tells the flag. */
  readonly defaultMs: number;
  readonly unitMs: 1 | 1000;
}

/** The flag's name is proven (spec A4): AutoFlags need up to twice this long to reach every process. */
export const HEARTBEAT_INTERVAL: Timer = { flags: ["heartbeat_interval_ms"], defaultMs: 1_000, unitMs: 1 };

/** Inferred: after a change of the leader MServer nothing is balanced for this long. */
export const LOAD_BALANCER_INITIAL_DELAY: Timer = {
  flags: ["load_balancer_initial_delay_secs"],
  defaultMs: 120_000,
  unitMs: 1000,
};

/** Inferred: so long the leader MServer calls a DBServer ALIVE that sends nothing any more. */
export const UNRESPONSIVE_TIMEOUT: Timer = {
  flags: ["tserver_unresponsive_timeout_ms"],
  defaultMs: 60_000,
  unitMs: 1,
};

/** Inferred, 2.20 on: processes apply promoted flags together, this long after the promotion. Absent before. */
export const AUTO_FLAGS_APPLY_DELAY: Timer = { flags: ["auto_flags_apply_delay_ms"], defaultMs: 10_000, unitMs: 1 };

/** Inferred: how long a source keeps what a target has not read. */
export const WAL_RETENTION: Timer = { flags: ["cdc_wal_retention_time_secs"], defaultMs: 14_400_000, unitMs: 1000 };

/** Inferred: not a timer, but read from the same page. Where neither it nor the configuration is shown, the factor is not known. */
export const REPLICATION_FACTOR_FLAG = "replication_factor";
