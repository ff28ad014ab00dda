import { listLeaderless, listUnderReplicated } from "../../../sandbox/cluster/judge-tiles";
import type { DbserverRow } from "../../../sandbox/cluster/requests";
import { VirtualCluster } from "./virtual-cluster";

const rows = (cluster: VirtualCluster): DbserverRow[] => cluster.askLeader<DbserverRow[]>({ op: "list_dbservers" });
const row = (cluster: VirtualCluster, host: string): DbserverRow => {
  const found = rows(cluster).find(({ registration }) => registration.rpc === cluster.dbserverAddress(host));
  if (found === undefined) throw new Error(`${host} is not listed`);
  return found;
};
const underReplicated = (cluster: VirtualCluster): number => {
  const { raft, registry } = cluster.leader();
  return raft.document === undefined ? -1 : listUnderReplicated(cluster.nowMs, raft.document, registry, 0).length;
};
const leaderless = (cluster: VirtualCluster): number => {
  const { raft, registry } = cluster.leader();
  return raft.document === undefined ? -1 : listLeaderless(cluster.nowMs, raft.document, registry).length;
};

describe("tiles", () => {
  test("have one replica in each zone", () => {
    const hosts = ["a1", "a2", "b1", "b2", "c1", "c2"].map((name) => ({ name, zone: `z-${name[0]}` }));
    const cluster = VirtualCluster.start({ hosts, tiles: 12 });
    const tiles = cluster.leader().raft.document?.tiles ?? [];
    expect(tiles).toHaveLength(12);
    for (const tile of tiles) {
      expect(tile.replicas.map((replica) => replica.address[0]).sort()).toEqual(["a", "b", "c"]);
    }
    expect(rows(cluster).map(({ tileCount }) => tileCount)).toEqual([6, 6, 6, 6, 6, 6]);
  });

  test.each([1, 2, 3, 4, 5])("get a new leader within 8 s after their leader's DBServer stopped (seed %i)", (seed) => {
    const cluster = VirtualCluster.start({ seed });
    const counts = cluster.tileLeaderCounts();
    const [busiest = ""] = Object.keys(counts).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
    cluster.stop(busiest);
    const lost = counts[busiest] ?? 0;
    const led = (): number => Object.values(cluster.tileLeaderCounts()).reduce((sum, n) => sum + n, 0);
    cluster.run(2500);
    expect(led()).toBe(6 - lost);
    cluster.runUntil(() => led() === 6, "every tile is led again", 6000);
  });

  test("a stopped DBServer is shown ALIVE with a frozen uptime for 60 s, then DEAD, and nothing is under-replicated before", () => {
    const cluster = VirtualCluster.start();
    cluster.run(20_000);
    cluster.stop(cluster.dbserverAddress("h2"));
    const { uptimeSec } = row(cluster, "h2");
    cluster.run(58_000);
    expect(row(cluster, "h2")).toMatchObject({ status: "ALIVE", uptimeSec });
    expect(underReplicated(cluster)).toBe(0);
    cluster.run(3500);
    expect(row(cluster, "h2").status).toBe("DEAD");
    expect(underReplicated(cluster)).toBe(6);
    expect(leaderless(cluster)).toBe(0);
  });

  test("a DBServer that comes back is ALIVE with its first heartbeat and lags by the time it was away", () => {
    const cluster = VirtualCluster.start();
    cluster.stop(cluster.dbserverAddress("h2"));
    cluster.run(90_000);
    cluster.startDbserver("h2", "2.16.0.0");
    cluster.runUntil(() => row(cluster, "h2").status === "ALIVE", "ALIVE", 3000);
    const lags = (): number[] =>
      [...(cluster.dbservers.get("h2:9100")?.tiles.list() ?? [])].map((replica) => replica.lagMs(cluster.nowMs));
    expect(Math.min(...lags())).toBeGreaterThan(85_000);
    cluster.runUntil(() => row(cluster, "h2").uptimeSec < 8, "its own uptime, up to 5 s late", 6000);
    cluster.runUntil(() => Math.max(...lags()) <= 1000, "caught up", 20_000);
    expect(underReplicated(cluster)).toBe(0);
  });

  test("with two of three replicas down a tile has no leader, and says so once its last leader is gone or silent", () => {
    const cluster = VirtualCluster.start();
    cluster.stop(cluster.dbserverAddress("h1"));
    cluster.run(10_000);
    cluster.stop(cluster.dbserverAddress("h2"));
    cluster.run(70_000);
    expect(leaderless(cluster)).toBe(6);
    cluster.startDbserver("h1", "2.16.0.0");
    cluster.runUntil(() => leaderless(cluster) === 0, "led again", 30_000);
  });

  test("a new leader MServer lists only the DBServers that it has heard of", () => {
    const cluster = VirtualCluster.start();
    cluster.stop(cluster.dbserverAddress("h3"));
    const leader = cluster.leader().config.rpc;
    cluster.stop(leader);
    cluster.runUntil(() => cluster.hasServingLeader() && rows(cluster).length === 2, "two DBServers", 60_000);
    cluster.run(10_000);
    expect(rows(cluster).map(({ registration }) => registration.rpc)).not.toContain("h3:9100");
    expect(underReplicated(cluster)).toBe(6);
  });

  test("a replica that is lost for 15 minutes moves to a spare server, and without a spare it stays where it is", () => {
    const hosts = ["h1", "h2", "h3", "h4"].map((name) => ({ name, zone: "z1" }));
    const cluster = VirtualCluster.start({ hosts, tiles: 4 });
    cluster.stop(cluster.dbserverAddress("h2"));
    cluster.runUntil(() => underReplicated(cluster) === 0 && rowsOf(cluster, "h2") === 0, "moved", 1_200_000);

    const full = VirtualCluster.start();
    full.stop(full.dbserverAddress("h2"));
    full.run(1_000_000);
    expect(rowsOf(full, "h2")).toBe(6);
  });
});

