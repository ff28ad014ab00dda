import type { Input } from "@pulumi/pulumi";
import type { BmClusterArgs } from "./bm-cluster-args";
import type { BmXdcrClusterArgs } from "./bm-xdcr-args";

/**
 * Clusters that replicate with each other, upgraded together by one `pulumi up` (spec X1 to X3). All problems are told at once, each
 * with its path, before anything is contacted.
 */
export interface XdcrTopologyArgs {
  /**
   * The clusters of this program, under the names that `links` use: lower-case letters, digits and inner hyphens. Each is what a
   * `BmCluster` takes, without `xdcr` and without `finalize: "manual"`. A change of releases has to be one for all of them.
   *
   * A host of each is reached from the settings of every other one, so `ssh.user` is the same everywhere.
   */
  readonly clusters: Record<string, Omit<BmClusterArgs, "xdcr">>;

  /** Every replication group in which one of `clusters` is source or target, one entry a direction. A plain list: the order of the clusters follows from it. */
  readonly links: XdcrTopologyLinkArgs[];

  /** Clusters on other ends of links, which other programs upgrade. Each is in `ssh.knownHosts` or `ssh.hosts` of every one of `clusters`. @default none */
  readonly external?: Record<string, Input<BmXdcrClusterArgs>>;

  /** All clusters at the same time, instead of one after the other with targets before their sources. Replication rests for a shorter time, and a release that does not fit is met everywhere. @default false */
  readonly parallelClusters?: boolean;

  /** How long streams may take after a resume to be without errors and catch up, before a warning. @default "5m" */
  readonly lagTimeout?: Input<string>;
}

/** `target` reads from `source`. */
export interface XdcrTopologyLinkArgs {
  /** Name of the replication group, as the target knows it. */
  readonly group: string;
  /** Name of the cluster that is read. */
  readonly source: string;
  /** Name of the cluster that reads. Pause and resume are told to this one. Raises `XdcrNotPaused` or `XdcrNotResumed`. */
  readonly target: string;
}
