import { type BmdbError, isBmdbError } from "../../../provider/errors/bmdb-error";
import { passGates } from "../../../provider/executor/pass-gates";
import type { Inventory } from "../../../provider/model/inventory";
import type { PlanStep } from "../../../provider/model/plan";
import { buildDesired, buildInventory, known, type ProcessShapes, unknown } from "../../support/build-cluster";
import { buildRun, errorOf, type TestRun } from "../../support/build-run";
import { createVirtualClock } from "../../support/virtual-clock";

const desired = buildDesired();
const { gateMs } = desired.policy.timeouts;
const restart: PlanStep = {
  kind: "restart_process",
  process: { node: "db2", role: "mserver" },
  from: "2.16.0.0",
  isLeader: false,
};
const wait: Partial<Inventory> = { tilesLeaderless: known(["tile-1"]) };

interface Seen {
  readonly facts?: Partial<Inventory>;
  readonly processes?: ProcessShapes;
}

function ask(step: PlanStep, seen: (elapsedMs: number) => Seen) {
  const asked: unknown[] = [];
  const run: TestRun = buildRun({
    desired,
    collect: (hosts) => {
      asked.push(hosts);
      return buildInventory(desired, seen(run.clock.monotonicMs()));
    },
  });
  return { run, asked, passing: () => passGates(run, step, []) };
}

const ours = async (promise: Promise<unknown>): Promise<BmdbError> => {
  const error = await errorOf(promise);
  if (!isBmdbError(error)) throw error;
  return error;
};

test("open gates give the very facts that opened them", async () => {
  const { run, passing } = ask(restart, () => ({}));
  expect((await passing()).tilesLeaderless).toEqual(known([]));
  expect(run.clock.slept).toEqual([]);
});

test("before a process is stopped only its own host is asked over ssh", async () => {
  const { asked, passing } = ask(restart, () => ({}));
  await passing();
  expect(asked).toEqual([["db2"]]);
});

test("a check of the whole cluster asks every host", async () => {
  const { asked, passing } = ask({ kind: "check_start" }, () => ({}));
  await passing();
  expect(asked).toEqual(["all"]);
});

test("a gate that waits is asked again with fresh facts until it opens", async () => {
  const { run, passing } = ask(restart, (ms) => (ms < 30_000 ? { facts: wait } : {}));
  await passing();
  expect(run.clock.monotonicMs()).toBeGreaterThanOrEqual(30_000);
  expect(run.said[0]).toEqual({
    text: "db2 wait: no_tile_is_leaderless: 1 tiles have no leader (tile-1).",
    passing: true,
  });
});

test("between two processes a closed gate is looked at again soon, and at the start at the policy's interval", async () => {
  const between = ask(restart, (ms) => (ms < 200 ? { facts: wait } : {}));
  await between.passing();
  expect(between.run.clock.slept).toEqual([250]);
  const start = ask({ kind: "check_start" }, (ms) => (ms < 200 ? { facts: wait } : {}));
  await start.passing();
  expect(start.run.clock.slept).toEqual([desired.policy.pollIntervalMs]);
});

test("a reason is journalled once for as long as it stays the same", async () => {
  const { run, passing } = ask(restart, (ms) =>
    ms < 10_000 ? { facts: wait } : ms < 45_000 ? { facts: { tilesLeaderless: unknown("half a page") } } : {},
  );
  await passing();
  const waits = run.journalled.filter((entry) => entry.event === "gate_wait");
  expect(waits.map((entry) => [entry.event, entry["step"], entry["reason"]])).toEqual([
    ["gate_wait", "restart_process", "no_tile_is_leaderless: 1 tiles have no leader (tile-1)."],
    ["gate_wait", "restart_process", "no_tile_is_leaderless: whether tiles have no leader is not known: half a page."],
  ]);
});

