// What the read-only look saw that a reader should know before he says yes. Not refusals: the gates
// ask again, with fresh facts, before anything is stopped.

import { type DesiredCluster, processName } from "../model/desired";
import { isFromSsh } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { isDown } from "./describe-versions";
import { findBootStarters } from "./find-boot-starters";
import { findStrayEntries } from "./find-stray-entries";
import { findSupervised } from "./find-supervised";
import { hasLostQuorum } from "./has-lost-quorum";

const WOULD_WAIT = "the roll would wait, then stop";
const NO_LEADER =
  "too few MServers run to elect a leader: which servers the cluster has, its tiles and its xDCR links are looked at when they are back";

export function findFindings(desired: DesiredCluster, inventory: Inventory): string[] {
  const down = inventory.processes.filter(isDown);
  return [
    ...down.map((facts) => `${processName(facts.id)} is down; it is started first, on ${desired.version}`),
    // With a DBServer down that is started first, tiles lack replicas because of it, and close no gate.
    ...(down.some((facts) => facts.id.role === "dbserver") ? [] : findTileTrouble(inventory)),
    ...findStrayEntries(desired, inventory),
    ...(hasLostQuorum(inventory) ? [NO_LEADER] : findUnknowns(desired, inventory)),
    ...findSupervised(desired, inventory),
    ...findBootStarters(desired, inventory),
    ...findVersionsFromSsh(inventory),
    ...findInterruptions(desired, inventory),
  ];
}

function findTileTrouble({ tilesUnderReplicated, tilesLeaderless }: Inventory): string[] {
  const under = tilesUnderReplicated.known ? tilesUnderReplicated.value.length : 0;
  const leaderless = tilesLeaderless.known ? tilesLeaderless.value.length : 0;
  return [
    ...(under > 0 ? [`${under === 1 ? "1 tile is" : `${under} tiles are`} under-replicated: ${WOULD_WAIT}`] : []),
    ...(leaderless > 0
      ? [`${leaderless === 1 ? "1 tile has" : `${leaderless} tiles have`} no leader: ${WOULD_WAIT}`]
      : []),
  ];
}

/** What no gate takes for good news, told now rather than after the MServers are done. */
function findUnknowns(desired: DesiredCluster, inventory: Inventory): string[] {
  const { replicationFactor } = inventory;
  const lags = inventory.processes
    .filter((facts) => facts.id.role === "dbserver")
    .map((facts) => facts.followerLagMsMax);
  const unknown = lags.find((lag) => !lag.known);
  // Where there are no tiles at all, nothing lags.
  const hasTiles = !inventory.dbservers.known || inventory.dbservers.value.some((entry) => entry.tiles.active !== 0);
  const isLagNeverTold =
    hasTiles && lags.every((lag) => !lag.known) && !("every_follower_is_current" in desired.policy.waive);
  return [
    ...(replicationFactor.known
      ? []
      : [`the replication factor is not known (${replicationFactor.why}): ${WOULD_WAIT}`]),
    ...(isLagNeverTold && unknown && !unknown.known
      ? [
          `how far replicas lag is not known (${unknown.why}): ${WOULD_WAIT}; where no page of this release tells it, waive every_follower_is_current`,
        ]
      : []),
  ];
}

function findVersionsFromSsh(inventory: Inventory): string[] {
  const onSsh = inventory.processes.filter((facts) => facts.version.known && isFromSsh(facts.version));
  if (onSsh.length === 0) return [];
  const isAll = onSsh.length === inventory.processes.length;
  const whose = isAll ? "any process" : onSsh.map((facts) => processName(facts.id)).join(", ");
  return [`versions come over ssh, from the release whose binary runs: no page tells that of ${whose}`];
}

function findInterruptions(desired: DesiredCluster, inventory: Inventory): string[] {
  const mserverCount = desired.nodes.filter((node) => node.roles.includes("mserver")).length;
  const { replicationFactor } = inventory;
  return [
    ...(mserverCount < 3
      ? [`${mserverCount} MServer${mserverCount === 1 ? "" : "s"}: DDL and new connections wait while one restarts`]
      : []),
    ...(replicationFactor.known && replicationFactor.value < 3
      ? [`replication factor ${replicationFactor.value}: the tiles of each DBServer are not served while it restarts`]
      : []),
  ];
}
