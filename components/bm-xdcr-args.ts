import type { Input } from "@pulumi/pulumi";

/**
 * Replication between this cluster and others. Declared links rest from before the first stop until every cluster of `links`
 * runs and has finalised the release (spec X1 to X3); docs/xdcr.md shows the plan.
 *
 * A link that is active and not declared stops the roll before it begins (gate `every_xdcr_link_is_declared`).
 * Cannot stand beside `finalize: "manual"`.
 */
export interface BmXdcrArgs {
  /** What `links` call this cluster: lower-case letters, digits and inner hyphens. */
  readonly self: Input<string>;

  /** Every replication group in which this cluster is source or target, one entry a direction. */
  readonly links: Input<Input<BmXdcrLinkArgs>[]>;

  /** The other clusters, under the names that `links` use. */
  readonly clusters: Input<Record<string, Input<BmXdcrClusterArgs>>>;

  /** How long streams may take after a resume to be without errors and catch up, before a warning. @default "5m" */
  readonly lagTimeout?: Input<string>;

  /** True when another resource of the program resumes what this one leaves paused, as in `XdcrTopology`. @default false */
  readonly finishedElsewhere?: Input<boolean>;
}

/** `target` reads from `source`. */
export interface BmXdcrLinkArgs {
  /** Name of the replication group, as the target knows it. */
  readonly group: Input<string>;
  /** Name of the cluster that is read. */
  readonly source: Input<string>;
  /** Name of the cluster that reads. Pause and resume are told to this one. Raises `XdcrNotPaused` or `XdcrNotResumed`. */
  readonly target: Input<string>;
}

/** A cluster that is not this one. Its host for bm-admin is reached with the settings of `ssh`, under its name in `ssh.hosts`. */
export interface BmXdcrClusterArgs {
  /** `host:port,host:port` of its MServers: the output `mserverAddresses` of its `BmCluster`. */
  readonly mservers: Input<string>;
  /** Port of its MServers' admin UI. @default 10000 */
  readonly httpPort?: Input<number>;
  /** The host of one of its MServers: bm-admin is run there, and what was paused is written down. Its host key is verified. */
  readonly adminHost: Input<string>;
  /** Directory of a release on that host whose bm-admin is run, like `~/softwarebm-2.16.0.0`. */
  readonly releaseDir: Input<string>;
  /** Absolute path, on that host, of the directory with the client certificates (`-certs_dir_name`). @default none */
  readonly certsDir?: Input<string>;
}
