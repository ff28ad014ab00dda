// Sandboxes that replicate, and a user's project with an XdcrTopology over them on the plain CLI: the example, with other links.

import type { SandboxOptions } from "../../sandbox/types";
import { type LinkedClusters, startLinkedClusters } from "../support/linked-clusters";
import { stage } from "../support/roll";
import { type CliProject, openCliProject, POLICY } from "./cli-project";
import type { StateResource } from "./harness";
import { NEW } from "./roll-driver";

export interface Link {
  readonly group: string;
  readonly source: string;
  readonly target: string;
}

export interface Topology extends LinkedClusters {
  readonly project: CliProject;
  /** Steps of links alone, without the setting up: `west pause g1`. */
  linkSteps(): Promise<string[]>;
  /** A fresh checkout with no state of its own; the records on the hosts are all that is left. */
  loseState(): Promise<CliProject>;
  outputsOf(project: CliProject, type: "XdcrPause" | "XdcrResume"): Promise<StateResource["outputs"]>;
}

/** One MServer and one DBServer a cluster, so outages are accepted; a short term of the lease, because some of the next ups wait for it. */
const QUICK_POLICY = `policy: {
      pause: "500ms", pollInterval: "100ms", allowInterruption: true,
      timeouts: { gate: "20s", start: "15s", return: "15s", lease: "6s" },
    }`;

const EXAMPLE_LINKS = `[
    { group: "g1", source: "east", target: "west" },
    { group: "g1", source: "west", target: "east" },
  ]`;
const EXAMPLE_CLUSTERS = '{ east: cluster("east"), west: cluster("west") }';
const EXAMPLE_VERSIONS =
  "export const versions = { east: shop.clusters.east?.version, west: shop.clusters.west?.version };";

export interface TopologyShape {
  readonly names: readonly string[];
  /** Set up between the sandboxes. */
  readonly links: readonly Link[];
  /** What the program says of them. @default links */
  readonly declared?: readonly Link[];
  readonly more?: string;
  readonly sandbox?: Partial<SandboxOptions>;
}

export async function withTopology(shape: TopologyShape, work: (topology: Topology) => Promise<void>): Promise<void> {
  const { names, links, declared = links } = shape;
  const linked = await startLinkedClusters(names, { replicationFactor: 1, ...shape.sandbox });
  const projects: CliProject[] = [];
  const open = async (): Promise<CliProject> => {
    const dirs = Object.fromEntries(names.map((name) => [name, linked.clusters[name]?.sandbox.dir ?? ""]));
    const project = await openCliProject("xdcr-pair", dirs, [
      [POLICY, QUICK_POLICY],
      [EXAMPLE_CLUSTERS, `{ ${names.map((name) => `"${name}": cluster("${name}")`).join(", ")} }`],
      [EXAMPLE_LINKS, `${JSON.stringify(declared)}${shape.more === undefined ? "" : `, ${shape.more}`}`],
      [EXAMPLE_VERSIONS, ""],
    ]);
    projects.push(project);
    return project;
  };
  try {
    // Staged beforehand, so that the tests are about what comes after.
    for (const name of names) {
      const cluster = linked.clusters[name];
      if (cluster) await stage(cluster, NEW);
    }
    for (const { group, source, target } of links) await linked.link(group, source, target);
    await work({
      ...linked,
      project: await open(),
      loseState: open,
      async linkSteps() {
        return (await linked.story()).filter((line) => / (?:pause|resume|error) /.test(line));
      },
      async outputsOf(project, type) {
        return (await project.exportState()).find((resource) => resource.type.endsWith(`:${type}`))?.outputs;
      },
    });
  } finally {
    for (const project of projects) project.remove();
    await linked.remove();
  }
}
