import { setTimeout as sleep } from "node:timers/promises";

/** Asks `look` again and again until it answers something else than undefined; undefined when the limit ran out. */
export async function pollUntil<T>(
  look: () => Promise<T | undefined> | T | undefined,
  limitMs: number,
  intervalMs = 50,
): Promise<T | undefined> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() >= endMs) return undefined;
    await sleep(intervalMs);
  }
}
