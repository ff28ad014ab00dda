import { type Probe, pollUntil } from "../../../provider/executor/poll-until";
import { inTurn } from "../../support/build-run";
import { createVirtualClock } from "../../support/virtual-clock";

const notYet = (last: string): Probe<string> => ({ done: false, last });
const done: Probe<string> = { done: true, value: "here" };

function poll(
  readings: readonly [Probe<string>, ...Probe<string>[]],
  limitMs: number,
  intervalMs = 100,
  firstMs?: number,
) {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const waits: [string, number][] = [];
  let readingCount = 0;
  const next = inTurn(readings);
  const options = {
    clock,
    intervalMs,
    ...(firstMs !== undefined && { firstMs }),
    limitMs,
    signal: controller.signal,
    onWait: (last: string, ms: number) => waits.push([last, ms]),
  };
  const outcome = pollUntil(options, async () => {
    readingCount += 1;
    return next();
  });
  return { outcome, clock, controller, waits, readingCount: () => readingCount };
}

test("a first reading that is it ends the polling without a sleep", async () => {
  const { outcome, clock, waits } = poll([done], 1_000);
  expect(await outcome).toEqual({ kind: "done", value: "here", waitedMs: 0 });
  expect(clock.slept).toEqual([]);
  expect(waits).toEqual([]);
});

test("at least one reading is made even when the limit is zero", async () => {
  expect(await poll([done], 0).outcome).toMatchObject({ kind: "done" });
  const { outcome, readingCount } = poll([notYet("no")], 0);
  expect(await outcome).toEqual({ kind: "expired", last: "no", waitedMs: 0 });
  expect(readingCount()).toBe(1);
});

test("intervals grow by 1.3 to four times the first one and no further", async () => {
  const { outcome, clock } = poll([notYet("no")], 100_000);
  await outcome;
  const rounded = clock.slept.map(Math.round);
  expect(rounded.slice(0, 7)).toEqual([100, 130, 169, 220, 286, 371, 400]);
  expect(new Set(rounded.slice(6, -1))).toEqual(new Set([400]));
});

test("what is often done in a moment is looked at sooner at first, and as rarely in the end", async () => {
  const { outcome, clock } = poll([notYet("no")], 100_000, 100, 40);
  await outcome;
  const rounded = clock.slept.map(Math.round);
  expect(rounded.slice(0, 4)).toEqual([40, 52, 68, 88]);
  expect(rounded.at(-2)).toBe(400);
});

test("a first look is never later than the interval", async () => {
  const { outcome, clock } = poll([notYet("no"), done], 100_000, 100, 900);
  await outcome;
  expect(clock.slept).toEqual([100]);
});

test("the last sleep ends at the limit, and what was seen there is what is quoted", async () => {
  const { outcome, clock, waits } = poll([notYet("first"), notYet("second"), notYet("third")], 200);
  expect(await outcome).toEqual({ kind: "expired", last: "third", waitedMs: 200 });
  expect(clock.slept).toEqual([100, 100]);
  expect(waits).toEqual([
    ["first", 0],
    ["second", 100],
  ]);
});

test("a reading at the limit that is it still counts", async () => {
  expect(await poll([notYet("no"), notYet("no"), done], 200).outcome).toEqual({
    kind: "done",
    value: "here",
    waitedMs: 200,
  });
});

test("a reading that took longer than the limit is the last one", async () => {
  const clock = createVirtualClock();
  let readingCount = 0;
  const outcome = await pollUntil(
    { clock, intervalMs: 100, limitMs: 1_000, signal: new AbortController().signal },
    async () => {
      readingCount += 1;
      clock.advance(5_000);
      return notYet("slow");
    },
  );
  expect(outcome).toEqual({ kind: "expired", last: "slow", waitedMs: 5_000 });
  expect(readingCount).toBe(1);
});

test("an aborted signal ends it before the first reading, with the signal's reason", async () => {
  const clock = createVirtualClock();
  const reason = new Error("stopped by the operator");
  let readingCount = 0;
  const polling = pollUntil({ clock, intervalMs: 100, limitMs: 1_000, signal: AbortSignal.abort(reason) }, async () => {
    readingCount += 1;
    return notYet("no");
  });
  await expect(polling).rejects.toBe(reason);
  expect(readingCount).toBe(0);
});

test("a signal that is aborted during a reading ends it before the next one", async () => {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const reason = new Error("stopped by the operator");
  let readingCount = 0;
  const options = { clock, intervalMs: 100, limitMs: 1_000, signal: controller.signal };
  const polling = pollUntil(options, async () => {
    readingCount += 1;
    controller.abort(reason);
    return notYet("no");
  });
  await expect(polling).rejects.toBe(reason);
  expect(readingCount).toBe(1);
});

test("what a reading raises is raised", async () => {
  const failure = new Error("a wrong host key");
  const polling = pollUntil(
    { clock: createVirtualClock(), intervalMs: 100, limitMs: 1_000, signal: new AbortController().signal },
    async () => Promise.reject(failure),
  );
  await expect(polling).rejects.toBe(failure);
});
