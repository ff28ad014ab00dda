import type { SetupState } from "../../../sandbox/cluster/xdcr/xdcr-operations";
import type { VirtualCluster } from "./virtual-cluster";
import { errorsOf, groupOf, isActive, lagMs, link, requestLink, setEnabled, startPair } from "./virtual-pair";

const HEALTHY_LAG_MS = 5000;

const eventsOf = (cluster: VirtualCluster, ...names: string[]): string[] =>
  cluster.events.flatMap(({ event, group }) => (names.includes(event) ? [`${event} ${String(group)}`] : []));

const restartAllMServers = (cluster: VirtualCluster, version = "2.16.0.0"): void => {
  for (const { name } of cluster.hosts) cluster.restartMServer(name, version);
  cluster.runUntil(() => cluster.hasLeaders(), "a leader");
};

describe("a link between two clusters", () => {
  test("is set up on the target, which has the source make one stream a table, and keeps up", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    const group = groupOf(west, "g1");
    expect(group).toMatchObject({ state: "ACTIVE", sourceCluster: east.leader().raft.document?.clusterUuid });
    expect(group?.streams).toHaveLength(1);
    expect(east.leader().raft.document?.xdcr?.streams.map(({ id }) => id)).toEqual(group?.streams.map(({ id }) => id));
    east.run(60_000);
    expect(lagMs(east)).toBeGreaterThan(0);
    expect(lagMs(east)).toBeLessThan(HEALTHY_LAG_MS);
    expect(errorsOf(west)).toEqual([]);
    expect(eventsOf(west, "xdcr_set_up", "xdcr_paused", "xdcr_error")).toEqual(["xdcr_set_up g1"]);
    expect(eventsOf(east, "xdcr_streams_created")).toEqual(["xdcr_streams_created g1"]);
  });

  test("falls behind while it is paused, and catches up at twenty times real speed once resumed", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    const before = west.leader().raft.document?.config.version ?? 0;
    expect(setEnabled(west, "g1", false).ok).toBe(true);
    expect(groupOf(west, "g1")).toMatchObject({ state: "DISABLED", registered: { disableStream: true } });
    expect(west.leader().raft.document?.config.version).toBe(before + 1);
    east.run(300_000);
    const paused = lagMs(east);
    expect(paused).toBeGreaterThan(295_000);
    expect(setEnabled(west, "g1", true).ok).toBe(true);
    expect(groupOf(west, "g1")).toMatchObject({ state: "ACTIVE", registered: { disableStream: false } });
    east.run(8000);
    expect(lagMs(east)).toBeLessThan(paused - 30_000);
    expect(lagMs(east)).toBeGreaterThan(paused / 4);
    east.run(30_000);
    expect(lagMs(east)).toBeLessThan(HEALTHY_LAG_MS);
    expect(errorsOf(west)).toEqual([]);
    expect(eventsOf(west, "xdcr_paused", "xdcr_resumed")).toEqual(["xdcr_paused g1", "xdcr_resumed g1"]);
  });

  test("is paused and resumed as often as one likes, and only a change is an event", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    for (const enabled of [true, false, false, true, true]) expect(setEnabled(west, "g1", enabled).ok).toBe(true);
    expect(eventsOf(west, "xdcr_paused", "xdcr_resumed")).toEqual(["xdcr_paused g1", "xdcr_resumed g1"]);
  });

  test("is unknown on the source, and so is any other name on the target", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    expect(setEnabled(east, "g1", false)).toMatchObject({
      ok: false,
      status: {
        code: "Not found",
        message: "Unable to disable replication for universe g1: Could not find CDC producer universe: g1",
      },
    });
    expect(setEnabled(west, "g2", true)).toMatchObject({ ok: false, status: { code: "Not found" } });
    expect(isActive(west, "g1")).toBe(true);
  });

  test("stays paused when every MServer of the target restarts, and goes on when every MServer of the source does", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    restartAllMServers(west);
    expect(isActive(west, "g1")).toBe(false);
    setEnabled(west, "g1", true);
    restartAllMServers(east);
    east.run(30_000);
    expect(lagMs(east)).toBeLessThan(HEALTHY_LAG_MS);
  });

  test("falls behind while the target is down, and while the source's tiles have no leader", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    for (const { name } of west.hosts) west.stop(west.dbserverAddress(name));
    east.run(60_000);
    expect(lagMs(east)).toBeGreaterThan(55_000);
    for (const { name } of west.hosts) west.startDbserver(name, "2.16.0.0");
    east.run(60_000);
    expect(lagMs(east)).toBeLessThan(HEALTHY_LAG_MS);
    for (const { name } of east.hosts.slice(1)) east.stop(east.dbserverAddress(name));
    east.run(120_000);
    expect(lagMs(east)).toBeGreaterThan(30_000);
  });

  test("goes on through the restart of any one DBServer of the target", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    for (const { name } of west.hosts) {
      west.stop(west.dbserverAddress(name));
      west.run(15_000);
      expect(lagMs(east)).toBeLessThan(10_000);
      west.startDbserver(name, "2.16.0.0");
      west.run(5000);
    }
  });

  test("runs in both directions under one name, and each target pauses its own", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    link(west, east, "g1");
    setEnabled(west, "g1", false);
    expect([isActive(west, "g1"), isActive(east, "g1")]).toEqual([false, true]);
    east.run(60_000);
    expect(lagMs(east)).toBeGreaterThan(55_000);
    expect(lagMs(west)).toBeLessThan(HEALTHY_LAG_MS);
  });

  test("is gone from both clusters once it is deleted", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    west.askLeader({ op: "delete_universe_replication", group: "g1" });
    west.run(1000);
    expect(groupOf(west, "g1")).toBeUndefined();
    expect(east.leader().raft.document?.xdcr?.streams).toEqual([]);
    expect(setEnabled(west, "g1", false).ok).toBe(false);
  });

  test("stops for streams that are paused on the source's side", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    east.askLeader({ op: "pause_source_streams", streams: "all", paused: true });
    east.run(60_000);
    expect(lagMs(east)).toBeGreaterThan(55_000);
    expect(isActive(west, "g1")).toBe(true);
    expect(errorsOf(west)).toEqual([]);
    east.askLeader({ op: "pause_source_streams", streams: "all", paused: false });
    east.run(30_000);
    expect(lagMs(east)).toBeLessThan(HEALTHY_LAG_MS);
  });
});

