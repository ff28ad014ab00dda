// Each verdict with its negative twin: the healthy return differs from every other case in one fact.

import { judgeReturn } from "../../../provider/executor/judge-return";
import type { RestartRecord } from "../../../provider/executor/run";
import type { DesiredCluster, ProcessId } from "../../../provider/model/desired";
import type { Inventory, ProcessFacts } from "../../../provider/model/inventory";
import type { DBServerEntry, MServerEntry } from "../../../provider/model/pages";
import { buildDesired, buildInventory, buildRunning, known, unknown } from "../../support/build-cluster";

const NEW = "2.18.0.0-b1";
const desired = buildDesired();
const mserver: ProcessId = { node: "db2", role: "mserver" };
const dbserver: ProcessId = { node: "db2", role: "dbserver" };

interface Seen {
  readonly facts?: Partial<ProcessFacts>;
  readonly inventory?: Partial<Inventory>;
  readonly mserver?: Partial<MServerEntry>;
  readonly dbserver?: Partial<DBServerEntry>;
  readonly record?: Partial<RestartRecord>;
  readonly elapsedMs?: number;
  readonly sinceOrderMs?: number;
  readonly desired?: DesiredCluster;
}

function judge(process: ProcessId, seen: Seen = {}) {
  const base = buildInventory(desired, { running: NEW });
  const edited: Inventory = {
    ...base,
    mservers: base.mservers.known
      ? known(base.mservers.value.map((each) => (each.host === "10.0.0.2" ? { ...each, ...seen.mserver } : each)))
      : base.mservers,
    dbservers: base.dbservers.known
      ? known(base.dbservers.value.map((each) => (each.host === "10.0.0.2" ? { ...each, ...seen.dbserver } : each)))
      : base.dbservers,
    processes: base.processes.map((each) =>
      each.id.node === process.node && each.id.role === process.role ? { ...each, ...seen.facts } : each,
    ),
    ...seen.inventory,
  };
  const record: RestartRecord = {
    process,
    pidBefore: 100,
    startTimeUsBefore: 99,
    tilesBefore: undefined,
    pidStarted: 4711,
    orderedAtMs: 0,
    startedAtMs: 0,
    ...seen.record,
  };
  return judgeReturn(seen.desired ?? desired, edited, record, seen.elapsedMs ?? 10_000, seen.sinceOrderMs ?? 12_000);
}

describe.each([mserver, dbserver])("a restarted $role", (process) => {
  test("is back as another process with the new version, seen by its peers", () => {
    expect(judge(process)).toEqual({ kind: "back", pid: 4711 });
  });

  test("is not back while whether it runs is not known", () => {
    expect(judge(process, { facts: { running: unknown("no ssh") } })).toEqual({
      kind: "not_yet",
      reason: "whether it runs is not known: no ssh",
    });
  });

  test("is gone when its host shows no such process", () => {
    expect(judge(process, { facts: { running: known(null) } })).toEqual({ kind: "gone" });
  });

  test("is wrong when it is the process from before", () => {
    expect(judge(process, { record: { pidBefore: 4711 } })).toEqual({
      kind: "wrong",
      reason: "process 4711 still runs; it was never stopped",
    });
  });

  test("is wrong when its binary is the same release in another place, unless its own start command or a person chose that", () => {
    const exe = `/opt/softwarebm-2.18.0.0/bin/${process.role}`;
    const facts = { running: known(buildRunning(process.role, NEW, { exe })) };
    expect(judge(process, { facts })).toEqual({
      kind: "wrong",
      reason: `${exe} runs, which is not the staged /home/bigmath/softwarebm-2.18.0.0/bin/${process.role}`,
    });
    const own = buildDesired({
      more: { process: { [process.role]: { start: "systemctl start bmdb", stop: "systemctl stop bmdb" } } },
    });
    expect(judge(process, { facts, desired: own }).kind).toBe("back");
    expect(judge(process, { facts, record: { pidBefore: undefined } }).kind).toBe("back");
  });

  test("is back under any pid when none ran before", () => {
    expect(judge(process, { record: { pidBefore: undefined, startTimeUsBefore: undefined } }).kind).toBe("back");
  });

  test.each([
    ["refuses", known(false)],
    ["is silent", unknown<boolean>()],
  ])("is not back while its web port %s", (_how, isAnswering) => {
    expect(judge(process, { facts: { isAnswering } })).toEqual({
      kind: "not_yet",
      reason: "its web port does not answer yet",
    });
  });

  test("is not back while it does not tell its version", () => {
    expect(judge(process, { facts: { version: unknown("status 503") } })).toEqual({
      kind: "not_yet",
      reason: "it does not tell its version: status 503",
    });
  });

  test("is the old binary when it tells the old version", () => {
    expect(judge(process, { facts: { version: known("2.16.0.0-b1") } })).toMatchObject({
      kind: "old_binary",
      version: "2.16.0.0-b1",
    });
  });

  test("is the old binary as soon as its host shows one, before it answers anything", () => {
    const running = known(buildRunning(process.role, "2.16.0.0-b1", { pid: 5000 }));
    expect(judge(process, { facts: { running, isAnswering: known(false), version: unknown() } })).toMatchObject({
      kind: "old_binary",
      version: "2.16.0.0-b1",
      running: { pid: 5000 },
    });
  });

  test("is no old binary while its host does not tell the release of the binary", () => {
    const running = known(buildRunning(process.role, NEW, { releaseVersion: undefined }));
    expect(judge(process, { facts: { running } }).kind).toBe("back");
  });
});

