// Gate: no two hosts' clocks differ by more than 100 ms. Beyond the allowed skew BMDB's processes refuse to work together,
// and a restart is when that shows.

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

const SKEW_MS_MAX = 100;

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
        // A slow connection hides what is to be seen: asked again, it is faster.
        if (skewMs + uncertaintyMs > SKEW_MS_MAX && uncertaintyMs > SKEW_MS_MAX)
          return wait(
            `the clocks of ${a.node} and ${b.node} could only be compared to ± ${Math.round(uncertaintyMs)} ms.`,
          );
      }
    return open;
  },
};
