// Gate: no two hosts' clocks differ by more than 100 ms. Beyond the allowed skew BMDB's processes refuse to work together,
// and a restart is when that shows.

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

const SKEW_MS_MAX = 100;
/** Of a connection to the other side of the world, both ways. */
const UNCERTAINTY_MS_MAX = 1_000;

export const clocksAgree: Gate = {
  id: "clocks_agree",
  before: ["check_start"],
  ask({ inventory }) {
    const readings = [];
    for (const { node, clock } of inventory.hosts) {
      if (!clock.known) return wait(`the clock of ${node} is not known: ${clock.why}.`);
      readings.push({ node, ...clock.value });
    }
    for (const [index, a] of readings.entries())
      for (const b of readings.slice(index + 1)) {
        const skewMs = Math.abs(a.offsetMs - b.offsetMs);
        const uncertaintyMs = a.uncertaintyMs + b.uncertaintyMs;
        if (skewMs - uncertaintyMs > SKEW_MS_MAX)
          return stop(
            `the clocks of ${a.node} and ${b.node} differ by ${Math.round(skewMs)} ms (± ${Math.round(uncertaintyMs)} ms); the limit is ${SKEW_MS_MAX} ms.`,
            "Let NTP set them right, then run `pulumi up`.",
          );
        // Half the way there and back is the best guess of when the clock was read, as in NTP. A guess beyond the limit that
        // a slow connection may have made is asked again; one that cannot mean anything is not taken for good news.
        if (skewMs > SKEW_MS_MAX || uncertaintyMs > UNCERTAINTY_MS_MAX)
          return wait(
            `the clocks of ${a.node} and ${b.node} seem to differ by ${Math.round(skewMs)} ms, but could only be compared to ± ${Math.round(uncertaintyMs)} ms.`,
          );
      }
    return open;
  },
};