function rowsOf(cluster: VirtualCluster, host: string): number {
  const tiles = cluster.leader().raft.document?.tiles ?? [];
  const address = cluster.dbserverAddress(host);
  return tiles.filter((tile) => tile.replicas.some((replica) => replica.address === address)).length;
}

describe("the balancer", () => {
  const blacklist = (cluster: VirtualCluster, host: string): void => {
    const { config } = cluster.askLeader<{ config: { version: number } }>({ op: "cluster_config" });
    cluster.askLeader({
      op: "change_leader_blacklist",
      expectedVersion: config.version,
      leaderBlacklist: [{ host, port: 9100 }],
    });
  };

  test("moves leaders off a blacklisted server and back when it is no longer blacklisted", () => {
    const cluster = VirtualCluster.start();
    cluster.run(130_000);
    blacklist(cluster, "h1");
    cluster.runUntil(() => cluster.tileLeaderCounts()["h1:9100"] === 0, "drained", 10_000);
    cluster.runUntil(
      () => cluster.askLeader<{ percent: number }>({ op: "leader_blacklist_completion" }).percent === 100,
      "100 %",
      5000,
    );
    cluster.askLeader({ op: "change_leader_blacklist", expectedVersion: 1, leaderBlacklist: [] });
    cluster.runUntil(() => cluster.tileLeaderCounts()["h1:9100"] === 2, "even again", 30_000);
    // The old leaders hear of the new ones with the next message.
    cluster.run(1000);
    expect(Object.values(cluster.tileLeaderCounts())).toEqual([2, 2, 2]);
  });

  test("a leader blacklist has no effect for 120 s after a change of the leader MServer", () => {
    const cluster = VirtualCluster.start();
    cluster.run(130_000);
    cluster.askLeader({ op: "step_down" });
    cluster.runUntil(() => !cluster.hasServingLeader(), "no leader");
    cluster.runUntil(() => cluster.hasLeaders(), "a new leader");
    const changedAtMs = cluster.nowMs;
    const before = cluster.tileLeaderCounts()["h1:9100"];
    expect(before).toBeGreaterThan(0);
    blacklist(cluster, "h1");
    cluster.run(115_000);
    expect(cluster.tileLeaderCounts()["h1:9100"]).toBe(before);
    cluster.runUntil(() => cluster.tileLeaderCounts()["h1:9100"] === 0, "drained", 20_000);
    expect(cluster.nowMs - changedAtMs).toBeGreaterThan(115_000);
  });

  test("moves nothing while it is disabled, and counts as idle then", () => {
    const cluster = VirtualCluster.start();
    cluster.run(130_000);
    cluster.askLeader({ op: "set_balancer", enabled: false });
    blacklist(cluster, "h1");
    cluster.run(30_000);
    expect(cluster.tileLeaderCounts()["h1:9100"]).toBeGreaterThan(0);
    expect(cluster.askLeader({ op: "balancer_idle" })).toEqual({ idle: true });
  });

  test("is enabled again on an MServer that restarted", () => {
    const cluster = VirtualCluster.start();
    for (const machine of cluster.mservers.values()) machine.balancer.enabled = false;
    cluster.restartMServer("h1", "2.16.0.0");
    expect(cluster.request("h1:11000", { op: "balancer_state" })).toEqual({ ok: true, result: { enabled: true } });
    expect(cluster.request("h2:11000", { op: "balancer_state" })).toEqual({ ok: true, result: { enabled: false } });
  });
});
