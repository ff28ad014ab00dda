// Where the inputs of a topology become clusters with their peers. All problems at once, each with its path, as for one cluster.

import { buildDesired } from "./build-desired";
import { checkTopology } from "./check-topology";
import type { ClusterInputs, TopologyInputs } from "./cluster-inputs";
import { explainIssue, problemLine } from "./explain-issues";
import { topologyInputsSchema } from "./input-schema";
import { orderClusters } from "./order-clusters";
import { withoutInternals } from "./parse-desired";
import { knownKeysAt } from "./schema-keys";
import { type DesiredTopology, describeLogin, describePeer, describeXdcr } from "./topology";
import { isUnknownAt, unknownPaths } from "./unknown-value";

/** What is not known yet is not judged. */
export function findTopologyProblems(inputs: unknown): string[] {
  const own = withoutInternals(inputs);
  const parsed = topologyInputsSchema.safeParse(own);
  const keysAt = (path: readonly PropertyKey[]) => knownKeysAt(topologyInputsSchema, path);
  const ofShape = (parsed.success ? [] : parsed.error.issues)
    .filter((issue) => !isUnknownAt(own, issue.path))
    .flatMap((issue) => explainIssue(issue, own, keysAt));
  return [...ofShape, ...checkTopology(own)].map(problemLine);
}

export function parseTopology(
  inputs: unknown,
): { readonly desired: DesiredTopology } | { readonly problems: readonly string[] } {
  const own = withoutInternals(inputs);
  const unknown = unknownPaths(own).map((path) => problemLine({ path, why: "is not known yet" }));
  const problems = [...unknown, ...findTopologyProblems(own)];
  const parsed = topologyInputsSchema.safeParse(own);
  if (problems.length > 0 || !parsed.success) return { problems };
  const { clusters, links, parallelClusters } = parsed.data;
  return {
    desired: {
      members: orderClusters(Object.keys(clusters), links).map((name) => ({
        name,
        desired: buildDesired(memberInputs(parsed.data, name)),
      })),
      links: links.map(({ group, source, target }) => ({ group, source, target })),
      isParallel: parallelClusters ?? false,
    },
  };
}

/** One cluster of the topology as a BmCluster of its own would be declared. */
export function memberInputs(topology: TopologyInputs, self: string): ClusterInputs {
  const own = topology.clusters[self];
  if (own === undefined) throw new Error(`no cluster is called ${self}`);
  const others = Object.entries(topology.clusters).filter(([name]) => name !== self);
  const logins = Object.fromEntries(others.map(([name, other]) => [name, describeLogin(other)]));
  const peers = Object.fromEntries(others.map(([name, other]) => [name, describePeer(other)]));
  return {
    ...own,
    ssh: { ...own.ssh, hosts: { ...logins, ...own.ssh.hosts } },
    xdcr: describeXdcr(topology, self, peers),
  };
}
