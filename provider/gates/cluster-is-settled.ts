// Gate: the same MServer was seen leading in several readings in a row, and for long enough to have heard of everybody.
//
// A new leader knows only the DBServers that have sent it a heartbeat, and its lists of tiles are incomplete: what it
// says right after an election looks healthier, or worse, than it is (reference part 5, rows 7 and 8).

import { HEARTBEAT_INTERVAL } from "../dialect/timers";
import { open, wait } from "../model/verdict";
import type { Gate } from "./gate";

const READINGS_MIN = 3;
/** Readings may follow each other fast; every DBServer has sent a heartbeat when two intervals are over. */
const HEARTBEATS_MIN = 2;

export const clusterIsSettled: Gate = {
  id: "cluster_is_settled",
  before: ["check_start", "restart_process", "prove_return", "promote_auto_flags"],
  ask({ inventory }) {
    const { leader } = inventory;
    if (!leader.known) return wait(`which MServer leads is not known: ${leader.why}.`);
    const { readingCount, forMs } = leader.value;
    if (readingCount < READINGS_MIN)
      return wait(`the leader MServer was seen in ${readingCount} of ${READINGS_MIN} readings in a row.`);
    // Told by DBServers, which may all be silent: the default then decides, and closes the gate for as long as it can.
    const interval = inventory.heartbeatIntervalMs;
    const neededMs = HEARTBEATS_MIN * (interval.known ? interval.value : HEARTBEAT_INTERVAL.defaultMs);
    if (forMs >= neededMs) return open;
    return wait(`the leader MServer was seen leading for ${Math.round(forMs)} of ${neededMs} ms.`);
  },
};
