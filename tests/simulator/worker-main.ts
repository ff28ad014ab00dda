// A process that simulates the seeds it is given and answers how each one ended.

import { type Outcome, simulate } from "./simulate";

export interface WorkerAnswer {
  readonly seed: number;
  readonly runCount: number;
  /** Only of a simulation that broke a rule. */
  readonly failed: Outcome | undefined;
}

process.on("message", (seeds: readonly number[]) => {
  void (async () => {
    for (const seed of seeds) {
      const outcome = await simulate(seed);
      const failed = outcome.violations.length > 0 ? outcome : undefined;
      process.send?.({ seed, runCount: outcome.runCount, failed } satisfies WorkerAnswer);
    }
  })();
});
