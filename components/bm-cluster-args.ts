// The arguments of BmCluster: the user's manual of the package. `docs/arguments.md` lists the same in one table, and
// `provider/model/cluster-inputs.ts` is the same shape as the provider receives it; a test compares all three.

import type { Input } from "@pulumi/pulumi";
import type { BmAdminUiArgs, BmBmAdminArgs, BmProcessArgs, BmReleaseArgs } from "./bm-host-args";
import type { BmPolicyArgs } from "./bm-policy-args";
import type { BmSshArgs } from "./bm-ssh-args";
import type { BmXdcrArgs } from "./bm-xdcr-args";

/**
 * A running BMDB cluster and the release it shall run. Everything is checked before a host is contacted, and all
 * problems are reported at once (`InputInvalid`), each with its path.
 */
export interface BmClusterArgs {
  /**
   * The release that every process of the cluster shall run: `2.18.0.0` for any build of it, `2.18.0.0-b68` for that build.
   *
   * Changing it is the upgrade. The first `pulumi up` must state the release that runs already (`AdoptVersionDiffers`
   * otherwise); a smaller one is refused, because BMDB has no downgrade (spec L1).
   */
  readonly version: Input<string>;

  /**
   * The hosts of the cluster, every one of them. A plain list, so that the plan can name each host before the first
   * of them exists; only addresses may be outputs of other resources. Never put a secret in here: Pulumi would hide
   * the whole list, so it is refused.
   */
  readonly nodes: BmNodeArgs[];

  /** How the hosts are reached. Host keys are always verified. */
  readonly ssh: Input<BmSshArgs>;

  /** Where releases come from and where they are unpacked (spec I1 to I4). @default the public downloads, below the ssh user's home */
  readonly release?: Input<BmReleaseArgs>;

  /**
   * How processes are started, where it is not the way they were found running.
   *
   * You want it for processes under a service manager. @default recorded at adoption from the running process: command line, environment, limits
   */
  readonly process?: Input<{
    readonly mserver?: Input<BmProcessArgs>;
    readonly dbserver?: Input<BmProcessArgs>;
  }>;

  /** How the pages of MServers and DBServers are asked. @default plain http */
  readonly adminUi?: Input<BmAdminUiArgs>;

  /** How bm-admin is run for AutoFlags and the BSQL catalog (spec A1, B2). */
  readonly bmAdmin?: Input<BmBmAdminArgs>;

  /**
   * Whether the cluster has BSQL enabled, and so a catalog to upgrade (spec B1).
   *
   * @default found out from the DBServers
   */
  readonly bsql?: Input<boolean>;

  /** Replication with other clusters: paused before the first stop, resumed when all are done. */
  readonly xdcr?: Input<BmXdcrArgs>;

  /** Pauses, limits and what may be risked. @default the procedure's */
  readonly policy?: Input<BmPolicyArgs>;

  /**
   * `"manual"` stops when every process runs the new release, before AutoFlags are promoted: the point of no return.
   * Changing it to `"auto"` later finishes the upgrade.
   *
   * @default "auto"
   */
  readonly finalize?: Input<"auto" | "manual">;
}

/** One host with its processes. */
export interface BmNodeArgs {
  /** Unique in the cluster: lower-case letters, digits and inner hyphens. Plans, reports and resources use it. */
  readonly name: string;

  /** The address that the cluster itself knows the host by: a name or an IP address, without a port. */
  readonly host: Input<string>;

  /** The address for ssh, where it is another one. @default host */
  readonly sshHost?: Input<string>;

  /** Placement zone. DBServers are upgraded zone by zone. @default none */
  readonly zone?: Input<string>;

  /**
   * What runs there: `["mserver"]`, `["dbserver"]` or both.
   *
   * Use an odd number of MServers. Two are refused without `policy.allowInterruption`, one when it comes to the upgrade:
   * there is no majority while one restarts.
   */
  readonly roles: ("mserver" | "dbserver")[];

  /** Ports that differ from the usual ones. No two processes of a host may share one. */
  readonly ports?: Input<BmPortArgs>;
}

/** 1 to 65535 each. The MServer's are the procedure's, the DBServer's are assumed. */
export interface BmPortArgs {
  /** @default 11000 */
  readonly mserverRpc?: Input<number>;
  /** @default 10000 */
  readonly mserverHttp?: Input<number>;
  /** @default 9100 */
  readonly dbserverRpc?: Input<number>;
  /** @default 9000 */
  readonly dbserverHttp?: Input<number>;
  /** @default 5433 */
  readonly bsql?: Input<number>;
}