describe("what the source keeps for a target", () => {
  const flags = { cdc_wal_retention_time_secs: 600 };

  test("is kept for the whole time, across restarts of its MServers", () => {
    const { east, west } = startPair({ flags });
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    east.run(200_000);
    restartAllMServers(east);
    east.run(200_000);
    setEnabled(west, "g1", true);
    east.run(60_000);
    expect(errorsOf(west)).toEqual([]);
    expect(lagMs(east)).toBeLessThan(HEALTHY_LAG_MS);
  });

  test("is not taken for lost by an MServer that led long ago and leads again", () => {
    const { east, west } = startPair({ flags });
    link(east, west, "g1");
    const first = east.leader();
    east.askLeader({ op: "step_down" });
    east.runUntil(() => east.hasServingLeader() && east.leader() !== first, "another leads");
    east.run(620_000);
    east.askLeader({ op: "step_down", target: first.registration.uuid });
    east.runUntil(() => first.isServing(east.nowMs), "the first leads again");
    east.run(10_000);
    expect(errorsOf(west)).toEqual([]);
    expect(eventsOf(east, "xdcr_error")).toEqual([]);
  });

  test("is gone after that, for ever: the stream answers REPLICATION_MISSING_OP_ID", () => {
    const { east, west } = startPair({ flags });
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    east.run(620_000);
    expect(eventsOf(east, "xdcr_error")).toEqual(["xdcr_error g1"]);
    expect(setEnabled(west, "g1", true).ok).toBe(true);
    west.run(5000);
    expect(errorsOf(west, "g1")).toEqual(["REPLICATION_MISSING_OP_ID"]);
    expect(west.events.filter(({ event }) => event === "xdcr_error")).toMatchObject([
      { group: "g1", error: "REPLICATION_MISSING_OP_ID", cluster: west.leader().raft.document?.clusterUuid },
    ]);
    restartAllMServers(east);
    restartAllMServers(west);
    west.run(60_000);
    expect(errorsOf(west)).toEqual(["REPLICATION_MISSING_OP_ID"]);
    expect(lagMs(east)).toBeGreaterThan(600_000);
  });
});

describe("a group that is set up anew", () => {
  test("replicates again from now on, though the source could not be told that the old one was deleted", () => {
    const { east, west } = startPair({ flags: { cdc_wal_retention_time_secs: 600 } });
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    east.run(620_000);
    for (const { name } of east.hosts) east.stop(east.mserverAddress(name));
    west.askLeader({ op: "delete_universe_replication", group: "g1" });
    west.run(1000);
    for (const { name } of east.hosts) east.startMServer(name, "2.16.0.0");
    east.runUntil(() => east.hasLeaders(), "a leader");
    link(east, west, "g1");
    west.run(5000);
    expect(errorsOf(west)).toEqual([]);
    expect(east.leader().raft.document?.xdcr?.streams.map(({ isMissing }) => isMissing)).toEqual([true, undefined]);
  });

  test("goes on as it was, paused or not, when tables are added to it that there are not", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    west.askLeader({
      op: "alter_universe_replication",
      group: "g1",
      change: { kind: "add_table", tables: ["nothing"] },
    });
    const done = (): SetupState =>
      west.askLeader<SetupState>({ op: "is_setup_universe_replication_done", group: "g1" });
    west.runUntil(() => done().isDone, "it is known");
    expect(done().failure).toBe("Could not find table on the producer: nothing");
    expect(groupOf(west, "g1")).toMatchObject({ state: "DISABLED", registered: { disableStream: true } });
    const streams = groupOf(west, "g1")?.streams.map(({ sourceTable }) => sourceTable) ?? [];
    const system = east.leader().raft.document?.tiles.find(({ tableName }) => tableName === "transactions");
    const tables = [system?.tableUuid ?? ""];
    west.askLeader({ op: "alter_universe_replication", group: "g1", change: { kind: "add_table", tables } });
    west.runUntil(() => done().isDone, "it is added");
    expect(done()).toEqual({ isDone: true });
    west.run(1000);
    expect(groupOf(west, "g1")?.streams.map(({ sourceTable }) => sourceTable)).toEqual([...streams, ...tables]);
    expect(isActive(west, "g1")).toBe(false);
    expect(eventsOf(west, "xdcr_set_up")).toEqual(["xdcr_set_up g1"]);
    west.askLeader({ op: "alter_universe_replication", group: "g1", change: { kind: "remove_table", tables } });
    west.run(1000);
    expect(groupOf(west, "g1")?.streams.map(({ sourceTable }) => sourceTable)).toEqual(streams);
  });
});

