// Durations as people write them: "250ms", "60s", "5m", "1h", "1h30m". The unit is never guessed.

import { type Parsed, parsed, unparsed } from "./fact";

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** Longer than any upgrade; also keeps every duration within what a timer can hold. */
export const DURATION_MS_MAX = 7 * 24 * UNIT_MS.h;

/** Milliseconds of `text`, or why it is not a duration. Zero is a duration; whether it makes sense is the caller's to say. */
export function parseDuration(text: string): Parsed<number> {
  if (/^\d+(\.\d+)?$/.test(text)) return unparsed(`has no unit; write "${text}s" for seconds`);
  if (/^-/.test(text)) return unparsed("is negative");
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text))
    return unparsed('is not a duration; write it like "90s", "5m" or "1h30m"');
  let ms = 0;
  let unitBefore = Number.POSITIVE_INFINITY;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    const unitMs = UNIT_MS[unit as Unit];
    if (unitMs >= unitBefore) return unparsed("has its units out of order; write the larger unit first, each once");
    unitBefore = unitMs;
    ms += Number(amount) * unitMs;
  }
  if (ms > DURATION_MS_MAX) return unparsed("is longer than 7 days");
  return parsed(Math.round(ms));
}
