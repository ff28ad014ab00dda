// What a cluster keeps of xDCR, in the document that its MServers agree on: the groups that replicate into it, and the
// streams that others read from it. A cluster may be both.

import type { ClusterDocument, HostPort } from "../cluster-document";

export type XdcrState = "INITIALIZING" | "ACTIVE" | "DISABLED" | "FAILED";

/** One table of the source that is read into one table of the target. */
export interface XdcrStream {
  readonly id: string;
  readonly sourceTable: string;
  readonly targetTable: string;
}

/** One replication group, as its target knows it. */
export interface XdcrGroup {
  readonly group: string;
  readonly state: XdcrState;
  readonly sourceMServers: readonly HostPort[];
  /** Tables that are to be replicated; those without a stream are still being set up. */
  readonly sourceTables: readonly string[];
  /** Known once the source answered. */
  readonly sourceCluster?: string;
  readonly streams: readonly XdcrStream[];
  /**
   * The entry in the consumer registry, which is what DBServers go by; absent until the setup is done. It is written
   * after `state`, so that the two differ when a leader is lost in between.
   */
  readonly registered?: { readonly disableStream?: boolean };
  readonly failure?: string;
}

/** One stream, as its source knows it. */
export interface CdcStream {
  readonly id: string;
  readonly table: string;
  readonly group: string;
  readonly targetCluster: string;
  /** Up to when the target had everything when this was last saved. */
  readonly checkpointMs: number;
  /** The source no longer has what comes next. There is no way back from that. */
  readonly isMissing?: true;
}

export interface XdcrDocument {
  readonly groups: readonly XdcrGroup[];
  readonly streams: readonly CdcStream[];
  /** Version of the producer registry. */
  readonly producerVersion: number;
  /** Streams that were paused on the source's side. */
  readonly pausedStreams: readonly string[];
}

const NO_XDCR: XdcrDocument = { groups: [], streams: [], producerVersion: 0, pausedStreams: [] };

export const xdcrOf = (document: { readonly xdcr?: XdcrDocument }): XdcrDocument => document.xdcr ?? NO_XDCR;

export const findGroup = (document: ClusterDocument, group: string): XdcrGroup | undefined =>
  xdcrOf(document).groups.find((one) => one.group === group);

export function withXdcr(document: ClusterDocument, change: Partial<XdcrDocument>): ClusterDocument {
  return { ...document, xdcr: { ...xdcrOf(document), ...change } };
}

/** The document with that group as `group` has it, new or changed. */
export function withGroup(document: ClusterDocument, group: XdcrGroup): ClusterDocument {
  const { groups } = xdcrOf(document);
  const isKnown = groups.some((one) => one.group === group.group);
  return withXdcr(document, {
    groups: isKnown ? groups.map((one) => (one.group === group.group ? group : one)) : [...groups, group],
  });
}

/** Every change of the consumer registry is a change of the cluster config. */
export const withNextConfigVersion = (document: ClusterDocument): ClusterDocument => ({
  ...document,
  config: { ...document.config, version: document.config.version + 1 },
});

/** Tables whose stream the source has not made yet. */
export const listTablesInSetup = (group: XdcrGroup): string[] =>
  group.state === "FAILED"
    ? []
    : group.sourceTables.filter((table) => !group.streams.some((stream) => stream.sourceTable === table));

export const isReplicating = (group: XdcrGroup): boolean =>
  group.registered !== undefined && group.registered.disableStream !== true;
