// Gate: with this DBServer stopped, every tile still has a majority of its replicas (design rule 1). Not waivable.
//
// Asked before the roll too, of every DBServer that it will stop: half a roll is worse than none.
// Which replica lies where is not told by 2.18, so the worst is taken: every DBServer that is down, silent or behind is a
// holder of the same tile, and so is the candidate. At replication factor 3 that leaves room for the candidate alone.

import { isSameProcess, type ProcessId, processName } from "../model/desired";
import type { ProcessFacts } from "../model/inventory";
import { type GateVerdict, open, stop, wait } from "../model/verdict";
import { isSameRelease } from "../model/version";
import { findTilesMissing, hasNoTiles } from "./count-tiles";
import { areTilesExcused, type Gate, type GateQuestion } from "./gate";

export const everyTileKeepsAMajority: Gate = {
  id: "every_tile_keeps_a_majority",
  before: ["check_start", "restart_process"],
  ask(question) {
    if (areTilesExcused(question)) return open;
    const verdicts = listStops(question).map((id) => judgeStop(question, id));
    return verdicts.find((verdict) => verdict.kind !== "open") ?? open;
  },
};

/** The DBServer that is to be stopped; before the roll, every one that is not on the new release. */
function listStops({ desired, inventory, candidate }: GateQuestion): ProcessId[] {
  if (candidate !== undefined) return candidate.role === "dbserver" ? [candidate] : [];
  return inventory.processes
    .filter(
      ({ id, version }) => id.role === "dbserver" && !(version.known && isSameRelease(desired.version, version.value)),
    )
    .map((facts) => facts.id);
}

function judgeStop(question: GateQuestion, candidate: ProcessId): GateVerdict {
  const { inventory, desired } = question;
  const { replicationFactor, tilesUnderReplicated } = inventory;
  if (!replicationFactor.known) return wait(`the replication factor is not known: ${replicationFactor.why}.`);
  const spare = Math.floor((replicationFactor.value - 1) / 2);
  if (spare === 0)
    return desired.policy.allowInterruption
      ? open
      : stop(
          `at replication factor ${replicationFactor.value} a tile has no majority while one of its DBServers is stopped, and policy.allowInterruption is false.`,
        );
  if (!tilesUnderReplicated.known)
    return wait(`whether tiles are under-replicated is not known: ${tilesUnderReplicated.why}.`);
  const others = inventory.processes.filter(
    (facts) => facts.id.role === "dbserver" && !isSameProcess(facts.id, candidate),
  );
  const lost = others.filter((facts) => !counts(question, facts));
  // How many replicas such a tile still has is not told: it may have no more than a majority.
  const lostCount = lost.length + (tilesUnderReplicated.value.length > 0 ? spare : 0);
  if (lostCount + 1 <= spare) return open;
  const why = lost.length > 0 ? `${lost.map((facts) => processName(facts.id)).join(", ")} would not count` : "";
  const tiles =
    tilesUnderReplicated.value.length > 0
      ? `${tilesUnderReplicated.value.length} tiles have fewer replicas than they should`
      : "";
  return why || tiles
    ? wait(
        `at replication factor ${replicationFactor.value} ${spare} replica of a tile may be missing; ${[why, tiles].filter(Boolean).join(", and ")}, and ${processName(candidate)} would be stopped.`,
      )
    : open;
}

/** A replica holder counts when it answers by itself, all its tiles are up, and it is known not to be behind. */
function counts(question: GateQuestion, facts: ProcessFacts): boolean {
  const { desired } = question;
  if (!facts.isAnswering.known || !facts.isAnswering.value) return false;
  const lag = facts.followerLagMsMax;
  if (!lag.known && hasNoTiles(question, facts.id)) return true;
  if (findTilesMissing(question, facts)) return false;
  // Where lag is not told at all, the gate every_follower_is_current has waited for it, or was waived for this roll.
  return lag.known ? lag.value <= desired.policy.followerLagMaxMs : "every_follower_is_current" in desired.policy.waive;
}
