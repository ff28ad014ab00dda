import { isBmdbError } from "../../../provider/errors/bmdb-error";
import { watch } from "../../../provider/executor/watch";
import type { ProcessId } from "../../../provider/model/desired";
import type { Fact } from "../../../provider/model/fact";
import type { RunningProcess } from "../../../provider/model/host-facts";
import type { Inventory } from "../../../provider/model/inventory";
import { buildDesired, buildInventory, buildRunning, known, unknown } from "../../support/build-cluster";
import { buildRun, errorOf, type TestRun } from "../../support/build-run";
import { saying } from "../../support/fake-cluster";

const process: ProcessId = { node: "db2", role: "dbserver" };
const desired = buildDesired();
const { pauseMs, timeouts, pollIntervalMs } = desired.policy;

/** `facts`: what is special at the given time on the monotonic clock. */
function watchWith(facts: (elapsedMs: number) => Partial<Inventory>): { run: TestRun; watching: () => Promise<void> } {
  const run: TestRun = buildRun({
    desired,
    shell: { run: async () => saying("F1123 disk full\n"), close: async () => undefined },
    collect: () => buildInventory(desired, { running: "2.18.0.0-b1", facts: facts(run.clock.monotonicMs()) }),
  });
  run.restarts.set("dbserver:db2", {
    process,
    pidBefore: 100,
    startTimeUsBefore: undefined,
    tilesBefore: undefined,
    pidStarted: 4711,
    startTicks: 1000,
    orderedAtMs: 0,
    startedAtMs: 0,
  });
  return { run, watching: () => watch(run, process, []) };
}

const trouble: Partial<Inventory> = { tilesUnderReplicated: known(["tile-1"]) };
const restarts = (run: TestRun) => run.journalled.filter((entry) => entry.event === "watch_restarted");

const shown = (running: Fact<RunningProcess | null>, id: ProcessId = process): Partial<Inventory> => ({
  processes: buildInventory(desired, { running: "2.18.0.0-b1" }).processes.map((facts) =>
    facts.id.node === id.node && facts.id.role === id.role ? { ...facts, running } : facts,
  ),
});
const runningAs = (more: Partial<RunningProcess> | undefined, id: ProcessId = process): Partial<Inventory> =>
  shown(known(more === undefined ? null : buildRunning(id.role, "2.18.0.0-b1", more)), id);
const notShown = shown(unknown("no ssh"));

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
  ["another process", { pid: 5000 }, "process 5000 runs in its place, start number 2 since its stop"],
  ["the same pid with another start", { startTicks: 2000 }, "process 4711 runs in its place, start number 2"],
  ["no process", undefined, "no process runs in its place"],
])("%s in its place stops the roll at once, with its last words", async (_situation, now, text) => {
  const { run, watching } = watchWith((ms) => (ms < 20_000 ? {} : runningAs(now)));
  const error = await errorOf(watching());
  expect(isBmdbError(error, "EndedByItself")).toBe(true);
  expect(String(error)).toContain("DBServer db2 was started as process 4711 and ended by itself, seen 20 s after");
  expect(String(error)).toContain(text);
  expect(isBmdbError(error) && error.text.output).toBe("F1123 disk full");
  expect(run.clock.monotonicMs()).toBe(20_000);
});

test("a host that does not show whether it runs is trouble: a watch that sees nothing proves nothing", async () => {
  const { run, watching } = watchWith((ms) => (ms < 10_000 ? notShown : {}));
  await watching();
  expect(restarts(run)[0]).toMatchObject({ reason: "whether DBServer db2 runs is not known: no ssh." });
  expect(run.clock.monotonicMs()).toBe(8_000 + pauseMs);
});

test("a host that never shows it stops the roll at the limit, and that is quoted", async () => {
  const error = await errorOf(watchWith(() => notShown).watching());
  expect(isBmdbError(error, "WatchFailed")).toBe(true);
  expect(String(error)).toContain("last seen: whether DBServer db2 runs is not known: no ssh.");
});

test("another pid of another process means nothing", async () => {
  const { run, watching } = watchWith(() => runningAs({ pid: 5000 }, { node: "db3", role: "dbserver" }));
  await watching();
  expect(run.clock.monotonicMs()).toBe(pauseMs);
});

test("a run that is stopped meanwhile still watches to the end", async () => {
  const { run, watching } = watchWith(() => ({}));
  run.controller.abort(new Error("stopped by the operator"));
  await watching();
  expect(run.clock.monotonicMs()).toBe(pauseMs);
});