describe("a link with a fault", () => {
  test("stays INITIALIZING while it is ordered to, refuses to be paused, and is set up afterwards", () => {
    const { east, west } = startPair();
    west.faults = [{ kind: "xdcr_group_unready" }];
    requestLink(east, west, "g1");
    west.run(30_000);
    expect(groupOf(west, "g1")).toMatchObject({ state: "INITIALIZING", streams: [] });
    expect(setEnabled(west, "g1", false)).toMatchObject({
      ok: false,
      status: {
        code: "Invalid argument",
        message: expect.stringContaining("in invalid state: INITIALIZING. Retry or Delete."),
      },
    });
    west.faults = [];
    west.run(5000);
    expect(isActive(west, "g1")).toBe(true);
  });

  test("is FAILED when a table is not there, and stays so", () => {
    const { east, west } = startPair();
    const { host, port } = { host: "e1", port: 11000 };
    west.askLeader({
      op: "setup_universe_replication",
      group: "g1",
      sourceMServers: [
        { host, port },
        { host: "e2", port },
        { host: "e3", port },
      ],
      tables: ["no-such-table"],
    });
    west.runUntil(() => groupOf(west, "g1")?.state === "FAILED", "it failed");
    expect(setEnabled(west, "g1", true)).toMatchObject({
      ok: false,
      status: { message: expect.stringContaining("in invalid state: FAILED") },
    });
    east.run(1000);
    expect(isActive(west, "g1")).toBe(false);
  });

  test("loses against other changes of the config twice, and is not paused until it wins", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    west.faults = [{ kind: "xdcr_config_races" }];
    for (const _ of [1, 2]) {
      expect(setEnabled(west, "g1", false)).toMatchObject({
        ok: false,
        status: {
          message: expect.stringMatching(/^Config version does not match, got \d+, but most recent one is \d+/),
        },
      });
      expect(isActive(west, "g1")).toBe(true);
    }
    expect(setEnabled(west, "g1", false).ok).toBe(true);
    expect(isActive(west, "g1")).toBe(false);
  });

  test("goes on though the pause was answered with success", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    west.faults = [{ kind: "xdcr_command_without_effect", times: 1 }];
    expect(setEnabled(west, "g1", false).ok).toBe(true);
    expect(isActive(west, "g1")).toBe(true);
    expect(setEnabled(west, "g1", false).ok).toBe(true);
    expect(isActive(west, "g1")).toBe(false);
  });

  test("shows errors though it was resumed, until the fault is cleared", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    west.faults = [{ kind: "xdcr_stream_errors" }];
    setEnabled(west, "g1", true);
    west.run(5000);
    expect(errorsOf(west, "g1")).toEqual(["REPLICATION_SCHEMA_MISMATCH"]);
    west.faults = [];
    west.run(5000);
    expect(errorsOf(west, "g1")).toEqual([]);
  });

  test("runs without errors and without getting anywhere", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    west.faults = [{ kind: "xdcr_lag_stays" }];
    west.run(60_000);
    expect(errorsOf(west)).toEqual([]);
    expect(lagMs(east)).toBeGreaterThan(55_000);
  });
});

describe("the event log", () => {
  test("tells when a release replicates from another one, and nothing of the kind while a link is paused", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    west.run(5000);
    restartAllMServers(east, "2.18.0.0");
    west.run(30_000);
    expect(eventsOf(west, "xdcr_versions_mixed")).toEqual([]);
    setEnabled(west, "g1", true);
    west.run(10_000);
    const mixed = west.events.filter(({ event }) => event === "xdcr_versions_mixed");
    expect(mixed).not.toEqual([]);
    for (const event of mixed)
      expect(event).toMatchObject({ group: "g1", version: "2.16.0.0", sourceVersion: "2.18.0.0" });
  });

  test("tells with every step of a link which cluster it is and which is the other", () => {
    const { east, west } = startPair();
    link(east, west, "g1");
    setEnabled(west, "g1", false);
    setEnabled(west, "g1", true);
    const uuids = {
      cluster: west.leader().raft.document?.clusterUuid,
      source: east.leader().raft.document?.clusterUuid,
    };
    const steps = west.events.filter(({ event }) => event.startsWith("xdcr_"));
    expect(steps).toHaveLength(3);
    for (const step of steps) expect(step).toMatchObject({ ...uuids, group: "g1", version: "2.16.0.0" });
  });
});