describe("an MServer and its peers", () => {
  test.each<[string, Seen, string]>([
    ["the list is not known", { inventory: { mservers: unknown("half a page") } }, "is not known: half a page"],
    ["it cannot be asked", { mserver: { startTimeUs: undefined } }, "its peers do not reach it yet"],
    ["it is not in the list", { mserver: { host: "10.0.0.99" } }, "its peers do not reach it yet"],
    ["it is there on another port", { mserver: { rpcPort: 7000 } }, "its peers do not reach it yet"],
    ["they see the old start", { mserver: { startTimeUs: 99 } }, "its peers still see the old process"],
  ])("it is not back while %s", (_situation, seen, reason) => {
    expect(judge(mserver, seen)).toEqual({ kind: "not_yet", reason: expect.stringContaining(reason) });
  });

  test.each<[uptimeSec: number, kind: string]>([
    [0, "back"],
    [12, "back"],
    [13, "back"],
    [14, "not_yet"],
    [90_000, "not_yet"],
  ])("told only that it is up for %i s, 12 s after the order to restart it: %s", (uptimeSec, kind) => {
    expect(judge(mserver, { mserver: { startTimeUs: undefined, uptimeSec } }).kind).toBe(kind);
  });

  test("a heartbeat does not matter for it", () => {
    expect(judge(mserver, { dbserver: { heartbeatAgeSec: 75 } }).kind).toBe("back");
  });
});

describe("a DBServer and the leader MServer", () => {
  test.each<[string, Seen, string]>([
    ["the list is not known", { inventory: { dbservers: unknown("half a page") } }, "is not known: half a page"],
    ["it is not in the list", { dbserver: { host: "10.0.0.99" } }, "has not heard of it yet"],
    ["it is there on another port", { dbserver: { httpPort: 7000 } }, "has not heard of it yet"],
    [
      "the last heartbeat is from before its start",
      { dbserver: { heartbeatAgeSec: 12 } },
      "no heartbeat since its start",
    ],
    [
      "the last heartbeat is as old as its start",
      { dbserver: { heartbeatAgeSec: 10 } },
      "no heartbeat since its start",
    ],
  ])("it is not back while %s", (_situation, seen, reason) => {
    expect(judge(dbserver, seen)).toEqual({ kind: "not_yet", reason: expect.stringContaining(reason) });
  });

  test("it is not back while some of its tiles are still coming up, though none that tells its lag is behind", () => {
    const record = { tilesBefore: 1000 };
    const tiles = { user: 900, userLeaders: 0, system: 100, systemLeaders: 0, active: 10 };
    expect(judge(dbserver, { record, dbserver: { tiles } })).toEqual({
      kind: "not_yet",
      reason: "10 of its 1000 tiles run again",
    });
    expect(judge(dbserver, { record, dbserver: { tiles: { ...tiles, active: 1000 } } }).kind).toBe("back");
  });

  test("it is back with fewer tiles than before when the leader MServer places fewer there: a table was dropped", () => {
    const record = { tilesBefore: 30 };
    const tiles = { user: 20, userLeaders: 0, system: 4, systemLeaders: 0, active: 24 };
    expect(judge(dbserver, { record, dbserver: { tiles } }).kind).toBe("back");
    expect(judge(dbserver, { record, dbserver: { tiles: { ...tiles, active: 23 } } })).toEqual({
      kind: "not_yet",
      reason: "23 of its 24 tiles run again",
    });
    const untold = { ...tiles, system: undefined };
    expect(judge(dbserver, { record, dbserver: { tiles: untold } }).kind).toBe("not_yet");
  });

  test("it is not back when it came without any of its tiles, whatever is placed there now", () => {
    const tiles = { user: 0, userLeaders: 0, system: 0, systemLeaders: 0, active: 0 };
    expect(judge(dbserver, { record: { tilesBefore: 30 }, dbserver: { tiles } }).kind).toBe("not_yet");
    expect(judge(dbserver, { record: { tilesBefore: 0 }, dbserver: { tiles } }).kind).toBe("back");
  });

  test("it is back with the first heartbeat after its start, though the page says ALIVE all along", () => {
    expect(judge(dbserver, { dbserver: { heartbeatAgeSec: 9.9 } }).kind).toBe("back");
    expect(judge(dbserver, { dbserver: { heartbeatAgeSec: 10.1, status: "ALIVE" } }).kind).toBe("not_yet");
  });
});

test("a process that the program does not declare is wrong", () => {
  expect(judge({ node: "db9", role: "mserver" })).toEqual({ kind: "wrong", reason: "MServer db9 is not declared" });
});

test("what its host shows is the new process, not the pid that the act told", () => {
  const running = known(buildRunning("mserver", NEW, { pid: 5000 }));
  expect(judge(mserver, { facts: { running } })).toEqual({ kind: "back", pid: 5000 });
});
