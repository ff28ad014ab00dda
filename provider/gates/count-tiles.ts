// Pure: whether a DBServer holds all the replicas that the leader MServer counts on it, and none of them failed.
//
// A process answers, and sends heartbeats, long before its tiles are up. The first few that are up lag little and say
// nothing about the rest, so the small lag of a part must not pass for that of the whole.

import { type DesiredCluster, type ProcessId, processName } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory, ProcessFacts } from "../model/inventory";
import type { DBServerEntry } from "../model/pages";
import type { GateQuestion } from "./gate";
import { nameSome } from "./name-some";

type Seen = Pick<GateQuestion, "desired" | "inventory">;

/** There is nothing on it: neither placed there nor up. "None is up" alone is also said right after a restart. */
export function hasNoTiles(seen: Seen, id: ProcessId): boolean {
  const tiles = findEntry(seen, id)?.tiles;
  return tiles !== undefined && tiles.active === 0 && countPlaced(tiles) === 0;
}

/** What is wrong with its replicas as a whole; undefined when nothing that is told speaks against them. */
export function findTilesMissing(seen: Seen, { id, tileCount, failedTiles }: ProcessFacts): string | undefined {
  if (!failedTiles.known) return `whether tiles of ${processName(id)} have failed is not known: ${failedTiles.why}.`;
  if (failedTiles.value !== null && failedTiles.value.length > 0)
    return `${failedTiles.value.length} tiles on ${processName(id)} have FAILED (${nameSome(failedTiles.value)}).`;
  const tiles = findEntry(seen, id)?.tiles;
  const placed = tiles && countPlaced(tiles);
  if (tiles === undefined || placed === undefined) return undefined;
  const counts = [tiles.active, knownValue(tileCount)].filter((count) => count !== undefined);
  const upCount = Math.min(...counts);
  return counts.length === 0 || upCount >= placed
    ? undefined
    : `${upCount} of ${placed} tiles on ${processName(id)} are up.`;
}

/** Replicas placed on a DBServer, as the leader MServer counts them: up or not, leading or not. */
export const countPlaced = ({ user, system }: DBServerEntry["tiles"]): number | undefined =>
  user === undefined || system === undefined ? undefined : user + system;

function findEntry({ desired, inventory }: { desired: DesiredCluster; inventory: Inventory }, id: ProcessId) {
  const node = desired.nodes.find((each) => each.name === id.node);
  const entries = knownValue(inventory.dbservers) ?? [];
  return entries.find((entry) => entry.host === node?.host && entry.httpPort === node.ports.dbserverHttp);
}
