import * as fc from "fast-check";
import { parseDuration } from "../../../provider/model/parse-duration";

test.each([
  ["250ms", 250],
  ["60s", 60_000],
  ["1.5s", 1500],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["1h30m", 5_400_000],
  ["1m500ms", 60_500],
  ["0s", 0],
  ["168h", 604_800_000],
])("%s is %d ms", (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: ms });
});

test.each([
  ["60", 'has no unit; write "60s" for seconds'],
  ["-1s", "is negative"],
  ["", 'is not a duration; write it like "90s", "5m" or "1h30m"'],
  ["5 m", 'is not a duration; write it like "90s", "5m" or "1h30m"'],
  ["5min", 'is not a duration; write it like "90s", "5m" or "1h30m"'],
  ["1d", 'is not a duration; write it like "90s", "5m" or "1h30m"'],
  ["30m1h", "has its units out of order; write the larger unit first, each once"],
  ["1s1s", "has its units out of order; write the larger unit first, each once"],
  ["169h", "is longer than 7 days"],
  [`${"9".repeat(400)}h`, "is longer than 7 days"],
])("%s is refused", (text, why) => {
  expect(parseDuration(text)).toEqual({ ok: false, why });
});

test("every text is either a whole number of milliseconds or refused with a reason", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(\d{1,4}(\.\d)?(ms|s|m|h)){1,3}$/)), (text) => {
      const result = parseDuration(text);
      if (result.ok) return Number.isSafeInteger(result.value) && result.value >= 0;
      return result.why !== "";
    }),
  );
});
