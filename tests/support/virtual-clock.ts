// Time that passes only when somebody sleeps: a test of an hour's waiting takes no time and always goes the same way.

import type { Clock } from "../../provider/ports";

export interface VirtualClock extends Clock {
  /** Every sleep so far, in order. */
  readonly slept: readonly number[];
  /** Lets time pass without a sleep: an answer that took long. */
  advance(ms: number): void;
}

/** The wall clock starts far from the monotonic one, so that a mix-up of the two shows. */
export function createVirtualClock(startAtMs = Date.UTC(2026, 0, 1)): VirtualClock {
  const slept: number[] = [];
  const repeated = new Set<{ dueMs: number; readonly everyMs: number; readonly work: () => Promise<void> }>();
  let elapsedMs = 0;
  return {
    slept,
    nowMs: () => startAtMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    advance(ms) {
      elapsedMs += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      const untilMs = elapsedMs + ms;
      for (;;) {
        const due = [...repeated].filter((each) => each.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        elapsedMs = Math.max(elapsedMs, due.dueMs);
        due.dueMs = elapsedMs + due.everyMs;
        await due.work();
      }
      elapsedMs = Math.max(elapsedMs, untilMs);
      signal?.throwIfAborted();
    },
    every(ms, work) {
      const entry = { dueMs: elapsedMs + ms, everyMs: ms, work };
      repeated.add(entry);
      return () => repeated.delete(entry);
    },
  };
}
