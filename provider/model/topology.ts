// Clusters that replicate, as one thing: each of them as if it were declared alone, with the links of all and the others as its peers.
//
// All links and not only its own: around a ring, no cluster is stopped while replication runs anywhere in it (spec X1).

import type { MemberInputs, SshInputs, TopologyInputs, XdcrClusterInputs, XdcrInputs } from "./cluster-inputs";
import { DEFAULTS } from "./default-values";
import type { DesiredCluster } from "./desired";
import { findHostKey } from "./find-host-key";
import type { XdcrLink } from "./xdcr";

export interface TopologyMember {
  /** What `links` call it. */
  readonly name: string;
  readonly desired: DesiredCluster;
}

export interface DesiredTopology {
  /** In the order in which they are upgraded. */
  readonly members: readonly TopologyMember[];
  readonly links: readonly XdcrLink[];
  /** All at the same time instead of one after the other. */
  readonly isParallel: boolean;
}

export type PeerSource = Pick<MemberInputs, "version" | "nodes" | "release" | "bmAdmin">;

/** A cluster of the topology as the others see it: bm-admin of its new release, which is staged before anything is paused. */
export function describePeer({ version, nodes, release, bmAdmin }: PeerSource): XdcrClusterInputs {
  const mservers = mserverNodes(nodes);
  const admin = adminNodeOf({ nodes, bmAdmin });
  const httpPort = mservers[0]?.ports?.mserverHttp;
  return {
    mservers: mservers.map(({ host, ports }) => `${host}:${ports?.mserverRpc ?? DEFAULTS.ports.mserverRpc}`).join(","),
    ...(httpPort !== undefined && { httpPort }),
    adminHost: admin?.sshHost ?? admin?.host ?? "",
    releaseDir: textOr(release?.installDir, DEFAULTS.installDir).replaceAll("{version}", version),
    ...(bmAdmin?.certsDir !== undefined && { certsDir: bmAdmin.certsDir }),
  };
}

/** How ssh gets to that host, from the settings of the cluster that it belongs to. */
export function describeLogin({
  ssh,
  ...member
}: Pick<MemberInputs, "nodes" | "bmAdmin" | "ssh">): NonNullable<SshInputs["hosts"]>[string] {
  const admin = adminNodeOf(member);
  const own = admin && ssh?.hosts?.[admin.name];
  const port = own?.port ?? ssh?.port ?? DEFAULTS.sshPort;
  const host = admin?.sshHost ?? admin?.host ?? "";
  const hostKey = findHostKey({ text: textOr(ssh?.knownHosts, ""), hostKey: own?.hostKey, host, port });
  const privateKey = own?.privateKey ?? ssh?.privateKey;
  return { port, ...(hostKey !== undefined && { hostKey }), ...(privateKey !== undefined && { privateKey }) };
}

/** What a cluster of the topology is told of replication; all of it is finished by the topology. */
export const describeXdcr = (
  topology: Pick<TopologyInputs, "links" | "external" | "lagTimeout">,
  self: string,
  peers: XdcrInputs["clusters"],
): XdcrInputs => ({
  self,
  links: topology.links,
  clusters: { ...peers, ...topology.external },
  ...(topology.lagTimeout !== undefined && { lagTimeout: topology.lagTimeout }),
  finishedElsewhere: true,
});

type Nodes = MemberInputs["nodes"];

// Tolerant, because a program whose arguments are wrong must still reach the check that names every problem.
const mserverNodes = (nodes: Nodes): Nodes =>
  Array.isArray(nodes) ? (nodes as Nodes).filter((node) => node?.roles?.includes?.("mserver")) : [];

const textOr = (value: unknown, other: string): string => (typeof value === "string" ? value : other);

const adminNodeOf = ({ nodes, bmAdmin }: Pick<MemberInputs, "nodes" | "bmAdmin">): Nodes[number] | undefined => {
  const mservers = mserverNodes(nodes);
  return mservers.find(({ name }) => name === bmAdmin?.host) ?? mservers[0];
};
