// The sandbox as its users see it: tests, the demo and `pulumi-bmdb sandbox`.

import type { SandboxFault } from "./fault-types";

export type { FaultOf, SandboxFault, SandboxFaultKind } from "./fault-types";

export type SandboxRole = "mserver" | "dbserver";

export interface SandboxHostOptions {
  /** Short name, `[a-z][a-z0-9-]*`. */
  readonly name: string;
  readonly roles: readonly SandboxRole[];
  /** Placement zone. @default "z1" */
  readonly zone?: string;
}

export interface SandboxOptions {
  /** Everything lives below this directory: hosts, homes, keys, releases, the event log. Created; must be empty or absent. */
  readonly dir: string;
  readonly hosts: readonly SandboxHostOptions[];
  /** The release that the processes run at first. */
  readonly version: string;
  /** The releases that the download server offers. @default ["2.14.0.0", "2.16.0.0", "2.18.0.0", "2.20.0.0"] */
  readonly releases?: readonly string[];
  /** All of BMDB's timers are multiplied by this; 1 is real time. @default 0.1 */
  readonly timeScale?: number;
  /** @default min(3, number of DBServers) */
  readonly replicationFactor?: number;
  /** @default 12 */
  readonly tiles?: number;
  /** @default true */
  readonly bsql?: boolean;
  /** "builtin": an ssh2 server in the daemon; "openssh": a real sshd per host (Debian's openssh-server). @default "builtin" */
  readonly ssh?: "builtin" | "openssh";
  /** BMDB without JSON: `/api/v1/*` and the metrics pages answer 404. @default false */
  readonly htmlOnly?: boolean;
  /** The data directories are inside the first release, where an upgrade would lose them. @default false */
  readonly dataInsideRelease?: boolean;
  /** The first release has an AutoFlag, promoted from the start, that the other releases no longer have. @default false */
  readonly retiredAutoFlag?: boolean;
  /** How long a source of xDCR keeps what its target has not read, in seconds as they are. @default 14400 × timeScale */
  readonly walRetentionSeconds?: number;
}

export interface SandboxHost {
  readonly name: string;
  /** Its own 127.x.y.z address: MServer 11000/10000, DBServer 9100/9000, BSQL 5433 are bound there. */
  readonly address: string;
  readonly sshPort: number;
  readonly sshUser: string;
  /** One authorized_keys line: type and base64, no comment. */
  readonly hostKey: string;
  /** Absolute path of its home directory; `$HOME` of every command sent to it. */
  readonly home: string;
  readonly roles: readonly SandboxRole[];
  readonly zone: string;
}

/** One line of `events.jsonl`, the truth about what happened in the cluster. */
export interface SandboxEvent {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly host: string;
  readonly role?: SandboxRole;
  readonly event:
    | "process_started"
    | "process_serving"
    | "process_stopped"
    | "process_crashed"
    | "leader_elected"
    | "tile_leader_elected"
    | "auto_flags_promoted"
    | "auto_flags_nothing_to_promote"
    | "bsql_catalog_upgraded"
    | "config_changed"
    | "xdcr_set_up"
    | "xdcr_paused"
    | "xdcr_resumed"
    | "xdcr_deleted"
    | "xdcr_error"
    | "xdcr_versions_mixed"
    | "xdcr_streams_created"
    | "xdcr_source_paused"
    | "xdcr_source_resumed"
    | "command";
  readonly pid?: number;
  readonly version?: string;
  readonly exe?: string;
  /** Further facts of the event, e.g. the command's text or the config version. */
  readonly [fact: string]: unknown;
}

/** A running sandbox: the handle that `startSandbox` and `openSandbox` return. */
export interface Sandbox {
  readonly dir: string;
  readonly hosts: readonly SandboxHost[];
  /** `http://127.x.y.z:port`, where `bigmath-$VER.tar.gz` and `.sha256` are. */
  readonly downloadsUrl: string;
  /** sha256 per release version. */
  readonly sha256: Readonly<Record<string, string>>;
  /** OpenSSH private key (PEM) that every host accepts. */
  readonly privateKey: string;
  /** known_hosts text with every host's key, `[address]:port` form. */
  readonly knownHosts: string;
  events(): Promise<SandboxEvent[]>;
  /** Runs a command on a host as ssh would, without ssh. For tests and for `status`. */
  exec(host: string, command: string): Promise<{ code: number; stdout: string; stderr: string }>;
  /**
   * From now on these faults are set and no others; running processes notice within half a second.
   * `kill_process`, `host_reboots` and `blacklist_left_behind` are done once, before this resolves.
   */
  setFaults(faults: readonly SandboxFault[]): Promise<void>;
  /** Ends every process that this sandbox started, by pid, and the daemon. The directory stays. */
  stop(): Promise<void>;
}
