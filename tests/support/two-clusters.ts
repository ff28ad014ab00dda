// Two of them, under the names that most tests use.

import type { SandboxOptions } from "../../sandbox/types";
import { type LinkedClusters, startLinkedClusters } from "./linked-clusters";
import type { TestCluster } from "./sandbox-cluster";

export type ClusterName = "east" | "west";

export interface TwoClusters extends Omit<LinkedClusters<ClusterName>, "clusters" | "link"> {
  readonly east: TestCluster;
  readonly west: TestCluster;
  /** From `source` into the other one, or both ways; resolves when it runs. */
  link(group: string, source: ClusterName | "both"): Promise<void>;
}

export async function startTwoClusters(options: Partial<SandboxOptions> = {}): Promise<TwoClusters> {
  const { clusters, link, ...others } = await startLinkedClusters(["east", "west"], options);
  return {
    ...clusters,
    ...others,
    async link(group, source) {
      if (source !== "west") await link(group, "east", "west");
      if (source !== "east") await link(group, "west", "east");
    },
  };
}
