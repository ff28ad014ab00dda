// One upgrade from 2.16 to 2.18 by hand, as the procedure has it, seen from outside; each test goes on where the last one ended.

import { RealCluster, type ServerFacts, until } from "./real-cluster";

const OLD = "2.16.0.0";
const NEW = "2.18.0.0";
const cluster = new RealCluster(2);

beforeAll(() => cluster.startAll(OLD));
afterAll(() => cluster.stopAll());

async function versionOf(host: string, role: "mserver" | "dbserver"): Promise<string> {
  return (await cluster.json<{ version_number: string }>(host, role, "/api/v1/version")).version_number;
}

async function servers(): Promise<Record<string, ServerFacts>> {
  const leader = (await cluster.findLeader()) ?? "";
  return (await cluster.json<{ "": Record<string, ServerFacts> }>(leader, "mserver", "/api/v1/tablet-servers"))[""];
}

describe("a rolling upgrade of real processes", () => {
  test("the old release's bm-admin finds nothing to promote", async () => {
    expect(await cluster.admin(OLD, "promote_auto_flags")).toEqual({
      code: 0,
      stdout: "PromoteAutoFlags status: \nNo new AutoFlags to promote\n",
      stderr: "",
    });
  });

  test("MServers restart one by one, the leader last, and exactly one leads afterwards", async () => {
    const leader = (await cluster.findLeader()) ?? "";
    for (const host of [...cluster.hosts.filter((name) => name !== leader), leader]) {
      expect(await cluster.stop(host, "mserver")).toBe(0);
      if (host !== leader) {
        const listed = await cluster.json<{ masters: { error?: { code: string }; role?: string }[] }>(
          leader,
          "mserver",
          "/api/v1/masters",
        );
        const down = listed.masters.filter((entry) => entry.error !== undefined);
        expect(down).toEqual([expect.objectContaining({ error: expect.objectContaining({ code: "NETWORK_ERROR" }) })]);
        expect(down[0]).not.toHaveProperty("role");
      }
      await cluster.start(host, "mserver", NEW);
      await cluster.waitUntilHealthy();
      await until("the new process answers", async () => (await versionOf(host, "mserver")) === NEW);
    }
    const { stdout } = await cluster.admin(NEW, "list_all_masters");
    expect(stdout.match(/ALIVE/g)).toHaveLength(3);
    expect(stdout.match(/LEADER/g)).toHaveLength(1);
  });

  test("DBServers restart one by one and are ALIVE again with a small uptime", async () => {
    for (const host of cluster.hosts) {
      expect(await cluster.stop(host, "dbserver")).toBe(0);
      expect((await servers())[`${cluster.address(host)}:9000`]?.status).toBe("ALIVE");
      await cluster.start(host, "dbserver", NEW);
      await until("the new process answers", async () => (await versionOf(host, "dbserver")) === NEW);
      const startedAtMs = Date.now();
      await until("a fresh heartbeat with the uptime of the new process", async () => {
        const facts = (await servers())[`${cluster.address(host)}:9000`];
        const uptimeMax = (Date.now() - startedAtMs) / 1000 + 1;
        return facts?.status === "ALIVE" && facts.uptime_seconds <= uptimeMax && facts.time_since_hb_sec < 1;
      });
      await cluster.waitUntilHealthy();
    }
  });

  test("AutoFlags are promoted once, and the catalog is upgraded once", async () => {
    expect((await cluster.admin(NEW, "promote_auto_flags")).stdout).toBe(
      "PromoteAutoFlags status: \nNew AutoFlags were promoted. Config version: 2\n",
    );
    expect((await cluster.admin(NEW, "promote_auto_flags")).stdout).toContain("No new AutoFlags to promote");
    for (let i = 0; i < 2; i++) {
      expect(await cluster.admin(NEW, "-timeout_ms", "180000", "upgrade_bsql")).toEqual({
        code: 0,
        stdout: "BSQL successfully upgraded to the latest version\n",
        stderr: "",
      });
    }
    expect((await cluster.admin(NEW, "bsql_catalog_version")).stdout).toBe("Version: 26\n");
  });

  test("the event log tells all of it in order", () => {
    const told = cluster.events().filter(({ version }) => version === NEW);
    const starts = told.filter(({ event }) => event === "process_serving").map(({ role }) => role);
    expect(starts).toEqual(["mserver", "mserver", "mserver", "dbserver", "dbserver", "dbserver"]);
    const finals = told.filter(({ event }) => event === "auto_flags_promoted" || event === "bsql_catalog_upgraded");
    expect(finals.map(({ event, configVersion, catalogVersion }) => [event, configVersion ?? catalogVersion])).toEqual([
      ["auto_flags_promoted", 2],
      ["bsql_catalog_upgraded", 26],
    ]);
    expect(cluster.events().filter(({ event }) => event === "process_crashed")).toEqual([]);
  });

  test("an old DBServer cannot be started any more", async () => {
    await cluster.stop("h1", "dbserver");
    await cluster.start("h1", "dbserver", OLD);
    await until("its end", () => !cluster.isRunning("h1", "dbserver"));
    expect(cluster.fatalLog("h1", "dbserver")).toMatch(
      /^F\d{4} .*AutoFlag 'bsql_enable_expression_pushdown' is not supported/,
    );
    const crashes = cluster.events().filter(({ event }) => event === "process_crashed");
    expect(crashes).toEqual([expect.objectContaining({ host: "h1", role: "dbserver", version: OLD })]);
    await cluster.start("h1", "dbserver", NEW);
    await cluster.waitUntilHealthy();
  });
});
