// The cluster the user wants, parsed: every default applied, every duration in milliseconds.
// From here inward the types are true; nothing is checked a second time.

import type { WaivableGateId } from "./gate-ids";

export type Role = "mserver" | "dbserver";

export interface DesiredCluster {
  /** `2.18.0.0` (any build) or `2.18.0.0-b68` (that build). */
  readonly version: string;
  readonly nodes: readonly DesiredNode[];
  readonly ssh: SshAccess;
  readonly release: ReleaseSettings;
  readonly process: { readonly mserver: ProcessStart; readonly dbserver: ProcessStart };
  readonly adminUi: { readonly scheme: "http" | "https"; readonly ca: string | undefined };
  readonly bmAdmin: {
    /** Name of the node whose bm-admin is used; undefined: the first MServer's. */
    readonly host: string | undefined;
    readonly certsDir: string | undefined;
    readonly timeoutMs: number;
  };
  /** Undefined: found out from the DBServers. */
  readonly bsql: boolean | undefined;
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
    /** For all attempts of upgrade_bsql together. */
    readonly bsqlUpgradeMs: number;
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
