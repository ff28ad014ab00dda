// Operations, flags and texts of bm-admin. Its exit code is 0 or 1, so the cause is in the text; texts are matched
// without regard to case. Wordings of 2.18 (the procedure's) and of 2.20 are both taken.

export const FLAG = {
  /** Proven (spec A1). */
  mserverAddresses: "-mserver_addresses",
  /** Proven (spec B3). For each call of a server, not for the command. */
  timeoutMs: "-timeout_ms",
  /** Proven (spec X1). */
  certsDir: "-certs_dir_name",
} as const;

export const OPERATION = {
  /** Proven (spec A1). */
  promoteAutoFlags: "promote_auto_flags",
  /** Proven (spec B2). */
  upgradeBsql: "upgrade_bsql",
  /** Proven (spec X1). */
  setUniverseReplicationEnabled: "set_universe_replication_enabled",
  /** Inferred. On the source. */
  listCdcStreams: "list_cdc_streams",
  /** Inferred. On the target. */
  getReplicationStatus: "get_replication_status",
  /** Inferred. */
  changeLeaderBlacklist: "change_leader_blacklist",
  /** Inferred. */
  getLeaderBlacklistCompletion: "get_leader_blacklist_completion",
  /** Inferred. */
  mserverLeaderStepdown: ["master_leader_stepdown", "mserver_leader_stepdown"],
} as const;

/** promote_auto_flags. The texts of 2.18 are proven (spec A2), those of 2.20 inferred. */
export const PROMOTE = {
  promoted: /new autoflags were promoted/i,
  configVersion: /config version:\s*(\d{1,15})\b/i,
  nothingToPromote: /no new autoflags (?:eligible )?to promote/i,
  /** Inferred. */
  restartNeeded: /need to be restarted/i,
  /** Inferred. Management switched off; and that, or a bm-admin that does not know the operation. */
  disabled: /autoflags management is disabled/i,
  /** Inferred. */
  unsupported: /autoflags management is disabled|invalid operation:\s*promote_auto_flags/i,
} as const;

/** upgrade_bsql. */
export const UPGRADE_BSQL = {
  /** Proven (spec B2); the second word inferred. */
  upgraded: /\b[by]sql successfully upgraded to the latest version/i,
  /** Inferred. */
  notNeeded: /upgrade is not needed since [by]sql is disabled/i,
  /** Inferred. The client gave up; the server goes on. */
  timedOut: /timed out after [\d.]+\s*s|upgrade[by]sql rpc[\s\S]{0,200}timed out|\btimed out \(/i,
} as const;

/** set_universe_replication_enabled. Proven (spec X1, X3). */
export const REPLICATION = {
  disabled: /replication disabled successfully/i,
  enabled: /replication enabled successfully/i,
  /** Passes when the group is set up; told as an invalid argument, with the usage. */
  initializing: /universe replication in invalid state:\s*(?:initializing|validated)\b/i,
  /** Before the text proto of list_cdc_streams. */
  streamsHeading: /^\s*(?:CDC Streams:)?\s*/i,
  /** Inferred. Also what the source of a replication answers, which does not know the group. */
  unknownGroup: /could not find (?:cdc producer universe|(?:xcluster|xdcr) replication group|universe)\b/i,
} as const;

/** get_leader_blacklist_completion. Inferred. */
export const BLACKLIST_COMPLETION = /percent complete = ([\d.]{1,20})\s*:\s*(\d{1,15}) remaining out of (\d{1,15})/i;

/** A command failed, whatever its exit code says. Inferred. Error lines of the log on stderr are not among them. */
export const FAILED =
  /^\s*(?:error running\b|error (?:en|dis)abling\b|invalid operation:|usage:)|unable to establish connection to (?:the )?leader|the cluster doesn't support|unable to (?:promote autoflags|upgrade [by]sql|(?:en|dis)able replication)/im;

export const NO_LEADER_CONNECTION = /unable to establish connection to (?:the )?leader/i;
export const USAGE = /^\s*usage:/im;

/** The conflicts that the procedure expects of a working cluster (spec B5). The classes are proven, the wordings inferred. */
export const CONFLICTS: readonly RegExp[] = [
  /catalog version mismatch|mismatched_schema|catalog snapshot used for this transaction has been invalidated/i,
  /restart read required|read restart/i,
  /could not serialize access|conflicts with (?:higher priority|committed) transaction|expired or aborted by a conflict|transaction (?:was )?aborted/i,
  /pgsql error (?:40001|40P01)\b/i,
];

/** States that pass by themselves: a leader that changes or loads, a server that just restarted. Inferred. */
export const PASSING: readonly RegExp[] = [
  /unable to establish connection to (?:the )?leader/i,
  /leader (?:is )?not (?:yet )?ready|does not have a valid lease|leader still loading|unable to (?:determine|find) leader/i,
  /could not locate m(?:aster|server) leader|catalog manager is not (?:yet )?initialized|not the leader\b|not currently leader/i,
  /connection (?:refused|reset)|recvmsg error|network error|service unavailable|host is unreachable|end of file/i,
  /\btimed out\b|timeout\b|operation failed\. try again|resource busy|\btry again\b/i,
  /couldn't find alive (?:tablet|tile|db)\s?server|shutdown in progress/i,
  /config version does not match|not caught up yet|lost an election recently/i,
];

/** The answer was lost, not refused: what was asked for may have been done. Inferred. */
export const UNANSWERED =
  /\btimed out\b|timeout\b|connection reset|recvmsg error|network error|end of file|shutdown in progress/i;

/** Stays as it is, even where a passing word stands beside it. Inferred. */
export const LASTING: readonly RegExp[] = [
  /initdb finished with an error/i,
  /not authorized|invalid argument|invalid operation:|invalid value provided/i,
];
