// Pure: the state of declared links, and whether replication may run again (spec X1–X3).

import type { DesiredCluster } from "./desired";
import { type Fact, knownValue } from "./fact";
import type { Inventory, XdcrPeer } from "./inventory";
import type { ClusterConfig, XdcrGroup } from "./pages";
import { compareVersions, isSameRelease } from "./version";
import type { XdcrLink } from "./xdcr";

/** Of the cluster that `links` call so. */
export function configOf(desired: DesiredCluster, inventory: Inventory, cluster: string): Fact<ClusterConfig> {
  if (cluster === desired.xdcr?.self) return inventory.config;
  const peer = inventory.xdcrPeers.find(({ name }) => name === cluster);
  return peer?.config ?? { known: false, why: "it was not asked", from: cluster, atMs: inventory.observedAtMs };
}

export type LinkState =
  | { readonly kind: "active" | "paused"; readonly group: XdcrGroup }
  /** The target does not list the group. */
  | { readonly kind: "missing" }
  | { readonly kind: "unknown"; readonly why: string };

/** Only the target's cluster configuration tells; a command that succeeded does not. */
export function readLink(desired: DesiredCluster, inventory: Inventory, link: XdcrLink): LinkState {
  const config = configOf(desired, inventory, link.target);
  if (!config.known) return { kind: "unknown", why: config.why };
  const group = config.value.xdcrGroups.find((each) => each.group === link.group);
  if (group === undefined) return { kind: "missing" };
  return { kind: group.isPaused ? "paused" : "active", group };
}

/** Why replication may not run yet: what has to be upgraded first, one sentence each. Empty: it may. */
export function findUnready(
  desired: DesiredCluster,
  inventory: Inventory,
  ownAutoFlags: Fact<readonly string[]>,
): string[] {
  const { xdcr } = desired;
  if (xdcr === undefined) return [];
  const old = inventory.processes.filter(
    ({ version }) => !version.known || !isSameRelease(desired.version, version.value),
  );
  if (old.length > 0) return [`${old.length} processes of ${xdcr.self} do not run ${desired.version}`];
  return inventory.xdcrPeers.flatMap((peer) => judgePeer(desired, peer, ownAutoFlags));
}

function judgePeer({ version, xdcr }: DesiredCluster, peer: XdcrPeer, ownAutoFlags: Fact<readonly string[]>): string[] {
  const { name, processes, autoFlags } = peer;
  if (!processes.known) return [`what ${name} runs is not known: ${processes.why}`];
  const isOnlyTarget = !xdcr?.links.some(({ source }) => source === name);
  const differing = processes.value.filter((process) => !isSameRelease(version, process.version));
  const older = differing.filter((process) => compareVersions(process.version, version) < 0);
  const versions = (some: typeof differing): string => [...new Set(some.map((process) => process.version))].join(", ");
  if (older.length > 0)
    return [
      `${older.length} of ${processes.value.length} processes of ${name} run ${versions(older)}: upgrade it to ${version}`,
    ];
  if (differing.length > 0 && !isOnlyTarget)
    return [`${name} runs ${versions(differing)} and is a source: upgrade ${xdcr?.self} to that release`];
  // Without types of flags nobody can tell whether a release was finalised.
  if (!autoFlags.known) return [`whether ${name} is finalised is not known: ${autoFlags.why}`];
  if (!ownAutoFlags.known) return [`whether ${xdcr?.self} is finalised is not known: ${ownAutoFlags.why}`];
  const missing = ownAutoFlags.value.filter((flag) => !autoFlags.value.includes(flag));
  return missing.length === 0
    ? []
    : [`${name} has not promoted ${missing.length} AutoFlags that are promoted here: finalise it`];
}

export const RETENTION_DEFAULT_MS = 14_400_000;

/** The shortest time that a source of a declared link keeps what its target has not read. */
export function shortestRetentionMs(desired: DesiredCluster, inventory: Inventory): number {
  const sources = [...new Set((desired.xdcr?.links ?? []).map(({ source }) => source))];
  const retentions = sources.map((source) =>
    source === desired.xdcr?.self
      ? knownValue(inventory.walRetentionMs)
      : knownValue(inventory.xdcrPeers.find(({ name }) => name === source)?.walRetentionMs),
  );
  return Math.min(...retentions.map((each) => each ?? RETENTION_DEFAULT_MS), Number.POSITIVE_INFINITY);
}
