// What the dynamic resource receives: plain JSON, as the user wrote it, units still in strings.
// `components/bm-cluster-args.ts` is the same shape with Pulumi's Input<…> and the user's manual;
// `parse-desired.ts` turns it into a DesiredCluster, once, at the edge.

import type { Role } from "./desired";

export interface ClusterInputs {
  readonly version: string;
  readonly nodes: readonly NodeInputs[];
  readonly ssh: SshInputs;
  readonly release?: ReleaseInputs;
  readonly process?: { readonly mserver?: ProcessStartInputs; readonly dbserver?: ProcessStartInputs };
  readonly adminUi?: { readonly scheme?: "http" | "https"; readonly ca?: string; readonly access?: "direct" | "ssh" };
  readonly bmAdmin?: { readonly host?: string; readonly certsDir?: string; readonly timeout?: string };
  readonly bsql?: boolean;
  readonly xdcr?: XdcrInputs;
  readonly policy?: PolicyInputs;
  readonly finalize?: "auto" | "manual";
}

/** What the resources of a topology receive. Its clusters say nothing of xDCR themselves: it follows from `links`. */
export interface TopologyInputs {
  readonly clusters: Readonly<Record<string, MemberInputs>>;
  readonly links: XdcrInputs["links"];
  readonly external?: Readonly<Record<string, XdcrClusterInputs>>;
  readonly parallelClusters?: boolean;
  readonly lagTimeout?: string;
}

export type MemberInputs = Omit<ClusterInputs, "xdcr">;

export interface NodeInputs {
  readonly name: string;
  readonly host: string;
  readonly sshHost?: string;
  readonly zone?: string;
  readonly roles: readonly Role[];
  readonly ports?: {
    readonly mserverRpc?: number;
    readonly mserverHttp?: number;
    readonly dbserverRpc?: number;
    readonly dbserverHttp?: number;
    readonly bsql?: number;
  };
}

export interface SshInputs {
  readonly user?: string;
  readonly port?: number;
  readonly privateKey?: string;
  readonly passphrase?: string;
  readonly agentSocketPath?: string;
  readonly knownHosts?: string;
  readonly hosts?: Readonly<
    Record<string, { readonly hostKey?: string; readonly privateKey?: string; readonly port?: number }>
  >;
  readonly bastion?: {
    readonly host: string;
    readonly port?: number;
    readonly user?: string;
    readonly privateKey?: string;
    readonly hostKey?: string;
  };
}

export interface ReleaseInputs {
  readonly url?: string;
  readonly sha256?: Readonly<Record<string, string>>;
  readonly installDir?: string;
  readonly extensions?: string;
  readonly timeout?: string;
}

export interface ProcessStartInputs {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly output?: string;
  readonly start?: string;
  readonly stop?: string;
}

export interface XdcrInputs {
  readonly self: string;
  readonly links: readonly { readonly group: string; readonly source: string; readonly target: string }[];
  readonly clusters: Readonly<Record<string, XdcrClusterInputs>>;
  readonly lagTimeout?: string;
  readonly finishedElsewhere?: boolean;
}

export interface XdcrClusterInputs {
  readonly mservers: string;
  readonly httpPort?: number;
  readonly adminHost: string;
  readonly releaseDir: string;
  readonly certsDir?: string;
}

export interface PolicyInputs {
  readonly pause?: string;
  readonly pollInterval?: string;
  readonly firstPollInterval?: string;
  readonly returnPollInterval?: string;
  readonly actPollInterval?: string;
  readonly heartbeatAgeMax?: string;
  readonly followerLagMax?: string;
  readonly allowInterruption?: boolean;
  readonly waive?: Readonly<Record<string, string>>;
  readonly drainLeaders?: boolean;
  readonly drainTimeout?: string;
  readonly onDrainTimeout?: "proceed" | "stop";
  readonly timeouts?: {
    readonly stop?: string;
    readonly start?: string;
    readonly return?: string;
    readonly gate?: string;
    readonly ssh?: string;
    readonly page?: string;
    readonly lease?: string;
    readonly bsqlUpgrade?: string;
    readonly bsqlRest?: string;
    readonly kill?: string;
    readonly ports?: string;
    readonly children?: string;
    readonly appear?: string;
    readonly act?: string;
    readonly startCheck?: string;
    readonly handOver?: string;
    readonly blacklist?: string;
    readonly bmAdminGrace?: string;
    readonly autoFlags?: string;
  };
}
