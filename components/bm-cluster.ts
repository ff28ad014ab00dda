import * as pulumi from "@pulumi/pulumi";
import { CLUSTER_VERSION_TYPE, ClusterVersion } from "../provider/dynamic/cluster-version";
import type { BmClusterArgs, BmNodeArgs } from "./bm-cluster-args";
import { type AddressedNode, joinMServerAddresses, listAdminUrls } from "./cluster-addresses";
import { describeCall } from "./describe-call";
import { protectSsh, refuseSecrets } from "./protect-inputs";
import { createStagingCommand } from "./staging-command";

export interface BmClusterOptions extends pulumi.ComponentResourceOptions {
  /** What has to be there before a process is touched. Unlike `dependsOn` it keeps no host from being staged. @default nothing */
  readonly rollAfter?: readonly pulumi.Resource[];
}

/**
 * A running BMDB cluster whose version is a property of your program. Changing `version` makes `pulumi preview` show the
 * rolling upgrade step by step, and `pulumi up` carry it out: one process at a time, each proven healthy before the next.
 *
 * You want one per cluster. The first `pulumi up` adopts the cluster as it runs and changes nothing; `pulumi destroy`
 * forgets it and stops nothing.
 *
 * Its children: a command per node that stages the release beside the running one, and, after all of them, the
 * `ClusterVersion` that does the rest.
 */
export class BmCluster extends pulumi.ComponentResource {
  /** What the processes run now. While they differ, it says so instead of naming one release. */
  readonly version: pulumi.Output<string>;
  readonly phase: pulumi.Output<string>;
  /** `host:port` of every MServer, joined by commas. Known in a preview as far as the hosts are. */
  readonly mserverAddresses: pulumi.Output<string>;
  /** The admin UI of every MServer. Known in a preview as far as the hosts are. */
  readonly adminUrls: pulumi.Output<string[]>;
  /** Version by process, as last seen. */
  readonly processes: pulumi.Output<Record<string, string>>;
  /** Whether AutoFlags are promoted and the BSQL catalog is upgraded. */
  readonly finalized: pulumi.Output<boolean>;
  /** The last run: id, when, how long, how it ended, and where its report is. */
  readonly lastRun: pulumi.Output<Record<string, string>>;

  /** The commands that stage the release on the hosts. */
  readonly staging: readonly pulumi.Resource[];

  constructor(name: string, args: BmClusterArgs, { rollAfter = [], ...options }: BmClusterOptions = {}) {
    super("bmdb:index:BmCluster", name, {}, options);

    const { nodes, ssh, ...settings } = args;
    if (pulumi.Output.isInstance(nodes) || (nodes as unknown) instanceof Promise) {
      throw new pulumi.RunError(
        "nodes: a plain list is needed, because there is one staging command per node; only hosts, zones and ports may be outputs",
      );
    }
    // What is not a list gets its message, among all others, from the provider's check.
    const plainNodes = Array.isArray(nodes) ? refuseSecrets(nodes) : nodes;
    const protectedSsh = protectSsh(ssh);

    const staging = Array.isArray(nodes)
      ? stageable(nodes).map(([node, index]) =>
          createStagingCommand(
            `${name}-stage-${node.name}`,
            index,
            { version: args.version, release: args.release, ssh: protectedSsh, node: plainNodes[index] },
            // A component's own dependsOn does not reach its children.
            { parent: this, ...(options.dependsOn !== undefined && { dependsOn: options.dependsOn }) },
          ),
        )
      : [];

    const cluster = new ClusterVersion(
      name,
      {
        ...settings,
        nodes: plainNodes,
        ssh: protectedSsh,
        __ctx: describeCall(name, CLUSTER_VERSION_TYPE, this),
      },
      { parent: this, dependsOn: [...staging, ...rollAfter] },
    );
    this.staging = staging;

    const addressed = pulumi
      .output(plainNodes)
      .apply((value) => (Array.isArray(value) ? (value as AddressedNode[]) : []));
    this.version = cluster.version;
    this.phase = cluster.phase;
    this.mserverAddresses = addressed.apply(joinMServerAddresses);
    this.adminUrls = pulumi
      .all([addressed, args.adminUi])
      .apply(([value, adminUi]) => listAdminUrls(value, adminUi?.scheme));
    this.processes = cluster.processes;
    this.finalized = cluster.finalized;
    this.lastRun = cluster.lastRun;
    this.registerOutputs({
      version: this.version,
      phase: this.phase,
      mserverAddresses: this.mserverAddresses,
      adminUrls: this.adminUrls,
      processes: this.processes,
      finalized: this.finalized,
      lastRun: this.lastRun,
    });
  }
}

/** Nodes that a command can be named after. The others, and repeated ones, are refused by the provider's check. */
function stageable(nodes: readonly BmNodeArgs[]): [BmNodeArgs, number][] {
  const names = new Set<string>();
  return nodes.flatMap((node, index): [BmNodeArgs, number][] => {
    if (typeof node?.name !== "string" || names.has(node.name)) return [];
    names.add(node.name);
    return [[node, index]];
  });
}
