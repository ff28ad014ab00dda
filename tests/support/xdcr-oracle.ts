// What the event logs of several sandboxes say about links, read together: which link was active when a process stopped,
// and whether clusters of different releases replicated. It knows nothing of the product.

import type { SandboxEvent } from "../../sandbox/types";

/** The event log of one cluster under the name that a test gives it. */
export interface ClusterLog {
  readonly cluster: string;
  readonly events: readonly SandboxEvent[];
}

export interface TaggedEvent {
  readonly cluster: string;
  readonly event: SandboxEvent;
}

/** All logs as one, in the order of time. The clusters share a machine, so they share its clock. */
export const mergeLogs = (logs: readonly ClusterLog[]): TaggedEvent[] =>
  logs
    .flatMap(({ cluster, events }) => events.map((event) => ({ cluster, event })))
    .sort((a, b) => a.event.atMs - b.event.atMs);

interface Link {
  readonly name: string;
  readonly source: string;
  readonly target: string;
}

/** One sentence for each thing that must not happen; empty when all is well. */
export function findXdcrViolations(logs: readonly ClusterLog[]): string[] {
  const nameOf = nameClusters(logs);
  const active = new Map<string, Link>();
  const versions = new Map<string, Map<string, string>>();
  const violations: string[] = [];

  const about = (link: Link): string => `${link.name} (${link.source} -> ${link.target}) was active`;
  const of = (cluster: string): Link[] =>
    [...active.values()].filter(({ source, target }) => source === cluster || target === cluster);
  const mixOf = (link: Link): string[] =>
    [...new Set([link.source, link.target].flatMap((name) => [...(versions.get(name)?.values() ?? [])]))].sort();
  const lookForMixes = (links: readonly Link[], when: string): void => {
    for (const link of links) {
      const mix = mixOf(link);
      if (mix.length > 1) violations.push(`${about(link)} between ${mix.join(" and ")} when ${when}`);
    }
  };

  for (const { cluster, event } of mergeLogs(logs)) {
    const process = `${event.role} ${event.host} of ${cluster}`;
    const processes = versions.get(cluster) ?? new Map<string, string>();
    versions.set(cluster, processes);
    switch (event.event) {
      case "process_serving":
        processes.set(process, event.version ?? "?");
        lookForMixes(of(cluster), `${process} came back`);
        break;
      case "process_stopped":
      case "process_crashed":
        processes.delete(process);
        for (const link of of(cluster)) violations.push(`${about(link)} when ${process} stopped`);
        break;
      case "xdcr_set_up":
      case "xdcr_resumed": {
        const group = String(event["group"]);
        const link = { name: group, source: nameOf(event["source"]), target: cluster };
        active.set(`${cluster} ${group}`, link);
        if (event.event === "xdcr_resumed") lookForMixes([link], "it was resumed");
        break;
      }
      case "xdcr_paused":
      case "xdcr_deleted":
        active.delete(`${cluster} ${String(event["group"])}`);
        break;
      case "xdcr_versions_mixed":
        violations.push(
          `${cluster} ${event.version} read from ${String(event["sourceVersion"])} in ${String(event["group"])}`,
        );
        break;
      default:
        break;
    }
  }
  return violations;
}

/** A cluster's log tells its uuid with its first event on xDCR, as source or as target. */
function nameClusters(logs: readonly ClusterLog[]): (uuid: unknown) => string {
  const names = new Map<string, string>();
  for (const { cluster, events } of logs) {
    for (const event of events) if (typeof event["cluster"] === "string") names.set(event["cluster"], cluster);
  }
  return (uuid) => names.get(String(uuid)) ?? "elsewhere";
}
