// Told to stop, a run says so at once, waits no longer for what only reads, and sees through what nobody may leave in the middle.

import { type Run, say } from "./run";

/** The moment it is told, whatever it is doing: what it still has to see through is said with it. */
export function tellStop(run: Run): void {
  const { until } = run.safePoint;
  say(run, `stopping at the next safe point${until === undefined ? "" : `: when ${until}`}`, "lasting");
}

/** Does what has to be seen through. `until`: how its end is told, e.g. `upgrade_bsql has answered, at most 390 s`. */
export async function seeThrough<T>(run: Run, until: string, work: () => Promise<T>): Promise<T> {
  const before = run.safePoint.until;
  run.safePoint.until = until;
  try {
    return await work();
  } finally {
    run.safePoint.until = before;
  }
}

/** What is read, or the signal's reason as soon as it is aborted: nobody has to wait for a page that hangs. */
export async function readUntilStopped<T>(signal: AbortSignal, reading: Promise<T>): Promise<T> {
  // Of a reading that is no longer waited for nobody wants to know.
  reading.catch(() => undefined);
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
  });
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([reading, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
