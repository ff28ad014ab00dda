// Gate: every replica on every DBServer is up, and lags behind its leader by no more than policy.followerLagMax.
// So does the catalog on every MServer: one that has just come back is no part of a majority until it has caught up.
//
// A lagging replica counts for nothing when the next process stops, though the leader MServer still lists it. While a
// DBServer that is down waits for its start, others may lag because of it: without a majority nobody tells them anything.

import { processName, type Role } from "../model/desired";
import { open, wait } from "../model/verdict";
import { findTilesMissing, hasNoTiles } from "./count-tiles";
import { areTilesExcused, type Gate, isExcused } from "./gate";

export const everyFollowerIsCurrent: Gate = {
  id: "every_follower_is_current",
  before: ["check_start", "restart_process", "prove_return", "watch", "promote_auto_flags"],
  ask(question) {
    const limitMs = question.desired.policy.followerLagMaxMs;
    const ofRole = (role: Role) => question.inventory.processes.filter((facts) => facts.id.role === role);
    // Of a release that tells it of neither, the DBServers' are waited for, or waived; MServers add nothing to that.
    const isTold = ofRole("dbserver").some((facts) => facts.followerLagMsMax.known);
    for (const facts of ofRole("mserver")) {
      if (isExcused(question, facts.id)) continue;
      const lag = facts.followerLagMsMax;
      if (!lag.known && isTold) return wait(`how far ${processName(facts.id)} lags is not known: ${lag.why}.`);
      if (lag.known && lag.value > limitMs)
        return wait(
          `the catalog on ${processName(facts.id)} is ${(lag.value / 1000).toFixed(1)} s behind; the limit is ${limitMs / 1000} s.`,
        );
    }
    for (const facts of ofRole("dbserver")) {
      if (isExcused(question, facts.id)) continue;
      const lag = facts.followerLagMsMax;
      // Where there are no tiles, nothing can lag.
      if (!lag.known && hasNoTiles(question, facts.id)) continue;
      if (!lag.known) return wait(`how far ${processName(facts.id)} lags is not known: ${lag.why}.`);
      if (areTilesExcused(question)) continue;
      const missing = findTilesMissing(question, facts);
      if (missing) return wait(missing);
      if (lag.value > limitMs)
        return wait(
          `a replica on ${processName(facts.id)} is ${(lag.value / 1000).toFixed(1)} s behind; the limit is ${limitMs / 1000} s.`,
        );
    }
    return open;
  },
};
