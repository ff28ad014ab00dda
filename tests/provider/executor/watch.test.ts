import { isBmdbError } from "../../../provider/errors/bmdb-error";
import { watch } from "../../../provider/executor/watch";
import type { ProcessId } from "../../../provider/model/desired";
import type { Inventory } from "../../../provider/model/inventory";
import { buildDesired, buildInventory, buildRunning, known, unknown } from "../../support/build-cluster";
import { buildRun, errorOf, type TestRun } from "../../support/build-run";

const process: ProcessId = { node: "db2", role: "dbserver" };
const desired = buildDesired();
const { pauseMs, timeouts, pollIntervalMs } = desired.policy;

/** `facts`: what is special at the given time on the monotonic clock. */
function watchWith(facts: (elapsedMs: number) => Partial<Inventory>): { run: TestRun; watching: () => Promise<void> } {
  const run: TestRun = buildRun({
    desired,
    collect: () => buildInventory(desired, { running: "2.18.0.0-b1", facts: facts(run.clock.monotonicMs()) }),
  });
  run.restarts.set("dbserver:db2", {
    process,
    pidBefore: 100,
    startTimeUsBefore: undefined,
    tilesBefore: undefined,
    pidStarted: 4711,
    orderedAtMs: 0,
    startedAtMs: 0,
  });
  return { run, watching: () => watch(run, process, []) };
}

const trouble: Partial<Inventory> = { tilesUnderReplicated: known(["tile-1"]) };
const restarts = (run: TestRun) => run.journalled.filter((entry) => entry.event === "watch_restarted");

const runningAs = (pid: number | undefined, id: ProcessId = process): Partial<Inventory> => ({
  processes: buildInventory(desired, { running: "2.18.0.0-b1" }).processes.map((facts) =>
    facts.id.node === id.node && facts.id.role === id.role
      ? { ...facts, running: known(pid === undefined ? null : buildRunning(id.role, "2.18.0.0-b1", { pid })) }
      : facts,
  ),
});

test("a quiet cluster is watched for exactly the pause", async () => {
  const { run, watching } = watchWith(() => ({}));
  await watching();
  expect(run.clock.monotonicMs()).toBe(pauseMs);
  expect(restarts(run)).toEqual([]);
  expect(run.journalled.at(-1)).toMatchObject({ event: "watched", process: "DBServer db2", pauseMs });
});

test("health is read again and again, not only at the end", async () => {
  const at: number[] = [];
  const { watching } = watchWith((elapsedMs) => {
    at.push(elapsedMs);
    return {};
  });
  await watching();
  expect(at[0]).toBe(0);
  expect(at.at(-1)).toBe(pauseMs);
  for (const [index, ms] of at.slice(1).entries()) expect(ms - (at[index] ?? 0)).toBeLessThanOrEqual(pollIntervalMs);
});

test("trouble starts the pause anew", async () => {
  const { run, watching } = watchWith((ms) => (ms >= 30_000 && ms < 40_000 ? trouble : {}));
  await watching();
  const lastTroubleMs = 38_000;
  expect(run.clock.monotonicMs()).toBe(lastTroubleMs + pauseMs);
  expect(restarts(run)[0]).toMatchObject({
    process: "DBServer db2",
    reason: "no_tile_is_under_replicated: 1 tiles have fewer replicas than they should (tile-1).",
  });
});

test("what is not known is trouble too", async () => {
  const { run, watching } = watchWith((ms) => (ms < 10_000 ? { dbservers: unknown("half a page") } : {}));
  await watching();
  expect(restarts(run).length).toBeGreaterThan(0);
  expect(run.clock.monotonicMs()).toBeGreaterThan(pauseMs);
});

test("trouble in the very last reading counts", async () => {
  const { run, watching } = watchWith((ms) => (ms === pauseMs ? trouble : {}));
  await watching();
  expect(run.clock.monotonicMs()).toBe(2 * pauseMs);
});

test("trouble that does not end stops the roll at the limit and quotes it", async () => {
  const { run, watching } = watchWith(() => trouble);
  const error = await errorOf(watching());
  expect(isBmdbError(error, "WatchFailed")).toBe(true);
  expect(String(error)).toContain(
    `within ${(pauseMs + timeouts.returnMs) / 1000} s; last seen: no_tile_is_under_replicated`,
  );
  expect(run.clock.monotonicMs()).toBeLessThanOrEqual(pauseMs + timeouts.returnMs + pollIntervalMs);
});

test("trouble that comes and goes stops the roll at the limit as well", async () => {
  const { run, watching } = watchWith((ms) => (ms % 50_000 < 4_000 ? trouble : {}));
  expect(isBmdbError(await errorOf(watching()), "WatchFailed")).toBe(true);
  expect(run.clock.monotonicMs()).toBeLessThanOrEqual(pauseMs + timeouts.returnMs + pollIntervalMs);
});

test.each([
  ["another process", 5000, "is not the process that came back (4711) but 5000"],
  ["no process", undefined, "is not the process that came back (4711) but none"],
])("%s in its place stops the roll at once", async (_situation, pid, text) => {
  const { run, watching } = watchWith((ms) => (ms < 20_000 ? {} : runningAs(pid)));
  const error = await errorOf(watching());
  expect(isBmdbError(error, "WatchFailed")).toBe(true);
  expect(String(error)).toContain(text);
  expect(run.clock.monotonicMs()).toBe(20_000);
});

test("another pid of another process means nothing", async () => {
  const { run, watching } = watchWith(() => runningAs(5000, { node: "db3", role: "dbserver" }));
  await watching();
  expect(run.clock.monotonicMs()).toBe(pauseMs);
});

test("a run that is stopped meanwhile still watches to the end", async () => {
  const { run, watching } = watchWith(() => ({}));
  run.controller.abort(new Error("stopped by the operator"));
  await watching();
  expect(run.clock.monotonicMs()).toBe(pauseMs);
});
