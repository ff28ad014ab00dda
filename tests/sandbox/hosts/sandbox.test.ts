import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planHosts } from "../../../sandbox/cli/layouts";
import { readDescription } from "../../../sandbox/description";
import { pollUntil } from "../../../sandbox/hosts/poll";
import { listProcesses } from "../../../sandbox/hosts/proc";
import { type ReleaseSource, startSandboxFrom } from "../../../sandbox/hosts/start-sandbox";
import { isSandboxRunning, openSandbox, startSandbox } from "../../../sandbox/sandbox";
import { readStatus } from "../../../sandbox/status";
import type { Sandbox } from "../../../sandbox/types";
import { connectTo, runOver } from "./ssh-run";

const hosts = planHosts({ layout: "colocated" });
const emptyDir = (): string => mkdtempSync(join(tmpdir(), "bmdb-sandbox-"));

const statusOf = async (dir: string) => {
  const description = readDescription(dir);
  if (description === undefined) throw new Error("a started sandbox has a description");
  return readStatus(dir, description);
};

describe("a sandbox with a cluster", () => {
  const dir = emptyDir();
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ dir, hosts, version: "2.16.0.0", releases: ["2.18.0.0"] });
  });
  afterAll(async () => {
    await sandbox?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test("is healthy as soon as it is there: one leader, every DBServer alive, all on the first release", async () => {
    const status = await statusOf(dir);
    expect(status.map(({ version }) => version)).toEqual(Array(6).fill("2.16.0.0"));
    expect(status.filter(({ state }) => state === "LEADER")).toHaveLength(1);
    expect(status.filter(({ state }) => state === "FOLLOWER")).toHaveLength(2);
    expect(status.filter(({ state }) => state === "ALIVE")).toHaveLength(3);
    expect(status.every(({ pid }) => pid !== undefined)).toBe(true);
  });

  test("keeps data, logs and flag files outside the release, and a process detached from whoever started it", async () => {
    const [host] = sandbox.hosts;
    const process = listProcesses().find(({ exe }) => exe === `${host?.home}/softwarebm-2.16.0.0/bin/mserver`);
    const flags = readFileSync(join(host?.home ?? "", "conf/mserver.conf"), "utf8");
    expect(flags).toContain(`--fs_data_dirs=${host?.home}/data/mserver\n`);
    expect(flags).toContain(`--log_dir=${host?.home}/logs\n`);
    const { stdout } = await sandbox.exec(
      "db1",
      `ps -o sid= -o pid= -p ${process?.pid}; readlink /proc/${process?.pid}/fd/1`,
    );
    const [ids, out] = stdout.split("\n");
    const [session, pid] = (ids ?? "").trim().split(/\s+/);
    expect(session).toBe(pid);
    expect(out).toBe(`${host?.home}/logs/mserver.out`);
  });

  test("tells its keys in files that only the owner can read", () => {
    expect(statSync(join(dir, "client_key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, "known_hosts"), "utf8")).toBe(sandbox.knownHosts);
    expect(readFileSync(join(dir, "sandbox.json"), "utf8")).not.toContain("PRIVATE KEY");
  });

  test("can be opened again by its directory", async () => {
    const again = await openSandbox(dir);
    expect(isSandboxRunning(dir)).toBe(true);
    expect(again.hosts).toEqual(sandbox.hosts);
    expect(again.sha256).toEqual(sandbox.sha256);
    expect(await again.events()).toEqual(await sandbox.events());
    await expect(again.exec("db9", "true")).rejects.toThrow('has no host "db9"; it has db1, db2, db3');
  });

  test("refuses a second one in its directory", async () => {
    await expect(startSandbox({ dir, hosts, version: "2.16.0.0" })).rejects.toThrow(
      /already holds a sandbox.*down --delete/,
    );
  });

  test("upgrades an MServer by the procedure's own commands, typed over ssh", async () => {
    const host = sandbox.hosts[2];
    if (host === undefined) throw new Error("there are three hosts");
    const client = await connectTo(host, sandbox.privateKey);
    const type = async (command: string) => {
      const result = await runOver(client, command);
      expect({ command, ...result }).toMatchObject({ code: 0 });
      return result.stdout;
    };
    await type("wget -nv https://downloads.bigmath.com/bigmath-2.18.0.0.tar.gz");
    expect(await type("sha256sum bigmath-2.18.0.0.tar.gz")).toContain(sandbox.sha256["2.18.0.0"]);
    await type("mkdir softwarebm-2.18.0.0 && tar xf bigmath-2.18.0.0.tar.gz -C ~/softwarebm-2.18.0.0/");
    await type("cd ~/softwarebm-2.18.0.0/ && ./bin/post_install.sh");
    await type("pkill mserver; while pgrep -x mserver; do sleep 0.05; done");
    await type(
      "cd ~/softwarebm-2.18.0.0/; setsid ./bin/mserver --flagfile ~/conf/mserver.conf >>~/logs/mserver.out 2>&1 </dev/null &",
    );
    client.end();
    const upgraded = await pollUntil(async () => {
      const one = (await statusOf(dir)).find(({ host: name, role }) => name === "db3" && role === "mserver");
      return one?.version === "2.18.0.0" && one.state === "FOLLOWER" ? one : undefined;
    }, 20_000);
    expect(upgraded).toBeDefined();
    const events = (await sandbox.events()).filter((event) => event.host === "db3" && event.role === "mserver");
    expect(events.map(({ event, version }) => `${event} ${version}`)).toEqual(
      expect.arrayContaining(["process_stopped 2.16.0.0", "process_started 2.18.0.0", "process_serving 2.18.0.0"]),
    );
  });

  test("ends a process at its start when a fault says so, until the faults are cleared", async () => {
    const start =
      "cd softwarebm-2.16.0.0; setsid ./bin/dbserver --flagfile ~/conf/dbserver.conf >>~/logs/dbserver.out 2>&1 </dev/null &";
    await sandbox.setFaults([{ kind: "crash_at_start", host: "db2", role: "dbserver" }]);
    await sandbox.exec("db2", `pkill dbserver; while pgrep -x dbserver; do sleep 0.05; done; ${start}`);
    const crashed = await pollUntil(
      async () => (await sandbox.events()).find(({ event, host }) => event === "process_crashed" && host === "db2"),
      20_000,
    );
    expect(crashed).toMatchObject({ role: "dbserver" });
    await sandbox.setFaults([]);
    await sandbox.exec("db2", `while pgrep -x dbserver; do sleep 0.05; done; ${start}`);
    const serves = async () =>
      (await statusOf(dir)).find(({ host, role }) => host === "db2" && role === "dbserver")?.version;
    expect(await pollUntil(serves, 20_000)).toBe("2.16.0.0");
  });
});

describe("a sandbox that cannot come up", () => {
  const dir = emptyDir();
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test("says what failed on which host, and leaves nothing running", async () => {
    const source: ReleaseSource = {
      ensureRuntime: async () => process.execPath,
      buildRelease: async ({ version, outDir }) => {
        const archive = join(outDir, `bigmath-${version}.tar.gz`);
        writeFileSync(archive, "no archive at all");
        return { archive, sha256: "0".repeat(64) };
      },
    };
    const start = startSandboxFrom(source, { dir, hosts, version: "2.16.0.0", releases: [] });
    await expect(start).rejects.toThrow(/Release 2.16.0.0 could not be installed on db\d \(exit 2\)(.|\n)*tar: /);
    expect(listProcesses().filter(({ environ }) => [...environ].some((entry) => entry.includes(dir)))).toEqual([]);
    expect(isSandboxRunning(dir)).toBe(false);
    await expect(openSandbox(dir)).rejects.toThrow("There is no sandbox in");
  });

  test("is refused in a directory that holds something else", async () => {
    const other = emptyDir();
    writeFileSync(join(other, "notes.txt"), "mine");
    await expect(startSandbox({ dir: other, hosts, version: "2.16.0.0" })).rejects.toThrow("is not empty");
    rmSync(other, { recursive: true });
  });
});
