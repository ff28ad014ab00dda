import {
  buildInitialAutoFlags,
  findUnsupportedFlag,
  NO_AUTO_FLAGS,
  needsRestart,
  planPromotion,
  renderUnsupportedFlag,
} from "../../../sandbox/cluster/auto-flags";
import { catalogOf, flagsOf, VirtualCluster } from "./virtual-cluster";

const EVERYTHING = { maxClass: "kExternal", nonRuntime: true, force: false } as const;

function rollAll(cluster: VirtualCluster, version: string): void {
  const leader = cluster.leader().config.rpc;
  const names = cluster.hosts.map(({ name }) => name);
  for (const name of names.filter((n) => cluster.mserverAddress(n) !== leader)) cluster.restartMServer(name, version);
  cluster.restartMServer(leader.split(":")[0] ?? "", version);
  for (const name of names) cluster.restartDbserver(name, version);
  cluster.runUntil(() => cluster.hasLeaders(), "healthy");
}

describe("AutoFlags", () => {
  test("a new cluster starts with all flags of its release promoted, config version 1", () => {
    const cluster = VirtualCluster.start({ version: "2.18.0.0" });
    const { autoFlags } = cluster.leader().raft.document ?? {};
    expect(autoFlags?.configVersion).toBe(1);
    expect(autoFlags?.promoted.dbserver).toHaveLength(3);
    cluster.run(2500);
    for (const machine of cluster.dbservers.values()) expect(machine.autoFlags).toEqual(autoFlags);
  });

  test("a cluster created before AutoFlags existed has config version 0", () => {
    expect(buildInitialAutoFlags(flagsOf("2.14.0.0"))).toEqual(NO_AUTO_FLAGS);
  });

  test("are promoted once, reach every process within two heartbeats, and a second promotion finds nothing", () => {
    const cluster = VirtualCluster.start();
    rollAll(cluster, "2.18.0.0");
    expect(cluster.askLeader({ op: "promote_auto_flags", promotion: EVERYTHING })).toMatchObject({
      promoted: true,
      configVersion: 2,
    });
    cluster.run(2 * cluster.timers.heartbeatIntervalMs);
    for (const machine of cluster.dbservers.values()) expect(machine.autoFlags.configVersion).toBe(2);
    expect(cluster.askLeader({ op: "promote_auto_flags", promotion: EVERYTHING })).toMatchObject({
      promoted: false,
      configVersion: 2,
    });
    expect(cluster.eventNames().filter((name) => name.startsWith("auto_flags"))).toEqual([
      "auto_flags_promoted",
      "auto_flags_nothing_to_promote",
    ]);
  });

  test("are not promoted while the leader MServer runs the old release, and that looks like success", () => {
    const cluster = VirtualCluster.start();
    const leader = cluster.leader().config.rpc;
    for (const { name } of cluster.hosts) {
      if (cluster.mserverAddress(name) !== leader) cluster.restartMServer(name, "2.18.0.0");
      cluster.restartDbserver(name, "2.18.0.0");
    }
    expect(cluster.leader().config.rpc).toBe(leader);
    expect(cluster.askLeader({ op: "promote_auto_flags", promotion: EVERYTHING })).toMatchObject({
      promoted: false,
      configVersion: 1,
    });
  });

  test("an old DBServer that is started again after the promotion dies with the documented text", () => {
    const cluster = VirtualCluster.start();
    rollAll(cluster, "2.18.0.0");
    cluster.askLeader({ op: "promote_auto_flags", promotion: EVERYTHING });
    cluster.run(3000);
    cluster.restartDbserver("h1", "2.16.0.0");
    expect(cluster.crashes).toEqual([
      {
        address: "h1:9100",
        text: expect.stringMatching(
          /^Not implemented .*AutoFlag 'bsql_enable_expression_pushdown' is not supported\. Upgrade/,
        ),
      },
    ]);
  });

  test("an old MServer dies of the promotion, and an old DBServer stops its heartbeats and becomes DEAD", () => {
    const cluster = VirtualCluster.start();
    const old = cluster.leader().config.rpc;
    const oldHost = old.split(":")[0] ?? "";
    for (const { name } of cluster.hosts) if (name !== oldHost) cluster.restartMServer(name, "2.18.0.0");
    cluster.askLeader({ op: "step_down" });
    cluster.runUntil(
      () => cluster.hasServingLeader() && cluster.leader().config.version === "2.18.0.0",
      "a new leader",
    );
    cluster.run(2000);
    cluster.askLeader({ op: "promote_auto_flags", promotion: EVERYTHING });
    cluster.run(65_000);
    expect(cluster.crashes.map(({ address }) => address)).toEqual([old]);
    const rows = cluster.askLeader<{ status: string }[]>({ op: "list_dbservers" });
    expect(rows.map(({ status }) => status)).toEqual(["DEAD", "DEAD", "DEAD"]);
  });

  test("the class limits what is promoted, and force counts up with nothing to promote", () => {
    const release = flagsOf("2.18.0.0");
    const volatile = planPromotion(NO_AUTO_FLAGS, release, { ...EVERYTHING, maxClass: "kLocalVolatile" });
    expect(volatile?.promoted).toEqual({ mserver: [], dbserver: ["bsql_enable_expression_pushdown"] });
    const all = planPromotion(NO_AUTO_FLAGS, release, EVERYTHING) ?? NO_AUTO_FLAGS;
    expect(planPromotion(all, release, EVERYTHING)).toBeUndefined();
    expect(planPromotion(all, release, { ...EVERYTHING, force: true })?.configVersion).toBe(all.configVersion + 1);
    expect(needsRestart(NO_AUTO_FLAGS, all, release)).toBe(false);
  });

  test("2.20 words the unknown flag differently", () => {
    expect(renderUnsupportedFlag("x", "2.20.1.0")).toMatch(
      /^Not found .*is not found\. .*Current version: 2\.20\.1\.0$/,
    );
    expect(renderUnsupportedFlag("x", "2.18.0.0")).toMatch(/^Not implemented /);
    expect(findUnsupportedFlag(NO_AUTO_FLAGS, flagsOf("2.14.0.0"), "mserver")).toBeUndefined();
  });
});

