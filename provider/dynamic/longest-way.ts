import type { DesiredCluster } from "../model/desired";

/** No step that goes on to its safe point takes as long as all limits together, each of them twice. */
export const longestWayMs = ({ policy }: DesiredCluster): number =>
  2 * Object.values(policy.timeouts).reduce((sum, limitMs) => sum + limitMs, policy.pauseMs);
