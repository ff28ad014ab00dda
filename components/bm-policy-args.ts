import type { Input } from "@pulumi/pulumi";

/** Pauses, limits and what may be risked. Durations carry their unit: "500ms", "60s", "5m", "1h30m". */
export interface BmPolicyArgs {
  /**
   * Watch after every process, the last ones included: health is observed all the while, and trouble begins it anew
   * (spec P2). Raises `WatchFailed` when it does not stay calm.
   *
   * @default "60s"
   */
  readonly pause?: Input<string>;

  /**
   * How often the cluster is asked while something is waited for. Grows to four times while nothing happens, but not
   * during the watch. @default "2s"
   */
  readonly pollInterval?: Input<string>;

  /**
   * How soon the first look back comes at what a cluster needs only a moment for: a gate between two processes, a drain,
   * a hand-over, a start. Never longer than `pollInterval`. @default "250ms"
   */
  readonly firstPollInterval?: Input<string>;

  /**
   * How often a process that was just started is looked at. Grows to four times while nothing happens. @default "1s"
   */
  readonly returnPollInterval?: Input<string>;

  /**
   * How often a stop and start that is under way on a host is asked, and how often it looks there itself. Grows to
   * four times while nothing happens. @default "300ms"
   */
  readonly actPollInterval?: Input<string>;

  /** An older heartbeat does not count as alive. @default "10s" */
  readonly heartbeatAgeMax?: Input<string>;

  /** Replicas further behind keep the next process running. @default "10s" */
  readonly followerLagMax?: Input<string>;

  /**
   * Accepts an outage: the one way to upgrade a cluster with one or two MServers, or with replication factor 1. The
   * plan says which outage to expect.
   *
   * @default false
   */
  readonly allowInterruption?: Input<boolean>;

  /**
   * Gates that may stay closed, by their id in docs/gates.md, each with the reason why that is acceptable here. Both are
   * shown in the plan, the journal and every error. Gates that protect what cannot be given back are not in the list.
   *
   * @default {}
   */
  readonly waive?: Input<Record<string, Input<string>>>;

  /**
   * Moves tile leaders off a DBServer before it is stopped, so that clients do not wait for elections. Left out at
   * replication factor 1 and where bm-admin cannot do it.
   *
   * @default true
   */
  readonly drainLeaders?: Input<boolean>;

  /**
   * How long tile leaders may take to leave. The time after a change of the leader MServer in which the balancer rests
   * does not count. @default "180s"
   */
  readonly drainTimeout?: Input<string>;

  /** What happens when tile leaders are left after that: go on with a warning, or stop the roll. @default "proceed" */
  readonly onDrainTimeout?: Input<"proceed" | "stop">;

  /** Every wait has a limit, and here they are. */
  readonly timeouts?: Input<BmTimeoutArgs>;
}

export interface BmTimeoutArgs {
  /** From SIGTERM until SIGKILL. @default "60s" */
  readonly stop?: Input<string>;
  /** From the start of a process to its first own answer. Raises `DiedAtStart` or `DidNotReturn`. @default "5m" */
  readonly start?: Input<string>;
  /** From its first own answer until its peers see it caught up. Raises `DidNotReturn`. @default "10m" */
  readonly return?: Input<string>;
  /** How long a closed gate is asked again before the roll stops with `GateClosed`. @default "10m" */
  readonly gate?: Input<string>;
  /** For one connection or short command. Raises `HostUnreachable` or `CommandTimedOut`. @default "20s" */
  readonly ssh?: Input<string>;
  /** For one page. @default "5s" */
  readonly page?: Input<string>;
  /**
   * The term of the lease that keeps a second run out of the cluster. It is renewed three times in it; after a run that was
   * killed the next one waits for so long. Raises `LeaseHeld` or `LeaseLost`. @default "60s"
   */
  readonly lease?: Input<string>;
  /** For all attempts of upgrade_bsql together (spec B5). Raises `BsqlUpgradeFailed`. @default "30m" */
  readonly bsqlUpgrade?: Input<string>;
  /** From SIGKILL until the process must be gone. Raises `RestartFailed`. @default "10s" */
  readonly kill?: Input<string>;
  /** From the end of a process until the ports that it held must be free. Raises `RestartFailed`. @default "30s" */
  readonly ports?: Input<string>;
  /**
   * How long child processes (BSQL) of a process that ended have to end by themselves. Then they get SIGTERM, and
   * SIGKILL after `stop`. @default "10s"
   */
  readonly children?: Input<string>;
  /** From the end of an own start command until its process must be there. Raises `RestartFailed`. @default "10s" */
  readonly appear?: Input<string>;
  /**
   * How long stop and start as a whole may take beyond their single limits: own commands, a busy host. Raises
   * `RestartFailed`. @default "90s"
   */
  readonly act?: Input<string>;
  /**
   * How long a gate that is closed at the start of a roll is asked again: nothing is in motion yet, so what is
   * unhealthy will hardly heal. Never longer than `gate`. Raises `GateClosed`. @default "45s"
   */
  readonly startCheck?: Input<string>;
  /** How long the leader MServer may take to hand over before its stop; then an election decides. @default "30s" */
  readonly handOver?: Input<string>;
  /** Until a change of the leader blacklist must have worked. Raises `BmAdminFailed`. @default "60s" */
  readonly blacklist?: Input<string>;
  /**
   * After an attempt of upgrade_bsql that timed out, the server works on by itself: it is left alone as long as it was
   * waited for, and never longer than this. @default "5m"
   */
  readonly bsqlRest?: Input<string>;
  /**
   * How long bm-admin may take beyond twice `bmAdmin.timeout` before its host counts as hanging. Raises
   * `CommandTimedOut`. @default "30s"
   */
  readonly bmAdminGrace?: Input<string>;
  /**
   * The wait for promoted AutoFlags to arrive where the cluster does not tell its heartbeat interval (spec A4).
   * @default "10s"
   */
  readonly autoFlags?: Input<string>;
}
