import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planHosts } from "../../../sandbox/cli/layouts";
import { readDescription } from "../../../sandbox/description";
import { pollUntil } from "../../../sandbox/hosts/poll";
import { startSandbox } from "../../../sandbox/sandbox";
import { readStatus } from "../../../sandbox/status";
import type { Sandbox, SandboxHost, SandboxRole } from "../../../sandbox/types";
import { connectTo, runOver } from "../hosts/ssh-run";

const OLD = "2.16.0.0";
const NEW = "2.18.0.0";
const dir = mkdtempSync(join(tmpdir(), "bmdb-faults-"));
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ dir, hosts: planHosts({ layout: "colocated" }), version: OLD, releases: [NEW] });
});
afterEach(() => sandbox.setFaults([]));
afterAll(async () => {
  await sandbox?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const run = (command: string, host = "db1") => sandbox.exec(host, command);

const statusOf = async (host: string, role: SandboxRole) => {
  const description = readDescription(dir);
  if (description === undefined) throw new Error("a started sandbox has a description");
  return (await readStatus(dir, description)).find((one) => one.host === host && one.role === role);
};

const startCommand = (role: SandboxRole, version = OLD): string =>
  `cd ~/softwarebm-${version}; setsid ./bin/${role} --flagfile ~/conf/${role}.conf >>~/logs/${role}.out 2>&1 </dev/null &`;

const serves = (host: string, role: SandboxRole, otherThan?: number) =>
  pollUntil(async () => {
    const status = await statusOf(host, role);
    return status?.version !== undefined && status.pid !== otherThan ? status : undefined;
  }, 20_000);

const install = (version: string, folder: string): string =>
  `cd && rm -rf ${folder} x.tgz && wget -qO x.tgz https://downloads.bigmath.com/bigmath-${version}.tar.gz && mkdir ${folder} && tar xf x.tgz -C ${folder} && cd ${folder} && ./bin/post_install.sh`;

describe("a process with a fault", () => {
  test("does not end on SIGTERM, but ends on SIGKILL", async () => {
    await sandbox.setFaults([{ kind: "ignores_sigterm", host: "db2", role: "dbserver" }]);
    const { pid } = (await statusOf("db2", "dbserver")) ?? {};
    expect((await run("pkill -x dbserver", "db2")).code).toBe(0);
    const log = () => run("grep -c 'SIGTERM), ignored' ~/logs/dbserver.INFO", "db2");
    expect(await pollUntil(async () => ((await log()).code === 0 ? true : undefined), 10_000)).toBe(true);
    expect(await statusOf("db2", "dbserver")).toMatchObject({ pid, version: OLD, state: "ALIVE" });
    await run("pkill -KILL -x dbserver; while pgrep -x dbserver; do sleep 0.05; done", "db2");
    await run(startCommand("dbserver"), "db2");
    expect(await serves("db2", "dbserver", pid)).toBeDefined();
  });

  test("is killed at once, stays down, and a DBServer is still shown ALIVE", async () => {
    await sandbox.setFaults([{ kind: "kill_process", host: "db2", role: "dbserver" }]);
    const killed = await statusOf("db2", "dbserver");
    expect(killed).toMatchObject({ host: "db2", state: "ALIVE" });
    expect(killed?.pid).toBeUndefined();
    await expect(sandbox.setFaults([{ kind: "kill_process", host: "db2", role: "dbserver" }])).rejects.toThrow(
      "No dbserver runs on db2 now",
    );
    await run(startCommand("dbserver"), "db2");
    expect(await serves("db2", "dbserver")).toBeDefined();
  });

  test("leaves a child behind that holds the BSQL port, and that SIGTERM ends", async () => {
    await sandbox.setFaults([{ kind: "children_left_behind", host: "db2" }]);
    const { pid = 0 } = (await statusOf("db2", "dbserver")) ?? {};
    const children = async () => (await run(`pgrep -P ${pid}`, "db2")).stdout.trim();
    const child = await pollUntil(async () => (await children()) || undefined, 10_000);
    await run("pkill -x dbserver; while pgrep -x dbserver; do sleep 0.05; done", "db2");
    expect((await run(`kill -0 ${child}`, "db2")).code).toBe(0);
    await run(startCommand("dbserver"), "db2");
    const crashed = () => run("grep -c 'Error binding socket.*5433' ~/logs/dbserver.FATAL", "db2");
    expect(await pollUntil(async () => ((await crashed()).code === 0 ? true : undefined), 10_000)).toBe(true);
    await sandbox.setFaults([]);
    await run(`kill ${child}; while kill -0 ${child} 2>/dev/null; do sleep 0.05; done`, "db2");
    await run(startCommand("dbserver"), "db2");
    expect(await serves("db2", "dbserver", pid)).toBeDefined();
  });

  test("serves and dies a while later, with a FATAL line", async () => {
    const { pid } = (await statusOf("db3", "dbserver")) ?? {};
    const before = (await sandbox.events()).length;
    await sandbox.setFaults([{ kind: "crash_while_serving", host: "db3", role: "dbserver", afterMs: 100 }]);
    const crash = await pollUntil(
      async () => (await sandbox.events()).slice(before).find(({ event }) => event === "process_crashed"),
      10_000,
    );
    expect(crash).toMatchObject({
      host: "db3",
      role: "dbserver",
      pid,
      reason: expect.stringContaining("broken block"),
    });
    await sandbox.setFaults([]);
    await run(startCommand("dbserver"), "db3");
    expect(await serves("db3", "dbserver", pid)).toBeDefined();
  });

  test("is started again, from the old release, by a supervisor, until the fault is cleared", async () => {
    const before = await statusOf("db3", "dbserver");
    expect((await run(install(NEW, `softwarebm-${NEW}`), "db3")).code).toBe(0);
    await sandbox.setFaults([{ kind: "supervisor_restarts_old", host: "db3", role: "dbserver" }]);
    // The operator starts the new release the moment the old process is gone, and is too late all the same.
    const ended = `while [ -d /proc/${before?.pid} ]; do :; done`;
    await run(`pkill -x dbserver; ${ended}; ${startCommand("dbserver", NEW)}`, "db3");
    const again = await serves("db3", "dbserver", before?.pid);
    expect(again).toMatchObject({ version: OLD });
    const crash = await pollUntil(
      async () => (await sandbox.events()).find(({ event, version }) => event === "process_crashed" && version === NEW),
      20_000,
    );
    expect(crash).toMatchObject({ host: "db3", reason: expect.stringContaining("Could not lock") });
    await sandbox.setFaults([]);
    await run("pkill -x dbserver; while pgrep -x dbserver; do sleep 0.05; done", "db3");
    expect((await run("sleep 1; pgrep -x dbserver", "db3")).code).toBe(1);
    await run(startCommand("dbserver"), "db3");
    expect(await serves("db3", "dbserver", again?.pid)).toBeDefined();
  });
});

describe("a host with a fault", () => {
  test("has a full disk: df shows nothing available and unpacking fails half-way", async () => {
    await sandbox.setFaults([{ kind: "disk_full", host: "db1" }]);
    const [, line = ""] = (await run("df -Pk ~")).stdout.split("\n");
    expect(line.split(/\s+/).slice(3, 5)).toEqual(["0", "100%"]);
    const unpacked = await run(install(NEW, "full"));
    expect(unpacked.code).toBe(2);
    expect(unpacked.stderr).toContain("No space left on device");
    expect(readdirSync(join(dir, "hosts/db1/home/full"))).toContain("bin");
    expect(existsSync(join(dir, "hosts/db1/home/full/lib/processes"))).toBe(false);
    expect((await run("df -Pk ~", "db2")).stdout).not.toContain(" 0 100%");
    await sandbox.setFaults([]);
    expect((await run(install(NEW, "full"))).code).toBe(0);
  });

  test("shows a full disk only where it was asked for", async () => {
    await sandbox.setFaults([{ kind: "disk_full", host: "db1", only: "df" }]);
    expect((await run(install(NEW, "other"))).code).toBe(0);
    expect((await run("df -Pk ~")).stdout).toContain(" 0 100%");
    await sandbox.setFaults([{ kind: "disk_full", host: "db1", only: "unpack" }]);
    expect((await run("df -Pk ~")).stdout).not.toContain(" 0 100%");
    expect((await run("tar tf x.tgz")).stdout).toContain("bin/mserver");
    expect((await run(install(NEW, "other"))).code).toBe(2);
  });

  test("has a post_install.sh that fails, for the release that was named", async () => {
    await sandbox.setFaults([{ kind: "post_install_fails", host: "db1", release: NEW }]);
    const failed = await run(install(NEW, "unready"));
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("Dynamic linker not found or is not executable: '");
    expect((await run("./unready/bin/mserver --version")).code).toBe(126);
    expect((await run(install(OLD, "ready"))).code).toBe(0);
  });

  test("has a clock that is off, and processes that tell the skew", async () => {
    const offMs = async (): Promise<number> => Number((await run("date +%s.%N")).stdout) * 1000 - Date.now();
    await sandbox.setFaults([{ kind: "clock_skew", host: "db1", offsetMs: 90_000 }]);
    expect(Math.abs((await offMs()) - 90_000)).toBeLessThan(5000);
    expect((await run("date -u -d @0 +%Y")).stdout).toBe("1970\n");
    const skew = async () => {
      const page = await fetch(`http://${sandbox.hosts[0]?.address}:9000/metrics?metrics=hybrid_clock_skew`);
      const [server] = (await page.json()) as { metrics: { value: number }[] }[];
      return server?.metrics[0]?.value === 90_000_000 ? true : undefined;
    };
    expect(await pollUntil(skew, 5000)).toBe(true);
    await sandbox.setFaults([{ kind: "clock_skew", host: "db1", offsetMs: -300 }]);
    expect((await run("date +%s.%N")).stdout).toMatch(/^\d+\.\d{9}\n$/);
    await sandbox.setFaults([]);
    expect(Math.abs(await offMs())).toBeLessThan(5000);
  });

  test("starts the old binaries at boot, and its crontab says so", async () => {
    expect(await run("crontab -l")).toEqual({ code: 1, stdout: "", stderr: "no crontab for bigmath\n" });
    await sandbox.setFaults([{ kind: "boot_starts_old", host: "db1" }]);
    const script = `${dir}/hosts/db1/home/boot/start-old.sh`;
    expect((await run("crontab -l")).stdout).toContain(`@reboot sh ${script}\n`);
    expect((await run("cat ~/boot/start-old.sh")).stdout).toMatch(/softwarebm-2\.16\.0\.0'?\nsetsid \.\/bin\/mserver/);
    expect((await run("crontab -r")).code).toBe(1);
    expect((await run("crontab -l", "db2")).code).toBe(1);
  });

  test("starts at a reboot what its crontab says, and nothing without one", async () => {
    const before = [await statusOf("db1", "mserver"), await statusOf("db1", "dbserver")];
    await sandbox.setFaults([
      { kind: "boot_starts_old", host: "db1" },
      { kind: "host_reboots", host: "db1" },
    ]);
    expect(await serves("db1", "mserver", before[0]?.pid)).toBeDefined();
    expect(await serves("db1", "dbserver", before[1]?.pid)).toBeDefined();
    const sleeper = run("sleep 60");
    await pollUntil(async () => ((await run("pgrep -x sleep")).code === 0 ? true : undefined), 10_000);
    await sandbox.setFaults([{ kind: "host_reboots", host: "db1" }]);
    expect((await sleeper).code).toBe(137);
    expect((await statusOf("db1", "mserver"))?.pid).toBeUndefined();
    await run(`${startCommand("mserver")}`);
    await run(`${startCommand("dbserver")}`);
    expect(await serves("db1", "mserver")).toBeDefined();
    expect(await serves("db1", "dbserver")).toBeDefined();
  });

  test("is cut off: its connections stand still and go on later, its pages are silent, the other hosts reach it", async () => {
    const [db1, db2] = sandbox.hosts;
    if (db1 === undefined || db2 === undefined) throw new Error("there are three hosts");
    const client = await connectTo(db1, sandbox.privateKey);
    expect((await runOver(client, "echo before")).stdout).toBe("before\n");
    await sandbox.setFaults([{ kind: "network_cut", host: "db1" }]);
    const page = (host: SandboxHost) =>
      fetch(`http://${host.address}:10000/api/v1/version`, { signal: AbortSignal.timeout(1000) }).then(
        ({ status }) => status,
        (error: Error) => error.name,
      );
    expect([await page(db1), await page(db2)]).toEqual(["TimeoutError", 200]);
    await expect(connectTo(db1, sandbox.privateKey, { readyTimeout: 500 })).rejects.toThrow("Timed out");
    let hasAnswered = false;
    const during = runOver(client, "echo during").then((result) => {
      hasAnswered = true;
      return result.stdout;
    });
    const other = await connectTo(db2, sandbox.privateKey);
    expect((await runOver(other, "echo other")).stdout).toBe("other\n");
    expect(hasAnswered).toBe(false);
    const reports = async () =>
      (await fetch(`http://${db2.address}:10000/api/v1/masters`).then((answer) => answer.text())).includes(db1.address);
    expect(await reports()).toBe(true);
    await sandbox.setFaults([]);
    expect(await during).toBe("during\n");
    client.end();
    other.end();
  });

  test("carries an extension in the running release that the new one lacks", async () => {
    await sandbox.setFaults([{ kind: "extension_missing", host: "db1" }]);
    const list = (folder: string, host = "db1") => run(`ls ~/${folder}/share/postgresql/extension`, host);
    expect((await list(`softwarebm-${OLD}`)).stdout).toContain("postgis.control");
    expect((await list("ready")).stdout).not.toContain("postgis");
    expect((await list(`softwarebm-${OLD}`, "db2")).stdout).not.toContain("postgis");
    await sandbox.setFaults([]);
    expect((await list(`softwarebm-${OLD}`)).stdout).not.toContain("postgis");
  });
});

describe("the download server with a fault", () => {
  const sumOf = async (): Promise<string> =>
    (await run(`wget -qO- https://downloads.bigmath.com/bigmath-${NEW}.tar.gz | sha256sum`)).stdout.slice(0, 64);
  const toldSum = async (): Promise<string> =>
    (await run(`wget -qO- https://downloads.bigmath.com/bigmath-${NEW}.tar.gz.sha256`)).stdout.slice(0, 64);

  test("offers a damaged archive beside the good one's sha256", async () => {
    await sandbox.setFaults([{ kind: "corrupt_archive", release: NEW }]);
    expect(await sumOf()).not.toBe(sandbox.sha256[NEW]);
    expect(await toldSum()).toBe(sandbox.sha256[NEW]);
    expect((await run(install(NEW, "damaged"))).code).not.toBe(0);
    await sandbox.setFaults([]);
    expect(await sumOf()).toBe(sandbox.sha256[NEW]);
  });

  test("offers a wrong sha256 beside a good archive", async () => {
    await sandbox.setFaults([{ kind: "wrong_sha256", release: NEW }]);
    expect(await sumOf()).toBe(sandbox.sha256[NEW]);
    expect(await toldSum()).toMatch(/^[0-9a-f]{64}$/);
    expect(await toldSum()).not.toBe(sandbox.sha256[NEW]);
  });
});

describe("setting faults", () => {
  test("leaves a DBServer on the leader blacklist, at once and once", async () => {
    await sandbox.setFaults([{ kind: "blacklist_left_behind", host: "db2" }]);
    const page = await fetch(`http://${sandbox.hosts[0]?.address}:10000/api/v1/cluster-config`);
    const { leader_blacklist: list } = (await page.json()) as { leader_blacklist: { hosts: unknown } };
    expect(list.hosts).toEqual([{ host: sandbox.hosts[1]?.address, port: 9100 }]);
    const address = `${sandbox.hosts[1]?.address}:9100`;
    const members = sandbox.hosts.map((host) => `${host.address}:11000`).join(",");
    const removed = await run(
      `./softwarebm-${OLD}/bin/bm-admin -mserver_addresses ${members} change_leader_blacklist REMOVE ${address}`,
    );
    expect(removed.code).toBe(0);
  });

  test("refuses a host or a process that there is not, and changes nothing then", async () => {
    await expect(sandbox.setFaults([{ kind: "clock_skew", host: "db9", offsetMs: 1 }])).rejects.toThrow(
      'The sandbox has no host "db9"; it has db1, db2, db3',
    );
    await expect(sandbox.setFaults([{ kind: "extension_missing", release: "2.14.0.0" }])).rejects.toThrow(
      /There is no .*softwarebm-2\.14\.0\.0/,
    );
  });
});
