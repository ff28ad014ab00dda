// What a program declares of two sandboxes that replicate, seen from one of them.

import type { ClusterInputs, XdcrClusterInputs } from "../../provider/model/cluster-inputs";
import type { TestCluster } from "./sandbox-cluster";
import type { ClusterName, TwoClusters } from "./two-clusters";

export type Links = readonly { readonly group: string; readonly source: ClusterName; readonly target: ClusterName }[];

export const OLD_DIR = "~/softwarebm-2.16.0.0";

const describePeer = ({ sandbox }: TestCluster): XdcrClusterInputs => {
  const mservers = sandbox.hosts.filter(({ roles }) => roles.includes("mserver"));
  return {
    mservers: mservers.map(({ address }) => `${address}:11000`).join(","),
    adminHost: mservers[0]?.address ?? "",
    releaseDir: OLD_DIR,
  };
};

/** To be given beside `version`: one MServer and one DBServer a cluster, so outages are accepted. */
export function linkedInputs(pair: TwoClusters, self: ClusterName, links: Links): Partial<ClusterInputs> {
  const other = self === "east" ? "west" : "east";
  const { sandbox } = pair[other];
  const own = pair[self].inputs("2.16.0.0");
  return {
    policy: { ...own.policy, allowInterruption: true },
    ...(links.length > 0 && {
      ssh: {
        ...own.ssh,
        knownHosts: `${own.ssh.knownHosts}\n${sandbox.knownHosts}`,
        hosts: { [other]: { privateKey: sandbox.privateKey, port: sandbox.hosts[0]?.sshPort ?? 22 } },
      },
      xdcr: { self, links, clusters: { [other]: describePeer(pair[other]) }, lagTimeout: "30s" },
    }),
  };
}
