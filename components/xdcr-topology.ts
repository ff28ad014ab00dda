import * as pulumi from "@pulumi/pulumi";
import { XDCR_PAUSE_TYPE, XDCR_RESUME_TYPE, XdcrPause, XdcrResume } from "../provider/dynamic/xdcr-resources";
import { orderClusters } from "../provider/model/order-clusters";
import { BmCluster } from "./bm-cluster";
import type { BmClusterArgs } from "./bm-cluster-args";
import { describeCall } from "./describe-call";
import { declareMembers, protectMember } from "./topology-members";
import type { XdcrTopologyArgs } from "./xdcr-topology-args";

/**
 * Clusters that replicate with each other. Changing the `version` of all of them makes `pulumi preview` show one plan, and `pulumi up`
 * carry it out: replication rests everywhere, the clusters are upgraded one after the other, replication runs again (spec X1 to X3).
 *
 * You want it for clusters of one program; one that replicates with a cluster of another program takes `xdcr` of `BmCluster`. The
 * first `pulumi up` adopts the clusters and pauses nothing; `pulumi destroy` forgets them and touches nothing.
 *
 * Its children: a pause, one `BmCluster` for each cluster (`NAME-CLUSTER`), a resume. The releases are staged before the pause.
 */
export class XdcrTopology extends pulumi.ComponentResource {
  readonly clusters: Readonly<Record<string, BmCluster>>;
  /** Links that this program keeps paused, `TARGET:GROUP` → since; empty when replication is as it was. */
  readonly paused: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: XdcrTopologyArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("bmdb:index:XdcrTopology", name, {}, options);

    const { clusters, ...settings } = args;
    const members = declareMembers(args);
    const inputs = {
      ...settings,
      clusters: Object.fromEntries(Object.entries(clusters).map(([each, member]) => [each, protectMember(member)])),
    };

    // The clusters come after the pause, and what stages their releases before it.
    let tellStaging: (resources: pulumi.Resource[]) => void = () => undefined;
    const staging = new Promise<pulumi.Resource[]>((resolve) => {
      tellStaging = resolve;
    });
    const pauseName = `${name}-pause`;
    const pause = new XdcrPause(
      pauseName,
      { ...inputs, __ctx: describeCall(pauseName, XDCR_PAUSE_TYPE, this) },
      { parent: this, dependsOn: staging },
    );
    const made = this.createClusters(name, args, members, pause, options);
    tellStaging(Object.values(made).flatMap((cluster) => cluster.staging));

    const resumeName = `${name}-resume`;
    const resume = new XdcrResume(
      resumeName,
      { ...inputs, ran: describeRuns(pause, made), __ctx: describeCall(resumeName, XDCR_RESUME_TYPE, this) },
      { parent: this, dependsOn: [pause, ...Object.values(made)] },
    );
    this.clusters = made;
    this.paused = resume.xdcrPaused;
    this.registerOutputs({ paused: this.paused });
  }

  private createClusters(
    name: string,
    { links, parallelClusters }: XdcrTopologyArgs,
    members: Readonly<Record<string, BmClusterArgs>>,
    pause: XdcrPause,
    { dependsOn }: pulumi.ComponentResourceOptions,
  ): Record<string, BmCluster> {
    const made: Record<string, BmCluster> = {};
    let before: BmCluster | undefined;
    for (const each of orderClusters(Object.keys(members), Array.isArray(links) ? links : [])) {
      const member = members[each];
      if (member === undefined) continue;
      const rollAfter = before === undefined || parallelClusters === true ? [pause] : [pause, before];
      const cluster = new BmCluster(`${name}-${each}`, member, {
        parent: this,
        rollAfter,
        ...(dependsOn !== undefined && { dependsOn }),
      });
      made[each] = cluster;
      before = cluster;
    }
    return made;
  }
}

/** Other than before whenever a cluster ran, or the pause: then it is looked whether replication may run again. */
const describeRuns = (pause: XdcrPause, clusters: Readonly<Record<string, BmCluster>>): pulumi.Inputs => ({
  pause: pause.lastRun.apply((run) => run?.["id"] ?? ""),
  ...Object.fromEntries(
    Object.entries(clusters).map(([name, { version, finalized, lastRun }]) => [
      name,
      pulumi
        .all([version, finalized, lastRun])
        .apply(([live, isFinalized, run]) => `${live}${isFinalized ? ", finalized" : ""}; run ${run?.["id"] ?? ""}`),
    ]),
  ),
});
