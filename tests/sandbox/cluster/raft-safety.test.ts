// MServers are stopped and started at random moments; what was acknowledged must survive, and no term has two leaders.

import { VirtualCluster } from "./virtual-cluster";

/** A small generator of its own, so that the cluster's chances stay the same when the test draws more often. */
function buildDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const seeds = Array.from({ length: 12 }, (_, i) => i + 1);

describe("whatever stops and starts", () => {
  test.each(seeds)("acknowledged changes survive and every term has one leader (seed %i)", (seed) => {
    const cluster = VirtualCluster.start({ seed, tiles: 3 });
    const roll = buildDice(seed);
    let acknowledged = 0;
    for (let act = 0; act < 40; act++) {
      const host = cluster.hosts[roll(cluster.hosts.length)]?.name ?? "";
      const address = cluster.mserverAddress(host);
      if (!cluster.mservers.has(address)) cluster.startMServer(host, "2.16.0.0");
      else if (roll(2) === 0) cluster.stop(address);
      cluster.run(roll(6000));
      if (!cluster.hasServingLeader()) continue;
      const { config } = cluster.leader();
      const version = cluster.leader().raft.document?.config.version ?? 0;
      const leaderBlacklist = [{ host: "act", port: act }];
      const change = { op: "change_leader_blacklist", expectedVersion: version, leaderBlacklist } as const;
      if (cluster.request(config.rpc, change).ok) acknowledged = version + 1;
      const known = cluster.mservers.get(config.rpc)?.raft.document?.config.version ?? 0;
      expect(known).toBeGreaterThanOrEqual(acknowledged);
    }
    for (const { name } of cluster.hosts) {
      if (!cluster.mservers.has(cluster.mserverAddress(name))) cluster.startMServer(name, "2.16.0.0");
    }
    cluster.runUntil(() => cluster.hasServingLeader(), "a leader at the end", 60_000);
    cluster.run(2000);
    expect(acknowledged).toBeGreaterThan(3);
    expect(cluster.leader().raft.document?.config.version).toBeGreaterThanOrEqual(acknowledged);
    const terms = cluster.events.filter(({ event }) => event === "leader_elected").map(({ term }) => term);
    expect(new Set(terms).size).toBe(terms.length);
    const documents = [...cluster.mservers.values()].map(({ raft }) => JSON.stringify(raft.document));
    expect(new Set(documents).size).toBe(1);
  });
});
