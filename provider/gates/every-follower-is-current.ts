// Gate: no replica lags behind its leader by more than policy.followerLagMax, on any DBServer.
//
// A lagging replica counts for nothing when the next process stops, though the leader MServer still lists it. While a
// DBServer that is down waits for its start, others may lag because of it: without a majority nobody tells them anything.

import { processName } from "../model/desired";
import { knownValue } from "../model/fact";
import { open, wait } from "../model/verdict";
import { areTilesExcused, type Gate, type GateQuestion, isExcused } from "./gate";

export const everyFollowerIsCurrent: Gate = {
  id: "every_follower_is_current",
  before: ["check_start", "restart_process", "prove_return", "watch", "promote_auto_flags"],
  ask(question) {
    const limitMs = question.desired.policy.followerLagMaxMs;
    for (const facts of question.inventory.processes.filter((each) => each.id.role === "dbserver")) {
      if (isExcused(question, facts.id)) continue;
      const lag = facts.followerLagMsMax;
      // Where there are no tiles, nothing can lag.
      if (!lag.known && hasNoTiles(question, facts.id.node)) continue;
      if (!lag.known) return wait(`how far ${processName(facts.id)} lags is not known: ${lag.why}.`);
      if (lag.value > limitMs && !areTilesExcused(question))
        return wait(
          `a replica on ${processName(facts.id)} is ${(lag.value / 1000).toFixed(1)} s behind; the limit is ${limitMs / 1000} s.`,
        );
    }
    return open;
  },
};

export function hasNoTiles({ desired, inventory }: GateQuestion, name: string): boolean {
  const node = desired.nodes.find((each) => each.name === name);
  const entries = knownValue(inventory.dbservers) ?? [];
  return entries.some(
    (entry) => entry.host === node?.host && entry.httpPort === node.ports.dbserverHttp && entry.tiles.active === 0,
  );
}
