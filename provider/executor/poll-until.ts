// Asks again and again until the answer is yes, the limit is over or the run is stopped. The only loop that waits.

import type { Clock } from "../ports";

export type Probe<T> = { readonly done: true; readonly value: T } | { readonly done: false; readonly last: string };
export type PollOutcome<T> =
  | { readonly kind: "done"; readonly value: T; readonly waitedMs: number }
  | { readonly kind: "expired"; readonly last: string; readonly waitedMs: number };

export interface PollOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Look again so soon at first: for what is often done in a moment. At most `intervalMs`, which is also the default. */
  readonly firstMs?: number;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Told after every reading that was not yet it. */
  readonly onWait?: (last: string, waitedMs: number) => void;
}

/** At least one reading is made, whatever the limit. Intervals grow, to four times `intervalMs`. */
export async function pollUntil<T>(options: PollOptions, probe: () => Promise<Probe<T>>): Promise<PollOutcome<T>> {
  const { clock, limitMs, signal } = options;
  const startedMs = clock.monotonicMs();
  let intervalMs = Math.min(options.firstMs ?? options.intervalMs, options.intervalMs);
  for (;;) {
    signal.throwIfAborted();
    const reading = await probe();
    const waitedMs = clock.monotonicMs() - startedMs;
    if (reading.done) return { kind: "done", value: reading.value, waitedMs };
    if (waitedMs >= limitMs) return { kind: "expired", last: reading.last, waitedMs };
    options.onWait?.(reading.last, waitedMs);
    await clock.sleep(Math.max(1, Math.min(intervalMs, limitMs - waitedMs)), signal);
    intervalMs = Math.min(intervalMs * 1.3, options.intervalMs * 4);
  }
}