test("a gate that stops ends it at once, and says what was not touched", async () => {
  const { run, passing } = ask(restart, () => ({ processes: { "mserver:db2": { staged: null } } }));
  const error = await ours(passing());
  expect(run.clock.slept).toEqual([]);
  expect(error.text).toMatchObject({
    code: "GateClosed",
    what: expect.stringContaining(
      "release_is_staged_on_every_host: /home/bigmath/softwarebm-2.18.0.0 on db2 holds no release",
    ),
    next: expect.stringMatching(/^MServer db2 was not touched\. Look at the staging command of db2/),
    evidence: { gate: "release_is_staged_on_every_host", waitedMs: 0 },
  });
  expect(error.text.what).not.toContain("the limit");
});

describe("a reading that took too long to be true still", () => {
  const limitMs = desired.policy.timeouts.sshMs + desired.policy.timeouts.pageMs;

  /** The first reading is `lateMs` old when it is whole; by the wall clock only where the machine slept meanwhile. */
  const readLate = (step: PlanStep, lateMs: number, isAsleep: boolean) => {
    const virtual = createVirtualClock();
    let sleptMs = 0;
    let count = 0;
    const run = buildRun({
      desired,
      clock: { ...virtual, nowMs: () => virtual.nowMs() + sleptMs },
      collect: () => {
        count += 1;
        if (count === 1 && isAsleep) sleptMs = lateMs;
        else if (count === 1) virtual.advance(lateMs);
        return buildInventory(desired);
      },
    });
    return { run, passing: () => passGates(run, step, []), countReadings: () => count };
  };

  test.each([
    ["because pages were slow", false],
    ["because the machine slept in the middle of it, which its own monotonic clock does not see", true],
  ])("is made again before a stop, %s", async (_why, isAsleep) => {
    const late = readLate(restart, limitMs + 1, isAsleep);
    await late.passing();
    expect(late.countReadings()).toBe(2);
    expect(late.run.said[0]?.text).toBe(
      "db2 wait: facts: what was read first is 26 s old; older than 25 s is not looked at before a stop.",
    );
  });

  test("within its limits counts", async () => {
    const late = readLate(restart, limitMs, false);
    await late.passing();
    expect(late.countReadings()).toBe(1);
  });

  test("counts at the start, where all hosts are asked for everything and nothing is stopped", async () => {
    const late = readLate({ kind: "check_start" }, limitMs + 1, false);
    await late.passing();
    expect(late.countReadings()).toBe(1);
  });
});

test("a gate that starts to stop while it is waited for ends the waiting", async () => {
  const { run, passing } = ask(restart, (ms) =>
    ms < 10_000 ? { facts: wait } : { processes: { "mserver:db2": { staged: null } } },
  );
  expect((await ours(passing())).text.evidence).toMatchObject({ gate: "release_is_staged_on_every_host" });
  expect(run.clock.monotonicMs()).toBeLessThan(45_000);
});

test("a gate that never opens ends at the limit, quotes the last reason and names the gate", async () => {
  const { run, passing } = ask(restart, (ms) => ({
    facts: { tilesLeaderless: ms < 60_000 ? known(["tile-1"]) : unknown("status 500: try later") },
  }));
  const error = await ours(passing());
  expect(run.clock.monotonicMs()).toBe(gateMs);
  expect(error.text).toMatchObject({
    code: "GateClosed",
    what: `no_tile_is_leaderless: whether tiles have no leader is not known: status 500: try later. It was so for ${gateMs / 1000} s, the limit.`,
    next: "MServer db2 was not touched. Remove the cause, then run `pulumi up`; it goes on from here.",
    evidence: { gate: "no_tile_is_leaderless", waitedMs: gateMs },
  });
});

test("at the start nothing is in motion, so the wait is short", async () => {
  const { run, passing } = ask({ kind: "check_start" }, () => ({ facts: wait }));
  const error = await ours(passing());
  expect(run.clock.monotonicMs()).toBe(desired.policy.timeouts.startCheckMs);
  expect(error.text.next).toMatch(/^Nothing was stopped\./);
});

test("a run that is stopped while it waits ends with the signal's reason", async () => {
  const reason = new Error("stopped by the operator");
  const { run, passing } = ask(restart, (ms) => {
    if (ms > 10_000) run.controller.abort(reason);
    return { facts: wait };
  });
  expect(await errorOf(passing())).toBe(reason);
});
