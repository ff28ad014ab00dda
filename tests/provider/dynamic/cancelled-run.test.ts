// Ctrl-C in every phase of a run: it is said at once, what only reads ends at once, the lease is given back, and the next run finishes.

import type { StartedRun } from "../../simulator/stack";
import { createMemoryStack, type MemoryStack, NEW, OLD } from "../../support/memory-stack";

let world: MemoryStack;
beforeEach(async () => {
  world = await createMemoryStack();
});

const journalled = (run: StartedRun, event: string, facts: Readonly<Record<string, unknown>> = {}): boolean =>
  run.operator.journalled.some(
    (entry) => entry.event === event && Object.entries(facts).every(([name, value]) => entry[name] === value),
  );
const isAtStep = (run: StartedRun, step: string): boolean =>
  run.operator.journalled.findLast(({ event }) => event === "step_begun")?.["step"] === step;

/** What was said at the very moment. */
function cancel(run: StartedRun): string[] {
  const before = run.said.length;
  run.cancel.abort(new Error("it was cancelled"));
  return run.said.slice(before).map(({ text }) => text);
}

const expectFinishedByNext = async (): Promise<void> => {
  const next = world.begin();
  await world.ended(next);
  expect(next.end?.failure).toBeUndefined();
  expect(next.said.map(({ text }) => text).join("\n")).not.toMatch(/(waiting for|took over) the lease/);
  expect(new Set(world.versions())).toEqual(new Set([NEW]));
  expect(world.stack.outputs).toMatchObject({ version: NEW, finalized: true });
};

const stops = (): string[] => world.story.filter((line) => line.startsWith("process_stopped"));

describe("before the first stop", () => {
  const hangEverything = (): void =>
    world.cluster.setFaults(
      world.cluster.hosts.flatMap((host) => host.roles.map((role) => ({ kind: "page_hangs", host: host.name, role }))),
    );

  test("while the first look hangs: said at once, over at once, nothing saved, no lease left", async () => {
    hangEverything();
    const run = world.begin();
    await world.until(() => run.operator.awaitCount > 5, "pages are asked");
    expect(cancel(run)).toEqual(["stopping at the next safe point"]);
    expect(await world.endedAfterMs(run)).toBeLessThan(100);
    expect(run.end?.failure).toMatch(/^RunStopped\nwhat {2}The run was stopped: it was cancelled\./);
    expect(run.end?.saved).toBeUndefined();
    expect(world.leases()).not.toContain("held");
    world.cluster.setFaults([]);
    await expectFinishedByNext();
  });

  test("while it waits for the lease of a run that is dead: that lease stays whose it is", async () => {
    const dead = world.begin();
    await world.until(() => journalled(dead, "lease_acquired"), "the lease is taken");
    dead.operator.kill();
    const run = world.begin();
    await world.until(() => journalled(run, "lease_wait"), "the next run waits");
    expect(cancel(run)).toEqual(["stopping at the next safe point"]);
    expect(await world.endedAfterMs(run)).toBeLessThan(1000);
    expect(run.end?.failure).toMatch(/^RunStopped/);
    expect(world.leases()).toContain("held");
  });

  test("while the lease is written: what was written is taken back", async () => {
    const run = world.begin();
    await world.until(() => world.leases().filter((lease) => lease === "held").length === 1, "one host shows it");
    expect(cancel(run)).toEqual(["stopping at the next safe point"]);
    expect(await world.endedAfterMs(run)).toBeLessThan(1000);
    expect(run.end?.failure).toMatch(/^RunStopped/);
    expect(world.leases()).not.toContain("held");
    await expectFinishedByNext();
  });

  test("while the gates of the start look at pages that hang", async () => {
    const run = world.begin();
    await world.until(() => isAtStep(run, "check_start"), "the start is checked");
    hangEverything();
    await world.until(() => journalled(run, "gate_wait"), "a gate is closed");
    expect(cancel(run)).toEqual([expect.stringMatching(/^1\/\d+ stopping at the next safe point$/)]);
    await world.ended(run);
    expect(run.end?.failure).toMatch(/^RunStopped {3}stopped at step 1 of/);
    expect(stops()).toEqual([]);
    expect(world.leases()).not.toContain("held");
    world.cluster.setFaults([]);
    await expectFinishedByNext();
  });

  test("while a cluster is adopted", async () => {
    const run = world.stack.adopt({ chance: world.chance });
    await world.until(() => journalled(run, "lease_acquired"), "the lease is taken");
    hangEverything();
    expect(cancel(run)).toEqual(["stopping at the next safe point"]);
    await world.ended(run);
    expect(run.end?.failure).toContain("RunStopped");
    expect(world.leases()).not.toContain("held");
  });
});

