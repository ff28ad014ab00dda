// BMDB's timers. Defaults are the real ones; the sandbox multiplies all of them by one factor, so that a client that
// reads `/varz` sees timers that agree with each other and with what the cluster does.

export interface Timers {
  readonly heartbeatIntervalMs: number;
  readonly metricsIntervalMs: number;
  readonly tserverUnresponsiveTimeoutMs: number;
  readonly raftHeartbeatIntervalMs: number;
  readonly leaderFailureMaxMissedPeriods: number;
  readonly loadBalancerInitialDelayMs: number;
  readonly blacklistProgressInitialDelayMs: number;
  readonly balancerRunMs: number;
  readonly balancerIdleRuns: number;
  readonly balancerMovesMax: number;
  readonly followerFailedMs: number;
  readonly masterRpcTimeoutMs: number;
  readonly cdcWalRetentionMs: number;
  readonly cdcCheckpointMs: number;
  /** These have no flag in BMDB: they stand for work that takes a real server time. */
  readonly catalogLoadMs: number;
  readonly tileBootstrapMs: number;
  readonly tilesSettleMs: number;
  readonly bsqlMigrationMs: number;
  readonly stopMs: number;
}

export interface TimerFlag {
  readonly name: string;
  /** Absent: shown in varz and accepted, but nothing in the sandbox waits for it. */
  readonly field?: keyof Timers;
  readonly defaultValue: number;
  readonly unit: "ms" | "secs" | "count";
  /** Lowest scaled value: two cores that run thirty processes cannot keep a shorter promise. */
  readonly floor?: number;
  readonly role: "mserver" | "dbserver" | "both";
}

export const TIMER_FLAGS: readonly TimerFlag[] = [
  {
    name: "heartbeat_interval_ms",
    field: "heartbeatIntervalMs",
    defaultValue: 1000,
    unit: "ms",
    floor: 50,
    role: "both",
  },
  {
    name: "heartbeat_rpc_timeout_ms",
    defaultValue: 15000,
    unit: "ms",
    floor: 500,
    role: "both",
  },
  {
    name: "tserver_heartbeat_metrics_interval_ms",
    field: "metricsIntervalMs",
    defaultValue: 5000,
    unit: "ms",
    floor: 100,
    role: "both",
  },
  {
    name: "tserver_unresponsive_timeout_ms",
    field: "tserverUnresponsiveTimeoutMs",
    defaultValue: 60000,
    unit: "ms",
    floor: 1000,
    role: "mserver",
  },
  // 100 ms is the shortest at which six missed periods are not just a busy machine.
  {
    name: "raft_heartbeat_interval_ms",
    field: "raftHeartbeatIntervalMs",
    defaultValue: 500,
    unit: "ms",
    floor: 100,
    role: "both",
  },
  {
    name: "leader_failure_max_missed_heartbeat_periods",
    field: "leaderFailureMaxMissedPeriods",
    defaultValue: 6,
    unit: "count",
    role: "both",
  },
  {
    name: "load_balancer_initial_delay_secs",
    field: "loadBalancerInitialDelayMs",
    defaultValue: 120,
    unit: "secs",
    role: "mserver",
  },
  {
    name: "blacklist_progress_initial_delay_secs",
    field: "blacklistProgressInitialDelayMs",
    defaultValue: 120,
    unit: "secs",
    role: "mserver",
  },
  {
    name: "catalog_manager_bg_task_wait_ms",
    field: "balancerRunMs",
    defaultValue: 1000,
    unit: "ms",
    floor: 50,
    role: "mserver",
  },
  { name: "load_balancer_num_idle_runs", field: "balancerIdleRuns", defaultValue: 5, unit: "count", role: "mserver" },
  {
    name: "load_balancer_max_concurrent_moves",
    field: "balancerMovesMax",
    defaultValue: 10,
    unit: "count",
    role: "mserver",
  },
  {
    name: "follower_unavailable_considered_failed_sec",
    field: "followerFailedMs",
    defaultValue: 900,
    unit: "secs",
    role: "both",
  },
  {
    name: "min_leader_stepdown_retry_interval_ms",
    defaultValue: 20000,
    unit: "ms",
    role: "both",
  },
  {
    name: "master_rpc_timeout_ms",
    field: "masterRpcTimeoutMs",
    defaultValue: 1500,
    unit: "ms",
    floor: 300,
    role: "mserver",
  },
  {
    name: "cdc_wal_retention_time_secs",
    field: "cdcWalRetentionMs",
    defaultValue: 14400,
    unit: "secs",
    role: "both",
  },
  {
    name: "cdc_state_checkpoint_update_interval_ms",
    field: "cdcCheckpointMs",
    defaultValue: 15000,
    unit: "ms",
    role: "both",
  },
  {
    name: "leaderless_tablet_alert_delay_secs",
    defaultValue: 120,
    unit: "secs",
    role: "mserver",
  },
];

const WORK = { catalogLoadMs: 2000, tileBootstrapMs: 2000, tilesSettleMs: 5000, bsqlMigrationMs: 1000, stopMs: 1500 };

/** The value a flag has at this scale, in the flag's own unit. */
export function scaleTimerFlag(flag: TimerFlag, scale: number): number {
  if (flag.unit === "count") return flag.defaultValue;
  return Math.max(flag.defaultValue * scale, Math.min(flag.floor ?? 0, flag.defaultValue));
}

/** `given` are values that the user set, in the flag's own unit: they are taken as they are, unscaled. */
export function buildTimers(scale: number, given: Readonly<Record<string, number>> = {}): Timers {
  const timers: Record<string, number> = {};
  for (const flag of TIMER_FLAGS) {
    if (flag.field === undefined) continue;
    const value = given[flag.name] ?? scaleTimerFlag(flag, scale);
    timers[flag.field] = flag.unit === "secs" ? value * 1000 : value;
  }
  for (const [field, ms] of Object.entries(WORK)) timers[field] = ms * scale;
  return timers as unknown as Timers;
}

/** How long a follower waits for its leader before it stands for election. `random` spreads the candidates. */
export function electionTimeoutMs(timers: Timers, random: number): number {
  const period = timers.raftHeartbeatIntervalMs;
  return period * timers.leaderFailureMaxMissedPeriods + random * period * 4;
}
