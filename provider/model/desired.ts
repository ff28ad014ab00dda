// The cluster the user wants, parsed: every default applied, every duration in milliseconds.
// From here inward the types are true; nothing is checked a second time.

import type { WaivableGateId } from "./gate-ids";
import type { DesiredXdcr } from "./xdcr";

export type Role = "mserver" | "dbserver";

export interface DesiredCluster {
  /** `2.18.0.0` (any build) or `2.18.0.0-b68` (that build). */
  readonly version: string;
  readonly nodes: readonly DesiredNode[];
  readonly ssh: SshAccess;
  readonly release: ReleaseSettings;
  readonly process: { readonly mserver: ProcessStart; readonly dbserver: ProcessStart };
  readonly adminUi: {
    readonly scheme: "http" | "https";
    readonly ca: string | undefined;
    /** From where pages are asked: this machine, or each host itself over its ssh connection. */
    readonly access: "direct" | "ssh";
  };
  readonly bmAdmin: {
    /** Name of the node whose bm-admin is used; undefined: the first MServer's. */
    readonly host: string | undefined;
    readonly certsDir: string | undefined;
    readonly timeoutMs: number;
  };
  /** Undefined: found out from the DBServers. */
  readonly bsql: boolean | undefined;
  /** Undefined: no replication is declared. */
  readonly xdcr: DesiredXdcr | undefined;
  readonly policy: Policy;
  readonly finalize: "auto" | "manual";
}

export interface DesiredNode {
  readonly name: string;
  /** The address that the cluster knows this node by. */
  readonly host: string;
  readonly sshHost: string;
  readonly zone: string | undefined;
  readonly roles: readonly Role[];
  readonly ports: {
    readonly mserverRpc: number;
    readonly mserverHttp: number;
    readonly dbserverRpc: number;
    readonly dbserverHttp: number;
    readonly bsql: number;
  };
}

export interface SshAccess {
  readonly user: string;
  readonly port: number;
  readonly privateKey: string | undefined;
  readonly passphrase: string | undefined;
  readonly agentSocketPath: string | undefined;
  readonly knownHosts: string | undefined;
  readonly hosts: Readonly<
    Record<string, { readonly hostKey?: string; readonly privateKey?: string; readonly port?: number }>
  >;
  readonly bastion:
    | {
        readonly host: string;
        readonly port: number;
        readonly user: string;
        readonly privateKey: string | undefined;
        readonly hostKey: string | undefined;
      }
    | undefined;
}

export interface ReleaseSettings {
  /** `{version}` stands for the release. */
  readonly url: string;
  /** Lower-case hex per release; a release that is not in here is checked against the `.sha256` beside the archive. */
  readonly sha256: Readonly<Record<string, string>>;
  /** `{version}` stands for the release; a leading `~/` is the ssh user's home directory. */
  readonly installDir: string;
  /** Command that is run in the new release after post_install.sh (spec I4). */
  readonly extensions: string | undefined;
  readonly timeoutMs: number;
}

/** How a process is started: as it was found running, unless something here says otherwise. */
export interface ProcessStart {
  readonly args: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly output: string | undefined;
  /** Own commands, for processes under a service manager. `{releaseDir}` and `{version}` are replaced, quoted. */
  readonly start: string | undefined;
  readonly stop: string | undefined;
}

export interface Policy {
  /** The watch after every process (spec P2). */
  readonly pauseMs: number;
  readonly pollIntervalMs: number;
  /** How often a process that was just started is looked at. */
  readonly returnPollIntervalMs: number;
  /** How soon the first look back comes at what a cluster needs only a moment for. */
  readonly firstPollIntervalMs: number;
  /** How often a stop and start that is under way on a host is asked, and how often it looks there itself. */
  readonly actPollIntervalMs: number;
  readonly heartbeatAgeMaxMs: number;
  readonly followerLagMaxMs: number;
  readonly allowInterruption: boolean;
  /** Gates that may stay closed, each with the reason why that is acceptable here. */
  readonly waive: Readonly<Partial<Record<WaivableGateId, string>>>;
  /** Moves tile leaders off a DBServer before it is stopped. */
  readonly drainLeaders: boolean;
  readonly drainTimeoutMs: number;
  readonly onDrainTimeout: "proceed" | "stop";
  readonly timeouts: {
    /** From SIGTERM to SIGKILL. */
    readonly stopMs: number;
    /** From the start of a process to its first own answer. */
    readonly startMs: number;
    /** From its first own answer until its peers see it caught up. */
    readonly returnMs: number;
    /** How long a closed gate is asked again before the roll stops. */
    readonly gateMs: number;
    readonly sshMs: number;
    readonly pageMs: number;
    /** The term of the lease: so long it must stay unchanged before somebody else takes it. */
    readonly leaseMs: number;
    /** For all attempts of upgrade_bsql together. */
    readonly bsqlUpgradeMs: number;
    /** The longest rest after an attempt of upgrade_bsql that timed out. */
    readonly bsqlRestMs: number;
    /** From SIGKILL until the process must be gone. */
    readonly killMs: number;
    /** From the end of a process until the ports that it held must be free. */
    readonly portsMs: number;
    /** How long child processes (BSQL) of a process that ended have to end by themselves. Then they get SIGTERM, and SIGKILL after `stop`. */
    readonly childrenMs: number;
    /** From the end of an own start command until its process must be there. */
    readonly appearMs: number;
    /** How long stop and start as a whole may take beyond their single limits: own commands, a busy host. */
    readonly actMs: number;
    /** How long a gate that is closed at the start of a roll is asked again: nothing is in motion yet, so what is unhealthy will hardly heal. Never longer than `gate`. */
    readonly startCheckMs: number;
    /** How long the leader MServer may take to hand over before its stop; then an election decides. */
    readonly handOverMs: number;
    /** Until a change of the leader blacklist must have worked. */
    readonly blacklistMs: number;
    /** How long bm-admin may take beyond twice `bmAdmin.timeout` before its host counts as hanging. */
    readonly bmAdminGraceMs: number;
    /** The wait for promoted AutoFlags to arrive where the cluster does not tell its heartbeat interval (spec A4). */
    readonly autoFlagsMs: number;
  };
}

/** One server process of the cluster: what the procedure upgrades one at a time. */
export interface ProcessId {
  readonly node: string;
  readonly role: Role;
}

export const roleName = (role: Role): string => (role === "mserver" ? "MServer" : "DBServer");
export const processName = (id: ProcessId): string => `${roleName(id.role)} ${id.node}`;
export const isSameProcess = (a: ProcessId, b: ProcessId): boolean => a.node === b.node && a.role === b.role;

/** Every process that the program declares, MServers first, in the order of `nodes`. */
export function declaredProcesses(desired: Pick<DesiredCluster, "nodes">): ProcessId[] {
  return (["mserver", "dbserver"] as const).flatMap((role) =>
    desired.nodes.filter((node) => node.roles.includes(role)).map((node) => ({ node: node.name, role })),
  );
}

/** `host:port` of every MServer, the value of bm-admin's `-mserver_addresses` (spec A1). */
export function mserverAddresses(nodes: DesiredCluster["nodes"]): string {
  return nodes
    .filter((node) => node.roles.includes("mserver"))
    .map((node) => `${node.host}:${node.ports.mserverRpc}`)
    .join(",");
}
