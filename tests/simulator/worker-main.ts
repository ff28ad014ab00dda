// A process that simulates the jobs it is given and answers how each one ended.

import type { Job } from "./exhaustive";
import { type Outcome, simulate } from "./simulate";

export interface WorkerAnswer {
  readonly seed: number;
  readonly runCount: number;
  /** Only of a simulation that broke a rule. */
  readonly failed: Outcome | undefined;
}

process.on("message", (jobs: readonly Job[]) => {
  void (async () => {
    for (const { seed, options } of jobs) {
      const outcome = await simulate(seed, options);
      const failed = outcome.violations.length > 0 ? outcome : undefined;
      process.send?.({ seed, runCount: outcome.runCount, failed } satisfies WorkerAnswer);
    }
  })();
});
