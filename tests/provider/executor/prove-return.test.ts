import { type BmdbError, isBmdbError } from "../../../provider/errors/bmdb-error";
import { proveReturn } from "../../../provider/executor/prove-return";
import type { RestartRecord } from "../../../provider/executor/run";
import type { ProcessId } from "../../../provider/model/desired";
import type { RunningProcess } from "../../../provider/model/host-facts";
import type { Inventory, ProcessFacts } from "../../../provider/model/inventory";
import type { Shell } from "../../../provider/ports";
import { buildDesired, buildInventory, buildRunning, known, unknown } from "../../support/build-cluster";
import { buildRun, errorOf, type TestRun } from "../../support/build-run";

const process: ProcessId = { node: "db2", role: "dbserver" };
const desired = buildDesired();
const limitMs = desired.policy.timeouts.startMs + desired.policy.timeouts.returnMs;
const record: RestartRecord = {
  process,
  pidBefore: 100,
  startTimeUsBefore: undefined,
  tilesBefore: undefined,
  pidStarted: 4711,
  orderedAtMs: 0,
  startedAtMs: 0,
};

interface Seen {
  readonly facts?: Partial<ProcessFacts>;
  readonly inventory?: Partial<Inventory>;
}

const tailShell: Shell = {
  run: async () => ({ code: 0, stdout: "F1123 cannot open /data: disk full\n", stderr: "" }),
  close: async () => undefined,
};

function prove(seen: (reading: number, run: TestRun) => Seen, shell: Shell = tailShell) {
  let reading = 0;
  const run: TestRun = buildRun({
    desired,
    shell,
    collect: () => {
      reading += 1;
      const { facts = {}, inventory = {} } = seen(reading, run);
      const base = buildInventory(desired, { running: "2.18.0.0-b1" });
      return {
        ...base,
        processes: base.processes.map((each) =>
          each.id.node === process.node && each.id.role === process.role ? { ...each, ...facts } : each,
        ),
        ...inventory,
      };
    },
  });
  // It was started a while ago, so that the heartbeat of the healthy inventory is from after its start.
  run.clock.advance(5_000);
  return { run, proving: () => proveReturn(run, record, []), readingCount: () => reading };
}

const ours = async (promise: Promise<unknown>): Promise<BmdbError> => {
  const error = await errorOf(promise);
  if (!isBmdbError(error)) throw error;
  return error;
};
const gone: Seen = { facts: { running: known(null), isAnswering: known(false), version: unknown() } };

test("a process that is back is noted with the pid that its host shows", async () => {
  const { run, proving, readingCount } = prove(() => ({}));
  await proving();
  expect(readingCount()).toBe(1);
  expect(run.restarts.get("dbserver:db2")).toMatchObject({ pidStarted: 4711, startTicks: 1000 });
  expect(run.journalled.at(-1)).toMatchObject({ event: "returned", process: "DBServer db2", pid: 4711 });
});

test("readings over two intervals without the process mean that it died at its start", async () => {
  const { run, proving, readingCount } = prove(() => gone);
  const startedMs = run.clock.monotonicMs();
  const error = await ours(proving());
  expect(readingCount()).toBeGreaterThanOrEqual(3);
  const goneMs = run.clock.monotonicMs() - startedMs;
  expect(goneMs).toBeGreaterThanOrEqual(2 * desired.policy.returnPollIntervalMs);
  expect(goneMs).toBeLessThan(4 * desired.policy.returnPollIntervalMs);
  expect(error.text).toMatchObject({
    code: "DiedAtStart",
    what: "DBServer db2 was started from 2.18.0.0 and ended by itself.",
    output: "F1123 cannot open /data: disk full",
  });
});

test("some readings without it, and then it is there, mean that it is back", async () => {
  const { proving, readingCount } = prove((reading) => (reading < 5 ? gone : {}));
  await proving();
  expect(readingCount()).toBe(5);
});

test("readings without it that are not in a row do not add up", async () => {
  const starting: Seen = { facts: { isAnswering: known(false) } };
  const { proving } = prove((reading) => (reading > 6 ? {} : reading % 2 === 0 ? starting : gone));
  await proving();
});

