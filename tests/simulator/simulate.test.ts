// A part of the simulation for every test run: seeds that found something once, some fixed ones, and some new ones.

import { describeOutcome } from "./describe-outcome";
import { listExhaustive } from "./exhaustive";
import { FAULT_KINDS, type PlannedFault } from "./faults";
import { FOUND } from "./found";
import { type SimulationOptions, simulate } from "./simulate";

const FIXED = [1, 2, 3, 4, 5, 6, 7, 8];
const FRESH_COUNT = 4;

const startedMs = performance.now();
let count = 0;
afterAll(() => {
  const rate = count / ((performance.now() - startedMs) / 1000);
  process.stdout.write(`${count} simulated upgrades, ${rate.toFixed(1)} a second\n`);
});

const run = async (seed: number, options?: SimulationOptions): Promise<void> => {
  const outcome = await simulate(seed, options);
  count += 1;
  if (outcome.violations.length > 0)
    throw new Error(`${describeOutcome(outcome)}\n\nagain: npm run simulate -- --replay ${seed}`);
};

test.each(FOUND)(
  "seed $seed is upgraded by the rules ($what)",
  async ({ seed, faults }) => run(seed, { faults }),
  60_000,
);
test.each(FIXED)("seed %s is upgraded by the rules", async (seed) => run(seed), 60_000);
test("fresh seeds are upgraded by the rules", async () => {
  const first = Date.now() % 1_000_000_000;
  for (let seed = first; seed < first + FRESH_COUNT; seed++) await run(seed);
});

test("a simulation is the same when it is repeated", async () => {
  const [one, other] = [await simulate(77), await simulate(77)];
  expect(other).toEqual(one);
  expect(one.acknowledged).toBeGreaterThan(20);
});

test.each(["restart_process", "promote_auto_flags"])(
  "what was answered before the machine slept for an hour is asked again before it acts (%s)",
  async (kind) => {
    const sleep: PlannedFault = {
      kind: "own_machine_sleeps",
      // The questions of the gates are on their way then.
      withStep: { kind, number: 1 },
      afterMs: 1,
      forMs: 3_600_000,
      // Answers wait in their sockets.
      moment: "after",
      host: "db1",
      otherHost: "db2",
      role: "mserver",
      operation: "promote_auto_flags",
      awaitCount: 0,
    };
    await run(1, { faults: [sleep] });
  },
  60_000,
);

test("a run is killed at the first thing that it waits for", async () => {
  const [first] = await listExhaustive();
  if (first === undefined) throw new Error("nothing is to be simulated");
  await run(first.seed, first.options);
});

test("at least twenty kinds of faults are drawn", () => {
  expect(FAULT_KINDS.length).toBeGreaterThanOrEqual(20);
});
