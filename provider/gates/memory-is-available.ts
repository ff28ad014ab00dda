// Gate: every host has 700 MB of memory available. Less, and a starting process may be killed by the kernel.

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

const AVAILABLE_BYTES_MIN = 716_800 * 1024;

export const memoryIsAvailable: Gate = {
  id: "memory_is_available",
  before: ["check_start"],
  ask({ inventory }) {
    for (const { node, facts } of inventory.hosts) {
      if (!facts.known) return wait(`how much memory ${node} has is not known: ${facts.why}.`);
      const bytes = facts.value.memAvailableBytes;
      if (bytes === undefined) return wait(`how much memory ${node} has is not known: /proc/meminfo does not say it.`);
      if (bytes < AVAILABLE_BYTES_MIN)
        return stop(
          `${node} has ${Math.floor(bytes / 1024 / 1024)} MB of memory available; 700 MB are needed.`,
          "Free memory there, or waive this gate if that is its normal state, then run `pulumi up`.",
        );
    }
    return open;
  },
};
