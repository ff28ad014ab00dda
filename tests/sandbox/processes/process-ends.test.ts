import * as net from "node:net";
import * as path from "node:path";
import { RealCluster, until } from "./real-cluster";

const VERSION = "2.18.0.0";
const cluster = new RealCluster(3);

beforeAll(async () => {
  await cluster.install(VERSION);
});
afterAll(() => cluster.stopAll());

const binary = (name: string): string => path.join(cluster.dir, `softwarebm-${VERSION}`, "bin", name);
const crashes = () => cluster.events().filter(({ event }) => event === "process_crashed");

describe("a server process", () => {
  test.each(["mserver", "dbserver", "bm-admin"])("%s --version prints one line and exits 0", async (name) => {
    const { code, stdout } = await cluster.run(binary(name), ["--version"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^version 2\.18\.0\.0 build 1 revision [0-9a-f]{40} build_type RELEASE built at .*\n$/);
  });

  test.each([
    [["--no_such_flag=1"], "ERROR: unknown command line flag 'no_such_flag'\n"],
    [["--flagfile", "/no/such/file"], "/no/such/file: No such file or directory\n"],
    [["--sandbox_time_scale=often"], "ERROR: illegal value 'often' specified for double flag 'sandbox_time_scale'\n"],
    [["--replication_factor"], "ERROR: flag 'replication_factor' is missing its argument\n"],
  ])("with %j exits 1 and says why", async (flags, stderr) => {
    expect(await cluster.run(binary("mserver"), flags)).toEqual({ code: 1, stdout: "", stderr });
  });

  test("dies without a data directory, and without MServers", async () => {
    const { code, stderr } = await cluster.run(binary("mserver"), ["--rpc_bind_addresses=127.40.3.9:11000"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^F\d{4} .*fs_data_dirs is empty/);
    const flags = cluster.flags("h3", "dbserver", { dbserver_mserver_addrs: "" });
    expect((await cluster.run(binary("dbserver"), flags)).stderr).toContain("No masters specified");
  });

  test("dies while another process has its data directory, and takes it over from a killed one", async () => {
    await cluster.start("h1", "mserver", VERSION);
    await until("it serves", async () => (await cluster.get("h1", "mserver", "/api/v1/version")).status === 200);
    const second = await cluster.run(
      binary("mserver"),
      cluster.flags("h1", "mserver", { rpc_bind_addresses: "127.40.3.9:11000" }),
    );
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/Could not lock .*held by process \d+/);
    await cluster.stop("h1", "mserver", "SIGKILL");
    await cluster.start("h1", "mserver", VERSION);
    await until("it serves again", async () => (await cluster.get("h1", "mserver", "/api/v1/version")).status === 200);
    expect(await cluster.stop("h1", "mserver")).toBe(0);
    expect(cluster.events().at(-1)).toMatchObject({ event: "process_stopped", host: "h1" });
  });

  test("dies when a port is busy, and names the address", async () => {
    const blocker = net.createServer();
    await new Promise<void>((resolve) => blocker.listen({ host: cluster.address("h2"), port: 9000 }, resolve));
    const { code, stderr } = await cluster.run(binary("dbserver"), cluster.flags("h2", "dbserver"));
    blocker.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Error binding socket to ${cluster.address("h2")}:9000`);
  });

  test("crashes when a fault orders it, for the ordered host and release only", async () => {
    cluster.setFaults([{ kind: "crash_at_start", host: "h2", role: "dbserver", version: VERSION }]);
    const before = crashes().length;
    const { code, stderr } = await cluster.run(binary("dbserver"), cluster.flags("h2", "dbserver"));
    expect(code).toBe(1);
    expect(stderr).toContain("ordered by the sandbox");
    expect(crashes()).toHaveLength(before + 1);
    await cluster.start("h3", "dbserver", VERSION);
    await until("the other one serves", async () => (await cluster.get("h3", "dbserver", "/")).status === 200);
  });

  test("serves late when a fault orders it, and can be stopped meanwhile", async () => {
    cluster.setFaults([{ kind: "slow_start", host: "h2", role: "dbserver", afterMs: 60_000 }]);
    await cluster.start("h2", "dbserver", VERSION);
    await until("it started", () =>
      cluster.events().some(({ event, pid }) => event === "process_started" && pid === cluster.pid("h2", "dbserver")),
    );
    await expect(cluster.get("h2", "dbserver", "/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    // The event is written before the handler of the signal is there.
    await until("it is past its first steps", () => cluster.stop("h2", "dbserver").then(() => true));
    cluster.setFaults([{ kind: "slow_start", host: "h2", role: "dbserver", afterMs: 300 }]);
    await cluster.start("h2", "dbserver", VERSION);
    await until("it serves", async () => (await cluster.get("h2", "dbserver", "/")).status === 200);
  });
});

describe("bm-admin", () => {
  test("without a leader MServer fails after its time limit and names what it looked for", async () => {
    const startedAtMs = Date.now();
    const { code, stdout, stderr } = await cluster.admin(VERSION, "-timeout_ms", "700", "list_all_masters");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(
      `Unable to establish connection to leader master at [${cluster.mservers}]. Please verify the addresses`,
    );
    expect(Date.now() - startedAtMs).toBeGreaterThan(690);
  });

  test("refuses what it does not know, and in 2.14 it does not know AutoFlags", async () => {
    expect(await cluster.admin(VERSION, "upgrade_everything")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^Invalid operation: upgrade_everything\n/),
    });
    const old = await cluster.admin("2.14.0.0", "promote_auto_flags");
    expect(old).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Invalid operation: promote_auto_flags\n/) });
    expect(old.stderr).not.toContain(". promote_auto_flags");
    expect((await cluster.admin(VERSION, "-colour", "list_all_masters")).stderr).toBe(
      "ERROR: unknown command line flag 'colour'\n",
    );
  });

  test.each([
    [["promote_auto_flags", "kEverything"], "Invalid value provided for max_flags_class"],
    [["promote_auto_flags", "kExternal", "maybe"], "Invalid value provided for promote_non_runtime_flags"],
    [["change_leader_blacklist", "add", "127.40.3.1:9100"], "Invalid arguments for operation"],
    [["set_load_balancer_enabled", "yes"], "Invalid arguments for operation"],
  ])("%j is an invalid argument, with the usage", async (words, message) => {
    const { code, stderr } = await cluster.admin(VERSION, ...words);
    expect(code).toBe(1);
    expect(stderr).toContain(`Error running ${words[0]}: Invalid argument`);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`Usage: bm-admin ${words[0]}`);
  });
});
