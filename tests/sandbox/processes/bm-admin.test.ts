// bm-admin against a running cluster: texts, streams and exit codes.

import { RealCluster, until } from "./real-cluster";

const VERSION = "2.20.0.0";
const cluster = new RealCluster(5);

beforeAll(() => cluster.startAll(VERSION));
afterAll(() => cluster.stopAll());

const silent = { code: 0, stdout: "", stderr: "" };
const dbserver = (host: string): string => `${cluster.address(host)}:9100`;

describe("bm-admin", () => {
  test("words the promotion as 2.20 does", async () => {
    const { stdout } = await cluster.admin(VERSION, "promote_auto_flags");
    expect(stdout).toBe(
      "PromoteAutoFlags completed successfully\nNo new AutoFlags eligible to promote\nCurrent config version: 1\n",
    );
    expect((await cluster.admin(VERSION, "promote_auto_flags", "kexternal", "true", "force")).stdout).toBe(
      "PromoteAutoFlags completed successfully\nNew AutoFlags were promoted\nNew config version: 2\n",
    );
  });

  test("changes the leader blacklist silently, twice with the same result, and shows it", async () => {
    expect(await cluster.admin(VERSION, "change_leader_blacklist", "ADD", dbserver("h1"))).toEqual(silent);
    expect(await cluster.admin(VERSION, "--timeout_ms=5000", "change_leader_blacklist", "ADD", dbserver("h1"))).toEqual(
      silent,
    );
    const config = JSON.parse((await cluster.admin(VERSION, "get_universe_config")).stdout) as Record<string, unknown>;
    const hosts = [{ host: cluster.address("h1"), port: 9100 }];
    expect(config).toMatchObject({ version: 2, leaderBlacklist: { hosts } });
    expect(await cluster.json("h2", "mserver", "/api/v1/cluster-config")).toMatchObject({
      version: 2,
      leader_blacklist: { hosts },
    });
    const { body } = await cluster.get("h2", "mserver", "/tile-servers?raw");
    expect(body.match(/Leader Blacklisted/g)).toHaveLength(1);
    expect(await cluster.admin(VERSION, "change_leader_blacklist", "REMOVE", dbserver("h1"))).toEqual(silent);
    expect((await cluster.admin(VERSION, "get_leader_blacklist_completion")).stdout).toBe(
      "Percent complete = 100 : 0 remaining out of 0\n",
    );
  });

  test("switches the balancer on every MServer", async () => {
    expect(await cluster.admin(VERSION, "set_load_balancer_enabled", "0")).toEqual(silent);
    expect((await cluster.admin(VERSION, "get_load_balancer_state")).stdout.match(/DISABLED/g)).toHaveLength(3);
    expect((await cluster.admin(VERSION, "get_is_load_balancer_idle")).stdout).toBe("Idle = 1\n");
    expect((await cluster.get("h1", "mserver", "/?raw")).body).not.toContain("Is Load Balanced?");
    expect(await cluster.admin(VERSION, "set_load_balancer_enabled", "1")).toEqual(silent);
  });

  test("knows no replication group, and says so on both streams", async () => {
    const cause =
      /Not found \(.*\): Unable to disable replication for universe g1: Could not find CDC producer universe: g1 \(master error \d+\)\n$/;
    const answer = await cluster.admin(
      VERSION,
      "-certs_dir_name",
      "/certs",
      "set_universe_replication_enabled",
      "g1",
      "0",
    );
    expect(answer.code).toBe(1);
    expect(answer.stdout).toMatch(/^Error disabling universe replication: /);
    expect(answer.stderr).toMatch(/^Error running set_universe_replication_enabled: /);
    expect(answer.stdout).toMatch(cause);
    expect(answer.stderr).toMatch(cause);
  });

  test("finds the other MServers when it is told one of them", async () => {
    const dir = await cluster.install(VERSION);
    const one = `${cluster.address("h3")}:11000`;
    const { code, stdout } = await cluster.run(`${dir}/bin/bm-admin`, [
      "-init_mserver_addrs",
      one,
      "list_all_mservers",
    ]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(4);
  });

  test("lists DBServers in twelve columns", async () => {
    const { stdout } = await cluster.admin(VERSION, "list_all_tablet_servers");
    const [head = "", ...rows] = stdout.trimEnd().split("\n");
    expect(head).toMatch(/^Tablet Server UUID +RPC Host\/Port Heartbeat delay Status +Reads\/s/);
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatch(/^[0-9a-f]{32} 127\.40\.5\.\d:9100 \d+\.\d\ds +ALIVE +0\.00 +0\.00 +\d+ +.* MB N\/A$/);
    }
  });

  test("hands the leadership to the MServer that it is told, silently", async () => {
    const old = (await cluster.findLeader()) ?? "";
    const { stdout } = await cluster.admin(VERSION, "list_all_masters");
    const follower = stdout.split("\n").find((line) => line.includes("FOLLOWER")) ?? "";
    expect(await cluster.admin(VERSION, "master_leader_stepdown", follower.slice(0, 32))).toEqual(silent);
    const name = cluster.hosts.find((host) => follower.includes(`${cluster.address(host)}:`));
    await until("the follower leads", async () => (await cluster.findLeader()) === name);
    expect(name).not.toBe(old);
  });

  test("a leader that was just elected refuses for a while, and that is worth a retry", async () => {
    const leader = (await cluster.findLeader()) ?? "";
    await cluster.stop(leader, "mserver", "SIGKILL");
    const seen: string[] = [];
    await until("it serves", async () => {
      const { code, stderr } = await cluster.admin(VERSION, "-timeout_ms", "5000", "get_universe_config");
      if (code !== 0) seen.push(stderr);
      return code === 0;
    });
    for (const text of seen) {
      expect(text).toMatch(
        /Leader not yet ready to serve requests|Not the leader|Unable to establish connection to leader master/,
      );
    }
    await cluster.start(leader, "mserver", VERSION);
    await cluster.waitUntilHealthy();
  });
});

describe("bm-admin on a cluster without BSQL", () => {
  const plain = new RealCluster(6);
  afterAll(() => plain.stopAll());

  test("has no catalog to upgrade", async () => {
    for (const host of plain.hosts) await plain.start(host, "mserver", "2.18.0.0", { enable_bsql: "false" });
    await until("one leads", async () => (await plain.findLeader()) !== undefined);
    expect(await plain.admin("2.18.0.0", "upgrade_bsql")).toEqual({
      code: 0,
      stdout: "Upgrade is not needed since BSQL is disabled\n",
      stderr: "",
    });
  });
});
