// What one `pulumi up` does to a topology: data only, so that it can be compared, printed and kept in a golden file.

import type { Plan } from "./plan";
import type { XdcrLink } from "./xdcr";

export interface TopologyPlan {
  /** What runs now, e.g. `2.16.0.0`, or of each cluster where they differ. */
  readonly from: string;
  readonly to: string;
  readonly isParallel: boolean;
  readonly links: readonly PlannedLink[];
  /** In the order in which they are upgraded. */
  readonly parts: readonly PlannedCluster[];
  /** From the first pause to the last resume, roughly. */
  readonly pauseMs: number;
  /** The shortest time that a source keeps what its target has not read. */
  readonly retentionMs: number;
  /** What the read-only checks saw, each with the cluster's name. */
  readonly findings: readonly string[];
}

export interface PlannedLink {
  readonly link: XdcrLink;
  /** `left_paused`: by an earlier run of this program. */
  readonly state: "active" | "left_paused" | "paused_by_a_person";
  /** Of one that is left paused. */
  readonly since?: string;
}

export interface PlannedCluster {
  readonly name: string;
  /** What it shall run. */
  readonly version: string;
  /** Undefined: every process runs it already. */
  readonly plan: Plan | undefined;
  /** Clusters of the topology that read from it and are upgraded before it for that reason. */
  readonly readers: readonly string[];
}
