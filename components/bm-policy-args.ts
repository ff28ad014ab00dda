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

  /** How often the cluster is asked while something is waited for. @default "2s" */
  readonly pollInterval?: Input<string>;

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
  /** For all attempts of upgrade_bsql together (spec B5). Raises `BsqlUpgradeFailed`. @default "30m" */
  readonly bsqlUpgrade?: Input<string>;
}
