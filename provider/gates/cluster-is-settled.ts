// Gate: the same MServer was seen leading in several readings in a row.
//
// A new leader knows only the DBServers that have sent it a heartbeat, and its lists of tiles are incomplete: what it
// says right after an election looks healthier, or worse, than it is (reference part 5, rows 7 and 8).

import { open, wait } from "../model/verdict";
import type { Gate } from "./gate";

const READINGS_MIN = 3;

export const clusterIsSettled: Gate = {
  id: "cluster_is_settled",
  before: ["check_start", "restart_process", "prove_return", "promote_auto_flags"],
  ask({ inventory }) {
    const { leader } = inventory;
    if (!leader.known) return wait(`which MServer leads is not known: ${leader.why}.`);
    if (leader.value.readingCount >= READINGS_MIN) return open;
    return wait(`the leader MServer was seen in ${leader.value.readingCount} of ${READINGS_MIN} readings in a row.`);
  },
};
