import { RealCluster, until } from "../processes/real-cluster";

const VERSION = "2.18.0.0";
const cluster = new RealCluster(21);
const admin = (...words: string[]) => cluster.admin(VERSION, ...words);

beforeAll(async () => {
  await cluster.install(VERSION);
  await cluster.startAll(VERSION);
});
afterAll(() => cluster.stopAll());
afterEach(() => cluster.setFaults([]));

const blacklist = async (): Promise<unknown> => {
  const { leader_blacklist: list } = await cluster.json<{ leader_blacklist?: { hosts?: unknown } }>(
    "h1",
    "mserver",
    "/api/v1/cluster-config",
  );
  return list?.hosts ?? [];
};

describe("bm-admin with a fault", () => {
  test("fails twice with a passing error, then works, and other operations work all the time", async () => {
    cluster.setFaults([{ kind: "admin_fails", operation: "list_all_masters" }]);
    for (const _ of [1, 2]) {
      const failed = await admin("list_all_masters");
      expect(failed).toMatchObject({ code: 1, stdout: "" });
      expect(failed.stderr).toMatch(/^Error running list_all_masters: Network error \(.*Connection refused/);
      expect((await admin("get_load_balancer_state")).code).toBe(0);
    }
    expect(await admin("list_all_masters")).toMatchObject({ code: 0, stderr: "" });
  });

  test("fails with a text of one's choice, and only on the host that was named", async () => {
    cluster.setFaults([
      { kind: "admin_fails", operation: "get_universe_config", host: "h2", text: "Aborted (x.cc:1): elsewhere" },
      { kind: "admin_fails", operation: "list_all_masters", host: "h1", times: 1, text: "Aborted (x.cc:1): here" },
    ]);
    expect((await admin("get_universe_config")).code).toBe(0);
    expect((await admin("list_all_masters")).stderr).toBe("Error running list_all_masters: Aborted (x.cc:1): here\n");
  });

  test("prints an error, does nothing and exits with 0", async () => {
    const address = `${cluster.address("h3")}:9100`;
    cluster.setFaults([{ kind: "admin_lies", operation: "change_leader_blacklist", lie: "error_with_exit_0" }]);
    const lied = await admin("change_leader_blacklist", "ADD", address);
    expect(lied).toMatchObject({ code: 0, stdout: "" });
    expect(lied.stderr).toContain("Error running change_leader_blacklist: Remote error");
    expect(await blacklist()).toEqual([]);
  });

  test("does what was asked, says so, and exits with 1", async () => {
    cluster.setFaults([{ kind: "admin_lies", operation: "upgrade_bsql", lie: "success_with_exit_1", times: 1 }]);
    const told = { stdout: "BSQL successfully upgraded to the latest version\n", stderr: "" };
    expect(await admin("upgrade_bsql")).toEqual({ code: 1, ...told });
    expect(await admin("upgrade_bsql")).toEqual({ code: 0, ...told });
  });

  test("does not know an operation that an old one would not know, and does not list it", async () => {
    cluster.setFaults([{ kind: "admin_lacks_operation", operation: "change_leader_blacklist" }]);
    const refused = await admin("change_leader_blacklist", "ADD", "127.0.0.1:9100");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^Invalid operation: change_leader_blacklist\n/);
    expect(refused.stderr).toContain("get_leader_blacklist_completion");
    expect(refused.stderr).not.toMatch(/\d+\. change_leader_blacklist/);
  });

  test("loses against another change of the config, and wins in the end", async () => {
    const { host, port } = { host: cluster.address("h3"), port: 9100 };
    cluster.setFaults([{ kind: "config_version_races", times: 2 }]);
    for (const _ of [1, 2]) {
      const raced = await admin("change_leader_blacklist", "ADD", `${host}:${port}`);
      expect(raced.code).toBe(1);
      expect(raced.stderr).toMatch(/Config version does not match, got -?\d+, but most recent one is \d+/);
      expect(await blacklist()).toEqual([]);
    }
    expect((await admin("change_leader_blacklist", "ADD", `${host}:${port}`)).code).toBe(0);
    expect(await blacklist()).toEqual([{ host, port }]);
    await admin("change_leader_blacklist", "REMOVE", `${host}:${port}`);
  });

  test("says after a promotion that processes need to be restarted, and nothing of it when nothing was promoted", async () => {
    cluster.setFaults([{ kind: "promotion_needs_restart" }]);
    expect((await admin("promote_auto_flags")).stdout).not.toContain("need to be restarted");
    const forced = await admin("promote_auto_flags", "kExternal", "true", "force");
    expect(forced.stdout).toContain("New AutoFlags were promoted");
    expect(forced.stdout).toContain("need to be restarted to apply the promoted AutoFlags");
  });

  test("meets a conflict in the catalog upgrade, each time another one, and works then", async () => {
    cluster.setFaults([{ kind: "bsql_upgrade_conflicts", times: 2 }]);
    const [first, second, third] = [
      await admin("upgrade_bsql"),
      await admin("upgrade_bsql"),
      await admin("upgrade_bsql"),
    ];
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(
      /^Error running upgrade_bsql: Network error \(\S+\): Unable to upgrade BSQL cluster: .*Catalog Version Mismatch/,
    );
    expect(second.stderr).toContain("expired or aborted by a conflict");
    expect(third).toMatchObject({ code: 0, stderr: "" });
  });

  test("gives the catalog upgrade up while the server goes on, and the next run succeeds", async () => {
    cluster.setFaults([{ kind: "bsql_upgrade_times_out", takesMs: 8000, clientWaitsMs: 200 }]);
    const given = await admin("upgrade_bsql");
    expect(given.code).toBe(1);
    expect(given.stderr).toMatch(/Timed out .*UpgradeBsql RPC .* timed out after 60\.000s/);
    const busy = await admin("upgrade_bsql");
    expect(busy.stderr).toContain("another upgrade is in progress");
    await until("the server has finished", async () => (await admin("upgrade_bsql")).code === 0);
  });
});
