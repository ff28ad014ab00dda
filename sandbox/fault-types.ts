// What can be made to go wrong in a sandbox. One kind each; `sandbox/sandbox.md`, section Faults, says what it does.

import type { SandboxEvent, SandboxRole } from "./types";

/** One type per kind, so that a kind alone tells its fields. */
type Each<Kinds extends string, Fields> = { [Kind in Kinds]: Fields & { readonly kind: Kind } }[Kinds];

interface OfProcess {
  readonly host: string;
  readonly role: SandboxRole;
  /** Only while the process is of this release; absent: any. */
  readonly version?: string | undefined;
}

interface OfPage extends OfProcess {
  /** e.g. `/api/v1/masters`, without a query; absent: every page of the process. */
  readonly path?: string | undefined;
  /** Only so many answers; absent: until the fault is cleared. */
  readonly times?: number | undefined;
}

interface OfDbserver {
  readonly host: string;
  readonly version?: string | undefined;
}

interface OfAdmin {
  /** Where bm-admin is run; absent: anywhere. */
  readonly host?: string | undefined;
}

interface OfOperation extends OfAdmin {
  /** e.g. `upgrade_bsql`. */
  readonly operation: string;
}

type StartFault =
  /** `crash_at_start`: the process writes a FATAL log line and exits 1 soon after its start. `slow_start`: serves only after `afterMs`. */
  | Each<"crash_at_start" | "slow_start", OfProcess & { readonly afterMs?: number | undefined }>
  /** `afterMs` counts from when it serves. @default 1000 */
  | (OfProcess & { readonly kind: "crash_while_serving"; readonly afterMs?: number | undefined })
  | (OfProcess & { readonly kind: "ignores_sigterm" })
  /** `forMs`: how long after its DBServer has ended; absent: for ever. */
  | (OfDbserver & { readonly kind: "children_left_behind"; readonly forMs?: number | undefined });

type PageFault =
  | Each<"page_hangs" | "page_answers_503" | "page_half_json" | "page_of_other_cluster", OfPage>
  /** `text`: the body; absent: the error that BMDB has for this page. */
  | (OfPage & { readonly kind: "page_error_with_200"; readonly text?: string | undefined });

type ClusterFault =
  /** `lagMs`: how far it is behind at once; it grows from there. @default 60000 */
  | (OfDbserver & { readonly kind: "never_catches_up"; readonly lagMs?: number | undefined })
  /** `tiles`: how many. @default 1 */
  | Each<"tile_under_replicated" | "tile_leaderless", OfDbserver & { readonly tiles?: number | undefined }>
  /** Whoever leads. Each time `onEvent` happens, or after `everyMs` of leading. @default everyMs 5000, times 3 */
  | {
      readonly kind: "leader_steps_down";
      readonly onEvent?: SandboxEvent["event"] | undefined;
      readonly everyMs?: number | undefined;
      readonly times?: number | undefined;
    }
  /** @default forMs 5000 */
  | { readonly kind: "stale_leader"; readonly host: string; readonly forMs?: number | undefined };

type AdminFault =
  /** `text`: the status after "Error running …: ". @default times 2 */
  | (OfOperation & {
      readonly kind: "admin_fails";
      readonly times?: number | undefined;
      readonly text?: string | undefined;
    })
  /** `error_with_exit_0`: an error text, nothing done. `success_with_exit_1`: done, and said so. Absent `times`: always. */
  | (OfOperation & {
      readonly kind: "admin_lies";
      readonly lie: "error_with_exit_0" | "success_with_exit_1";
      readonly times?: number | undefined;
    })
  | (OfOperation & { readonly kind: "admin_lacks_operation" })
  /** @default times 2 */
  | (OfAdmin & { readonly kind: "config_version_races"; readonly times?: number | undefined })
  | (OfAdmin & { readonly kind: "promotion_needs_restart" })
  /** `text`: the status; absent: BMDB's own conflict texts in turn. @default times 3 */
  | (OfAdmin & {
      readonly kind: "bsql_upgrade_conflicts";
      readonly times?: number | undefined;
      readonly text?: string | undefined;
    })
  /** The server takes `takesMs`, the client gives up after `clientWaitsMs`. @default takesMs 3000, clientWaitsMs 500, times 1 */
  | {
      readonly kind: "bsql_upgrade_times_out";
      readonly takesMs?: number | undefined;
      readonly clientWaitsMs?: number | undefined;
      readonly times?: number | undefined;
    };

/** Ordered in the sandbox of the target; for every group that replicates into it. */
type XdcrFault =
  /** @default state "INITIALIZING" */
  | { readonly kind: "xdcr_group_unready"; readonly state?: "INITIALIZING" | "FAILED" | undefined }
  /** Absent `times`: always. */
  | { readonly kind: "xdcr_command_without_effect"; readonly times?: number | undefined }
  /** @default times 2 */
  | { readonly kind: "xdcr_config_races"; readonly times?: number | undefined }
  /** `text`: the detail. @default error "REPLICATION_SCHEMA_MISMATCH" */
  | {
      readonly kind: "xdcr_stream_errors";
      readonly error?: string | undefined;
      readonly text?: string | undefined;
    }
  | { readonly kind: "xdcr_lag_stays" };

type HostFault =
  /** `release`: the one it starts. @default the sandbox's first */
  | {
      readonly kind: "supervisor_restarts_old";
      readonly host: string;
      readonly role: SandboxRole;
      readonly release?: string | undefined;
    }
  /** @default release the sandbox's first */
  | { readonly kind: "boot_starts_old"; readonly host: string; readonly release?: string | undefined }
  /** `release`: absent: any. */
  | { readonly kind: "post_install_fails"; readonly host: string; readonly release?: string | undefined }
  /** `only` one of the two ways in which it shows; absent: both. */
  | { readonly kind: "disk_full"; readonly host: string; readonly only?: "df" | "unpack" | undefined }
  | { readonly kind: "clock_skew"; readonly host: string; readonly offsetMs: number }
  /** @default release the sandbox's first, name "postgis" */
  | {
      readonly kind: "extension_missing";
      readonly host?: string | undefined;
      readonly release?: string | undefined;
      readonly name?: string | undefined;
    }
  /** Absent `host`: every one. */
  | { readonly kind: "network_cut"; readonly host?: string | undefined }
  | Each<"corrupt_archive" | "wrong_sha256", { readonly release: string }>;

/** Done at once and over; not among the faults that are set afterwards. */
type Action =
  | { readonly kind: "kill_process"; readonly host: string; readonly role: SandboxRole }
  | { readonly kind: "host_reboots"; readonly host: string }
  | { readonly kind: "blacklist_left_behind"; readonly host: string };

export type SandboxFault = StartFault | PageFault | ClusterFault | AdminFault | XdcrFault | HostFault | Action;
export type SandboxFaultKind = SandboxFault["kind"];
export type FaultOf<Kind extends SandboxFaultKind> = Extract<SandboxFault, { kind: Kind }>;
