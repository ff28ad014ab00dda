// Gate: the program names every link in which this cluster is target or source. Not waivable.
//
// A target knows its groups; a source knows only the streams that are read from it, and those of declared links are found in
// the configuration of their targets. Whatever is left belongs to a link that nobody would pause.

import type { Inventory } from "../model/inventory";
import { configOf } from "../model/judge-xdcr";
import type { XdcrGroup } from "../model/pages";
import { open, stop, wait } from "../model/verdict";
import type { DesiredXdcr } from "../model/xdcr";
import type { Gate } from "./gate";
import { nameSome } from "./name-some";

export const everyXdcrLinkIsDeclared: Gate = {
  id: "every_xdcr_link_is_declared",
  before: ["check_start"],
  ask({ desired, inventory }) {
    const { xdcr } = desired;
    const { config, cdcStreams } = inventory;
    if (!config.known) return wait(`what replicates into this cluster is not known: ${config.why}.`);
    const into = config.value.xdcrGroups.filter(
      ({ group }) => !xdcr?.links.some((link) => link.group === group && link.target === xdcr.self),
    );
    const [first] = into;
    if (first !== undefined)
      return stop(
        `replication group ${into.map(({ group }) => group).join(", ")} into this cluster is not declared. Declare it: ${declarationOf(first, xdcr)}`,
        NEXT,
      );
    if (!cdcStreams.known) return wait(`what other clusters read from this one is not known: ${cdcStreams.why}.`);
    if (cdcStreams.value.length === 0) return open;
    const outgoing = xdcr?.links.filter(({ source }) => source === xdcr.self) ?? [];
    const declared = new Set<string>();
    for (const { group, target } of outgoing) {
      const theirs = configOf(desired, inventory, target);
      if (!theirs.known) return wait(`what ${target} reads is not known: ${theirs.why}.`);
      const found = theirs.value.xdcrGroups.find((each) => each.group === group);
      for (const stream of found?.streamIds ?? []) declared.add(stream);
    }
    const unknown = cdcStreams.value.filter((stream) => !declared.has(stream));
    if (unknown.length === 0) return open;
    return stop(
      `${unknown.length} of ${cdcStreams.value.length} streams (${nameSome(unknown)}) are read from this cluster by a link that is not declared. Declare it: ${outgoingDeclaration(xdcr, findReader(inventory, unknown))}`,
      `${NEXT} Streams that a deleted group left behind are removed with bm-admin delete_cdc_stream.`,
    );
  },
};

const NEXT =
  "Nothing was stopped. Put the declaration into the program, with the names you choose (docs/xdcr.md), then run `pulumi preview`.";

function declarationOf({ group, sourceMServers }: XdcrGroup, xdcr: DesiredXdcr | undefined): string {
  const mservers = sourceMServers.map(({ host, port }) => `${host}:${port}`).join(",");
  const known = Object.entries(xdcr?.clusters ?? {}).find(([, cluster]) => cluster.mservers === mservers)?.[0];
  const link = `{ group: ${JSON.stringify(group)}, source: ${JSON.stringify(known ?? "other")}, target: ${JSON.stringify(xdcr?.self ?? "this")} }`;
  if (known !== undefined) return `xdcr.links: ${link}`;
  const other = `other: { mservers: ${JSON.stringify(mservers)}, adminHost: ${JSON.stringify(sourceMServers[0]?.host ?? "HOST")}, releaseDir: "~/softwarebm-VERSION" }`;
  return xdcr === undefined
    ? `xdcr: { self: "this", links: [${link}], clusters: { ${other} } }`
    : `xdcr.links: ${link}, xdcr.clusters: ${other}`;
}

/** A cluster that the program knows may be the one that reads: then its configuration names the group. */
function findReader(
  { xdcrPeers }: Inventory,
  streams: readonly string[],
): { group: string; target: string } | undefined {
  for (const { name, config } of xdcrPeers) {
    const groups = config.known ? config.value.xdcrGroups : [];
    const found = groups.find(({ streamIds }) => streamIds.some((stream) => streams.includes(stream)));
    if (found !== undefined) return { group: found.group, target: name };
  }
  return undefined;
}

function outgoingDeclaration(xdcr: DesiredXdcr | undefined, reader: ReturnType<typeof findReader>): string {
  if (xdcr !== undefined && reader !== undefined)
    return `xdcr.links: { group: ${JSON.stringify(reader.group)}, source: ${JSON.stringify(xdcr.self)}, target: ${JSON.stringify(reader.target)} }`;
  const link = `{ group: "GROUP", source: ${JSON.stringify(xdcr?.self ?? "this")}, target: "other" }`;
  const other = 'other: { mservers: "HOST:11000", adminHost: "HOST", releaseDir: "~/softwarebm-VERSION" }';
  return xdcr === undefined
    ? `xdcr: { self: "this", links: [${link}], clusters: { ${other} } }`
    : `xdcr.links: ${link}, xdcr.clusters: ${other}`;
}
