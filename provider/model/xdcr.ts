// xDCR as the program declares it, and what this program left on hosts about it.

import { DEFAULTS } from "./default-values";
import type { DesiredCluster, DesiredNode } from "./desired";

/** Replication group `group` on `target` reads from `source`. */
export interface XdcrLink {
  readonly group: string;
  readonly source: string;
  readonly target: string;
}

/** A cluster on another end of a link, rolled by somebody else or by another resource. */
export interface XdcrCluster {
  /** `host:port,host:port`, as bm-admin takes them. */
  readonly mservers: string;
  readonly httpPort: number;
  /** Where bm-admin is run for it; ssh reaches it under the cluster's name. */
  readonly adminHost: string;
  /** A release on that host. */
  readonly releaseDir: string;
  /** On that host. */
  readonly certsDir: string | undefined;
}

export interface DesiredXdcr {
  /** What `links` call this cluster. */
  readonly self: string;
  readonly links: readonly XdcrLink[];
  readonly clusters: Readonly<Record<string, XdcrCluster>>;
  /** How long the lag may take to fall after a resume before a warning. */
  readonly lagTimeoutMs: number;
  /** Another resource of the program finishes what this one leaves paused. */
  readonly isFinishedElsewhere: boolean;
}

/** Lies on hosts of the target: this program paused the link, so this program resumes it. */
export interface PauseRecord {
  /** The name of the cluster on whose hosts it lies. */
  readonly target: string;
  readonly group: string;
  readonly run: string;
  readonly stack: string;
  /** ISO 8601, by the clock of the machine that paused it. */
  readonly since: string;
}

export const linkId = ({ target, group }: Pick<XdcrLink, "target" | "group">): string => `${target}:${group}`;
export const linkName = ({ group, source, target }: XdcrLink): string => `${group} (${source} → ${target})`;
export const isOfLink = (record: PauseRecord, link: XdcrLink): boolean => linkId(record) === linkId(link);

const MSERVER_RPC_PORT = DEFAULTS.ports.mserverRpc;

/** The MServers of another cluster as nodes: enough to ask their pages. Nobody logs in there. */
export const listMServerNodes = (name: string, { mservers, httpPort }: XdcrCluster): DesiredNode[] =>
  mservers.split(",").map((address, index): DesiredNode => {
    const [, host = address, port] = /^(.*?)(?::(\d+))?$/.exec(address.trim()) ?? [];
    return {
      name: `${name}-${index + 1}`,
      host,
      sshHost: host,
      zone: undefined,
      roles: ["mserver"],
      ports: { ...DEFAULTS.ports, mserverRpc: Number(port ?? MSERVER_RPC_PORT), mserverHttp: httpPort },
    };
  });

/** The host from which bm-admin is run for another cluster, as a node that ssh knows under the cluster's name. */
export const adminNode = (name: string, { adminHost }: XdcrCluster): DesiredNode => ({
  name,
  host: adminHost,
  sshHost: adminHost,
  zone: undefined,
  roles: ["mserver"],
  ports: DEFAULTS.ports,
});

export const listAdminNodes = ({ xdcr }: Pick<DesiredCluster, "xdcr">): DesiredNode[] =>
  Object.entries(xdcr?.clusters ?? {}).map(([name, cluster]) => adminNode(name, cluster));
