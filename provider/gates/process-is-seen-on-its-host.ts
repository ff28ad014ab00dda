// Gate: the process that would be stopped, or started, was just seen (or seen missing) on its host; before promotion, every one.
//
// What a process says of itself over HTTP and what its host shows have to be about the same thing.

import { processName } from "../model/desired";
import { open, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const processIsSeenOnItsHost: Gate = {
  id: "process_is_seen_on_its_host",
  before: ["restart_process", "start_process", "verify_one_version"],
  ask({ inventory, candidate }) {
    for (const facts of inventory.processes) {
      if (candidate && (facts.id.node !== candidate.node || facts.id.role !== candidate.role)) continue;
      if (!facts.running.known)
        return wait(`what runs as ${processName(facts.id)} is not known: ${facts.running.why}.`);
    }
    return open;
  },
};
