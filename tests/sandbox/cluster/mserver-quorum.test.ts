import { VirtualCluster } from "./virtual-cluster";

describe("MServers", () => {
  test("three of them elect one leader, which writes it to the event log", () => {
    const cluster = VirtualCluster.start();
    const elections = cluster.events.filter(({ event }) => event === "leader_elected");
    expect(elections).toHaveLength(1);
    expect(elections[0]?.host).toBe(cluster.leader().config.rpc.split(":")[0]);
  });

  test.each([1, 2, 3, 4, 5])(
    "elect a new leader within 8 s after the old one stopped, and its catalog loads after that (seed %i)",
    (seed) => {
      const cluster = VirtualCluster.start({ seed });
      const old = cluster.leader().config.rpc;
      cluster.stop(old);
      const stoppedAtMs = cluster.nowMs;
      cluster.run(2500);
      expect(cluster.hasServingLeader()).toBe(false);
      cluster.runUntil(
        () => cluster.events.filter(({ event }) => event === "leader_elected").length === 2,
        "a second election",
      );
      expect(cluster.nowMs - stoppedAtMs).toBeLessThan(8000);
      expect(cluster.hasServingLeader()).toBe(false);
      const reply = cluster.request(firstLeader(cluster), { op: "list_dbservers" });
      expect(reply).toMatchObject({ ok: false, status: { code: "Service unavailable" } });
      cluster.runUntil(() => cluster.hasServingLeader(), "a loaded catalog", 3000);
    },
  );

  test("without a majority there is no leader, and the one that is left does not claim to be one", () => {
    const cluster = VirtualCluster.start();
    const leader = cluster.leader();
    for (const address of [...cluster.mservers.keys()]) if (address !== leader.config.rpc) cluster.stop(address);
    cluster.run(30_000);
    expect(leader.isLeader).toBe(false);
    expect(cluster.events.filter(({ event }) => event === "leader_elected")).toHaveLength(1);
  });

  test("a follower that comes back does not disturb the leader", () => {
    const cluster = VirtualCluster.start();
    const { config, raft } = cluster.leader();
    const follower = cluster.hosts.find(({ name }) => cluster.mserverAddress(name) !== config.rpc)?.name ?? "";
    const { term } = raft;
    cluster.restartMServer(follower, "2.16.0.0");
    cluster.run(10_000);
    expect(cluster.leader().config.rpc).toBe(config.rpc);
    expect(raft.term).toBe(term);
  });

  test("keep their uuids, the cluster's uuid and its config when all of them restart", () => {
    const cluster = VirtualCluster.start();
    cluster.askLeader({
      op: "change_leader_blacklist",
      expectedVersion: 0,
      leaderBlacklist: [{ host: "h2", port: 9100 }],
    });
    const before = cluster.leader().raft.document;
    const uuids = [...cluster.mservers.values()].map(({ registration }) => registration.uuid);
    for (const { name } of cluster.hosts) cluster.stop(cluster.mserverAddress(name));
    for (const { name } of cluster.hosts) cluster.startMServer(name, "2.16.0.0");
    cluster.runUntil(() => cluster.hasServingLeader(), "a leader");
    expect([...cluster.mservers.values()].map(({ registration }) => registration.uuid)).toEqual(uuids);
    expect(cluster.leader().raft.document).toEqual(before);
  });

  test("a step down moves the leadership to the MServer that was asked for", () => {
    const cluster = VirtualCluster.start();
    const old = cluster.leader();
    const target = [...cluster.mservers.values()].find((machine) => machine !== old);
    if (target === undefined) throw new Error("no follower");
    cluster.askLeader({ op: "step_down", target: target.registration.uuid });
    cluster.runUntil(() => target.isServing(cluster.nowMs), "the target leads", 5000);
    expect(old.isLeader).toBe(false);
  });

  test("a step down to an MServer that is not there is refused and changes nothing", () => {
    const cluster = VirtualCluster.start();
    const old = cluster.leader();
    const reply = cluster.request(old.config.rpc, { op: "step_down", target: "f".repeat(32) });
    expect(reply).toMatchObject({ ok: false, status: { message: "New leader not found among peers" } });
    cluster.run(5000);
    expect(old.isLeader).toBe(true);
  });

  test("a change that read an older config is refused", () => {
    const cluster = VirtualCluster.start();
    const change = { op: "change_leader_blacklist", expectedVersion: 0, leaderBlacklist: [] } as const;
    expect(cluster.request(cluster.leader().config.rpc, change).ok).toBe(true);
    expect(cluster.request(cluster.leader().config.rpc, change)).toMatchObject({
      ok: false,
      status: { message: "Config version does not match, got 0, but most recent one is 1. Should call Get again" },
    });
  });

  test("one that does not lead says so", () => {
    const cluster = VirtualCluster.start();
    const follower = [...cluster.mservers.values()].find((machine) => !machine.isLeader)?.config.rpc ?? "";
    const reply = cluster.request(follower, { op: "cluster_config" });
    expect(reply).toMatchObject({
      ok: false,
      status: { code: "Illegal state", message: expect.stringMatching(/^Not the leader/) },
    });
  });

  test("a single MServer leads alone", () => {
    const cluster = VirtualCluster.start({ hosts: [{ name: "h1", zone: "z1" }], replicationFactor: 1 });
    cluster.restartMServer("h1", "2.16.0.0");
    cluster.runUntil(() => cluster.hasLeaders(), "a leader again");
  });
});

function firstLeader(cluster: VirtualCluster): string {
  return [...cluster.mservers.values()].find((machine) => machine.isLeader)?.config.rpc ?? "";
}