test("an old binary in its place is named at once, with who started it and what to give", async () => {
  const old = buildRunning("dbserver", "2.16.0.0-b1", {
    pid: 4800,
    unit: "bmdb-dbserver.service",
    parent: { pid: 1, name: "systemd" },
  });
  const { proving, readingCount } = prove(() => ({ facts: { running: known(old), isAnswering: known(false) } }));
  const error = await ours(proving());
  expect(readingCount()).toBe(1);
  expect(error.text).toMatchObject({
    code: "OldBinaryCameBack",
    what: "DBServer db2 was stopped and 2.16.0.0-b1 was started in its place: process 4800 runs /home/bigmath/softwarebm-2.16.0.0/bin/dbserver; it belongs to bmdb-dbserver.service; its parent is process 1 (systemd).",
    next: expect.stringContaining("Give process.dbserver.stop and process.dbserver.start"),
  });
});

test("what is wrong at once is not said to have had its time", async () => {
  const { proving } = prove(() => ({
    facts: { running: known(buildRunning("dbserver", "2.18.0.0-b1", { pid: 100 })) },
  }));
  const error = await ours(proving());
  expect(error.code).toBe("DidNotReturn");
  expect(error.text.what).not.toMatch(/\b0 s\b/);
});

describe("a process that is replaced by another one before it is proven back", () => {
  const starting = (more: Partial<RunningProcess>): Seen => ({
    facts: { running: known(buildRunning("dbserver", "2.18.0.0-b1", more)), isAnswering: known(false) },
  });

  test.each([
    ["another pid", { pid: 4800 }],
    ["the same pid with another start", { startTicks: 2000 }],
  ])("%s ends the roll, though each new one looks well", async (_what, again) => {
    const { proving, readingCount } = prove((reading) => (reading === 1 ? starting({}) : starting(again)));
    const error = await ours(proving());
    expect(readingCount()).toBe(2);
    expect(error.text).toMatchObject({
      code: "EndedByItself",
      what: expect.stringMatching(
        /^DBServer db2 was started as process 4711 and ended by itself, .* process \d+ runs in its place, start number 2 since its stop\.$/,
      ),
      output: "F1123 cannot open /data: disk full",
    });
  });

  test("even with readings in between that show none", async () => {
    const { proving } = prove((reading) =>
      reading === 1 ? starting({}) : reading < 4 ? gone : starting({ pid: 4800 }),
    );
    expect((await ours(proving())).code).toBe("EndedByItself");
  });

  test("a reading that does not know what runs is no replacement", async () => {
    const { proving } = prove((reading) =>
      reading === 1 ? starting({}) : reading < 4 ? { facts: { running: unknown("no ssh") } } : {},
    );
    await proving();
  });
});

test("a process that is never back ends at the limit, and the text quotes the last thing seen", async () => {
  const { run, proving } = prove((reading) => ({
    facts: reading < 5 ? { running: unknown("no ssh") } : { isAnswering: known(false) },
  }));
  const error = await ours(proving());
  expect(error.text.what).toBe(
    `DBServer db2 was restarted but is not back after ${limitMs / 1000} s, the limit; last seen: its web port does not answer yet.`,
  );
  expect(run.clock.monotonicMs()).toBe(5_000 + limitMs);
});

test("a process that is back in a cluster that is not whole is waited for, and the gate is quoted at the limit", async () => {
  const { proving } = prove(() => ({ inventory: { tilesUnderReplicated: known(["tile-7"]) } }));
  expect((await ours(proving())).text.what).toContain(
    "last seen: no_tile_is_under_replicated: 1 tiles have fewer replicas than they should (tile-7).",
  );
});

test("an answer that took long does not make an old heartbeat pass for a fresh one", async () => {
  const heartbeatAgeSec = 5.5;
  const { proving, readingCount } = prove((reading, run) => {
    if (reading > 1) return {};
    // The page was read at once; another one kept the whole look waiting.
    run.clock.advance(4_000);
    const { dbservers } = buildInventory(desired);
    if (!dbservers.known) throw new Error("not known");
    return { inventory: { dbservers: known(dbservers.value.map((entry) => ({ ...entry, heartbeatAgeSec }))) } };
  });
  await proving();
  expect(readingCount()).toBe(2);
});

test("output that cannot be read does not hide what happened", async () => {
  const lost: Shell = { run: async () => Promise.reject(new Error("lost")), close: async () => undefined };
  const error = await ours(prove(() => gone, lost).proving());
  expect(error.code).toBe("DiedAtStart");
  expect(error.text.output).toBe("");
});

test("a run that is stopped meanwhile still sees its process back", async () => {
  const { run, proving } = prove((reading) => (reading < 3 ? { facts: { isAnswering: known(false) } } : {}));
  run.controller.abort(new Error("stopped by the operator"));
  await proving();
  expect(run.journalled.at(-1)?.event).toBe("returned");
});
