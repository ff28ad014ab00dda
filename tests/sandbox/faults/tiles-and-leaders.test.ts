import { listLeaderless, listUnderReplicated } from "../../../sandbox/cluster/judge-tiles";
import { VirtualCluster } from "../cluster/virtual-cluster";

const leaderlessOf = (cluster: VirtualCluster) => {
  const { raft, registry } = cluster.leader();
  return raft.document === undefined ? [] : listLeaderless(cluster.nowMs, raft.document, registry);
};

const underReplicatedOf = (cluster: VirtualCluster) => {
  const { raft, registry } = cluster.leader();
  return raft.document === undefined ? [] : listUnderReplicated(cluster.nowMs, raft.document, registry, 0);
};

const lagsOf = (cluster: VirtualCluster, host: string): number[] =>
  (cluster.dbservers.get(cluster.dbserverAddress(host))?.tiles.list() ?? [])
    .filter((replica) => replica.role === "FOLLOWER")
    .map((replica) => replica.lagMs(cluster.nowMs));

const leaderUuid = (cluster: VirtualCluster): string => cluster.leader().registration.uuid;
const elections = (cluster: VirtualCluster): number =>
  cluster.eventNames().filter((name) => name === "leader_elected").length;

describe("a tile with a fault", () => {
  test("stays behind on a restarted DBServer, more and more, and catches up when the fault is cleared", () => {
    const cluster = VirtualCluster.start();
    cluster.faults = [{ kind: "never_catches_up", host: "h2" }];
    cluster.restartDbserver("h2", "2.16.0.0");
    const before = lagsOf(cluster, "h2");
    expect(before).toHaveLength(6);
    expect(Math.min(...before)).toBeGreaterThan(60_000);
    cluster.run(10_000);
    expect(Math.min(...lagsOf(cluster, "h2"))).toBeGreaterThanOrEqual(Math.min(...before) + 9_000);
    expect(Math.max(...lagsOf(cluster, "h1"), ...lagsOf(cluster, "h3"))).toBeLessThan(3000);
    expect(leaderlessOf(cluster)).toEqual([]);
    cluster.faults = [];
    cluster.runUntil(() => Math.max(...lagsOf(cluster, "h2")) < 3000, "h2 has caught up", 20_000);
  });

  test("is under-replicated as long as the fault is set, also for a new leader MServer, and still has a leader", () => {
    const cluster = VirtualCluster.start();
    expect(underReplicatedOf(cluster)).toEqual([]);
    cluster.faults = [{ kind: "tile_under_replicated", host: "h2", tiles: 2 }];
    cluster.runUntil(() => underReplicatedOf(cluster).length === 2, "two tiles lack a replica", 10_000);
    cluster.runUntil(() => leaderlessOf(cluster).length === 0, "every tile has a leader", 20_000);
    const was = leaderUuid(cluster);
    cluster.askLeader({ op: "step_down" });
    cluster.runUntil(() => cluster.hasServingLeader() && leaderUuid(cluster) !== was, "another MServer leads");
    cluster.runUntil(() => cluster.leader().registry.list().length === 3, "it knows every DBServer");
    expect(underReplicatedOf(cluster)).toHaveLength(2);
    cluster.faults = [];
    cluster.runUntil(() => underReplicatedOf(cluster).length === 0, "all replicas are back", 10_000);
  });

  test("has no leader anywhere as long as the fault is set, and gets one when it is cleared", () => {
    const cluster = VirtualCluster.start();
    cluster.faults = [{ kind: "tile_leaderless", host: "h2" }];
    cluster.runUntil(() => leaderlessOf(cluster).length === 1, "one tile is leaderless", 10_000);
    const [tile] = leaderlessOf(cluster);
    for (let second = 0; second < 30; second++) {
      cluster.run(1000);
      expect(leaderlessOf(cluster).map(({ id }) => id)).toEqual([tile?.id]);
    }
    // While the one that spoils it is away the others elect a leader; when it is back, there is none again.
    cluster.stop(cluster.dbserverAddress("h2"));
    cluster.runUntil(() => leaderlessOf(cluster).length === 0, "the others lead", 30_000);
    cluster.startDbserver("h2", "2.16.0.0");
    cluster.runUntil(() => leaderlessOf(cluster).length === 1, "it is leaderless again", 30_000);
    cluster.faults = [];
    cluster.runUntil(() => leaderlessOf(cluster).length === 0, "every tile has a leader", 30_000);
  });
});

describe("a leader MServer with a fault", () => {
  test("hands over at each start of a process, as often as was ordered", () => {
    const cluster = VirtualCluster.start();
    cluster.faults = [{ kind: "leader_steps_down", onEvent: "process_started", times: 2 }];
    cluster.run(1000);
    for (const expected of [2, 3, 3]) {
      cluster.runUntil(() => cluster.hasServingLeader(), "somebody leads");
      // Outside of processes nobody writes this event.
      cluster.events.push({ event: "process_started", host: "h3", atMs: cluster.nowMs });
      cluster.run(20_000);
      expect(elections(cluster)).toBe(expected);
    }
  });

  test("hands over every so often, three times when nothing else was ordered", () => {
    const cluster = VirtualCluster.start();
    cluster.faults = [{ kind: "leader_steps_down", everyMs: 4000 }];
    cluster.run(120_000);
    expect(elections(cluster)).toBe(1 + 3);
    expect(cluster.hasServingLeader()).toBe(true);
  });

  test("goes on claiming to lead for a while after another one leads, with what it knew", () => {
    const cluster = VirtualCluster.start();
    const old = cluster.leader();
    const host = old.config.rpc.split(":")[0] ?? "";
    cluster.faults = [{ kind: "stale_leader", host, forMs: 8000 }];
    cluster.runUntil(() => old.raft.role === "FOLLOWER", "it has handed over", 10_000);
    cluster.runUntil(() => cluster.hasServingLeader(), "another one leads", 10_000);
    expect(cluster.leader()).not.toBe(old);
    expect(old.claimedRole(cluster.nowMs)).toBe("LEADER");
    const stale = old.findStale(cluster.nowMs);
    expect(stale?.nowMs).toBeLessThan(cluster.nowMs - 1000);
    expect(stale?.document.tiles).toHaveLength(6);
    const reply = cluster.request(old.config.rpc, { op: "cluster_config" });
    expect(reply).toMatchObject({ ok: false, status: { message: expect.stringContaining("Not the leader") } });
    cluster.run(8000);
    expect(old.claimedRole(cluster.nowMs)).toBe("FOLLOWER");
  });
});

test("a catalog upgrade that is ordered to be slow takes its time once", () => {
  const cluster = VirtualCluster.start({ version: "2.18.0.0" });
  cluster.faults = [{ kind: "bsql_upgrade_times_out", takesMs: 90_000 }];
  const tookMs = (): number => {
    const startedMs = cluster.nowMs;
    expect(cluster.request(cluster.dbserverAddress("h1"), { op: "upgrade_bsql" })).toMatchObject({ ok: true });
    return cluster.nowMs - startedMs;
  };
  expect(tookMs()).toBeGreaterThanOrEqual(90_000);
  expect(tookMs()).toBeLessThan(10_000);
});