test("a run that was cancelled before it began says so and touches nothing", async () => {
  const run = world.begin();
  cancel(run);
  expect(await world.endedAfterMs(run)).toBeLessThan(100);
  expect(run.end?.failure).toMatch(/^RunStopped/);
  expect(world.leases()).not.toContain("held");
  expect(stops()).toEqual([]);
});

test("with a process in hand: which one is seen through is said, and nothing after it is stopped", async () => {
  const run = world.begin();
  await world.until(() => stops().length === 2, "the second process is stopped");
  const [said = "", ...others] = cancel(run);
  expect(said).toMatch(/^5\/\d+ stopping at the next safe point: when MServer db\d is proven back and watched$/);
  expect(others).toEqual([]);
  await world.ended(run);
  expect(stops()).toHaveLength(2);
  expect(run.end?.failure).toMatch(/^RunStopped/);
  expect(run.end?.saved).toMatchObject({ phase: "upgrading", version: `${OLD} ×4, ${NEW} ×2` });
  expect(run.end?.saved).not.toHaveProperty("inHand");
  expect(world.leases()).not.toContain("held");
  await expectFinishedByNext();
});

test("while the plan is made anew after a process, nothing is in hand any more", async () => {
  const run = world.begin();
  await world.until(() => run.operator.journalled.at(-1)?.["done"] === 4, "the first process is watched");
  expect(run.operator.journalled.at(-1)?.event).toBe("step_done");
  expect(cancel(run)).toEqual([expect.stringMatching(/^4\/\d+ stopping at the next safe point$/)]);
  expect(await world.endedAfterMs(run)).toBeLessThan(5000);
  expect(stops()).toHaveLength(1);
  expect(run.end?.failure).toMatch(/^RunStopped/);
});

describe("during the finalisation", () => {
  test("while upgrade_bsql runs: its answer is waited for, at most so long, and what it said counts", async () => {
    world.cluster.setFaults([{ kind: "bsql_upgrade_times_out", takesMs: 9000, clientWaitsMs: 15_000 }]);
    const run = world.begin();
    await world.until(() => isAtStep(run, "upgrade_bsql_catalog"), "the catalog is upgraded");
    await world.until(() => run.operator.journalled.at(-1)?.event === "gates_open", "its gates are open");
    await world.until(() => world.cluster.time.nowMs > atMs(run) + 2000, "bm-admin is at work");
    const [said = ""] = cancel(run);
    expect(said).toMatch(/stopping at the next safe point: when upgrade_bsql has answered, at most 70 s$/);
    await world.ended(run);
    expect(run.end?.failure).toMatch(/^RunStopped/);
    expect(journalled(run, "upgrade_bsql", { attempt: 1 })).toBe(true);
    expect(run.operator.journalled.filter(({ event }) => event === "upgrade_bsql")).toHaveLength(1);
    expect(run.end?.saved).toMatchObject({ phase: "upgrading", version: NEW, finalized: false });
    world.cluster.setFaults([]);
    await expectFinishedByNext();
  });

  test("while it rests before upgrade_bsql is run again: over at once, and what is not known is told", async () => {
    world.cluster.setFaults([{ kind: "bsql_upgrade_times_out", takesMs: 600_000, clientWaitsMs: 15_000 }]);
    const run = world.begin();
    await world.until(() => journalled(run, "upgrade_bsql", { outcome: "timed_out" }), "the first attempt gives up");
    expect(cancel(run)[0]).toMatch(/stopping at the next safe point$/);
    expect(await world.endedAfterMs(run)).toBeLessThan(5000);
    expect(run.end?.failure).toMatch(/^RunStopped/);
    expect(run.end?.failure).toContain("left  upgrade_bsql gave no answer: the server may still work on it");
  });

  test("a promotion whose answer is lost is told as not known, saved as such, and done again by the next run", async () => {
    let lostCount = 0;
    const fateOf = (_node: string, command: string) => {
      if (!command.includes("promote_auto_flags")) return "arrives";
      lostCount += 1;
      return "lost_after";
    };
    const run = world.begin(NEW, { fateOf });
    await world.ended(run);
    expect(lostCount).toBe(1);
    expect(run.end?.failure).toContain("whether they are promoted is not known; the next `pulumi up` asks again");
    expect(run.end?.saved).toMatchObject({
      promotionUnanswered: true,
      finalized: false,
      lastRun: { autoFlags: expect.stringContaining("is not known") },
    });
    await expectFinishedByNext();
    expect(world.stack.outputs).not.toHaveProperty("promotionUnanswered");
  });
});

const atMs = (run: StartedRun): number => Date.parse(run.operator.journalled.at(-1)?.at ?? "");