describe("the BSQL catalog", () => {
  test("goes to the newest migration of the DBServer that was asked, and stays there", () => {
    const cluster = VirtualCluster.start();
    expect(cluster.leader().raft.document?.bsqlCatalogVersion).toBe(catalogOf("2.16.0.0"));
    cluster.restartDbserver("h1", "2.18.0.0");
    expect(cluster.request("h1:9100", { op: "upgrade_bsql" })).toMatchObject({
      ok: true,
      result: { catalogVersion: 26 },
    });
    expect(cluster.leader().raft.document?.bsqlCatalogVersion).toBe(26);
    expect(cluster.events.find(({ event }) => event === "bsql_catalog_upgraded")).toMatchObject({
      by: "h1:9100",
      catalogVersion: 26,
      previousCatalogVersion: 23,
    });
  });

  test("stays at the old level when the DBServer runs the old release, and that looks like success", () => {
    const cluster = VirtualCluster.start();
    expect(cluster.request("h2:9100", { op: "upgrade_bsql" })).toMatchObject({ ok: true });
    expect(cluster.leader().raft.document?.bsqlCatalogVersion).toBe(23);
    expect(cluster.eventNames()).not.toContain("bsql_catalog_upgraded");
  });

  test("is upgraded although the leader MServer changes meanwhile", () => {
    const cluster = VirtualCluster.start();
    cluster.restartDbserver("h1", "2.18.0.0");
    cluster.stop(cluster.leader().config.rpc);
    expect(cluster.request("h1:9100", { op: "upgrade_bsql" })).toMatchObject({ ok: true });
    expect(cluster.leader().raft.document?.bsqlCatalogVersion).toBe(26);
  });
});
