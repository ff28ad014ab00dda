// Real processes out of a built release, started as children of the test so that each one's end is seen.
// `subnet` is 127.40.<subnet>.0/24; every test file has its own.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import * as tar from "tar";
import { buildRelease, ensureRuntime } from "../../../sandbox/release";
import type { SandboxEvent, SandboxFault } from "../../../sandbox/types";

export type Role = "mserver" | "dbserver";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PORTS = { mserver: { rpc: 11000, web: 10000 }, dbserver: { rpc: 9100, web: 9000 } };

export class RealCluster {
  readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), "bmdb-processes-"));
  readonly hosts: readonly string[];
  private readonly running = new Map<string, ChildProcess>();
  private runtime = "";

  constructor(
    private readonly subnet: number,
    private readonly tileCount = 6,
    hostCount = 3,
  ) {
    this.hosts = Array.from({ length: hostCount }, (_, index) => `h${index + 1}`);
  }

  address(host: string): string {
    return `127.40.${this.subnet}.${host.slice(1)}`;
  }

  get mservers(): string {
    return this.hosts.map((host) => `${this.address(host)}:11000`).join(",");
  }

  /** The directory of an installed release. */
  async install(version: string): Promise<string> {
    const dir = path.join(this.dir, `softwarebm-${version}`);
    if (fs.existsSync(dir)) return dir;
    this.runtime = await ensureRuntime();
    const { archive } = await buildRelease({ version, outDir: path.join(this.dir, "downloads") });
    fs.mkdirSync(dir);
    await tar.extract({ file: archive, cwd: dir });
    const installed = await this.run(path.join(dir, "bin", "post_install.sh"), []);
    if (installed.code !== 0) throw new Error(`post_install.sh: ${installed.stdout}${installed.stderr}`);
    return dir;
  }

  flags(host: string, role: Role, more: Readonly<Record<string, string | number>> = {}): string[] {
    const address = this.address(host);
    const flags = {
      [role === "mserver" ? "mserver_addresses" : "dbserver_mserver_addrs"]: this.mservers,
      rpc_bind_addresses: `${address}:${PORTS[role].rpc}`,
      fs_data_dirs: path.join(this.dir, host),
      log_dir: path.join(this.dir, host, "logs"),
      placement_cloud: "local",
      placement_region: "r1",
      placement_zone: `z${host.slice(1)}`,
      sandbox_time_scale: 0.1,
      sandbox_event_log: path.join(this.dir, "events.jsonl"),
      sandbox_host: host,
      sandbox_faults: path.join(this.dir, "faults.json"),
      replication_factor: Math.min(3, this.hosts.length),
      ...(role === "mserver" ? { sandbox_dbservers: this.hosts.length, sandbox_tiles: this.tileCount } : {}),
      ...more,
    };
    return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  }

  async start(
    host: string,
    role: Role,
    version: string,
    more: Readonly<Record<string, string | number>> = {},
  ): Promise<void> {
    const dir = await this.install(version);
    const file = path.join(this.dir, `${host}-${role}.conf`);
    fs.writeFileSync(file, `# ${host}\n${this.flags(host, role, more).join("\n")}\n`);
    const child = spawn(`./bin/${role}`, ["--flagfile", file], { cwd: dir, stdio: "ignore" });
    this.running.set(`${host} ${role}`, child);
    child.once("exit", () => {
      if (this.running.get(`${host} ${role}`) === child) this.running.delete(`${host} ${role}`);
    });
  }

  async startAll(version: string): Promise<void> {
    for (const host of this.hosts) {
      await this.start(host, "mserver", version);
      await this.start(host, "dbserver", version);
    }
    await this.waitUntilHealthy();
  }

  /** Every process answers, one MServer leads, every DBServer is ALIVE and every tile has a leader. */
  async waitUntilHealthy(): Promise<void> {
    await until("the cluster is healthy", async () => {
      const leader = await this.findLeader();
      if (leader === undefined) return false;
      const servers = Object.values(
        await this.json<Record<string, Record<string, ServerFacts>>>(leader, "mserver", "/api/v1/tile-servers"),
      )[0];
      const facts = Object.values(servers ?? {});
      const leaders = facts.reduce(
        (sum, server) => sum + server.user_tablets_leaders + server.system_tablets_leaders,
        0,
      );
      return (
        facts.length === this.hosts.length &&
        facts.every((server) => server.status === "ALIVE") &&
        leaders === this.tileCount
      );
    });
  }

  async findLeader(): Promise<string | undefined> {
    for (const host of this.hosts) {
      const answer = await this.get(host, "mserver", "/api/v1/is-leader").catch(() => undefined);
      if (answer?.status === 200) return host;
    }
    return undefined;
  }

  pid(host: string, role: Role): number {
    const pid = this.running.get(`${host} ${role}`)?.pid;
    if (pid === undefined) throw new Error(`${host} runs no ${role}`);
    return pid;
  }

  isRunning(host: string, role: Role): boolean {
    return this.running.has(`${host} ${role}`);
  }

  async stop(host: string, role: Role, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const child = this.running.get(`${host} ${role}`);
    if (child === undefined) return null;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill(signal);
    return ended;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.values()].map(endNow));
    fs.rmSync(this.dir, { recursive: true, force: true });
  }

  async admin(version: string, ...words: string[]): Promise<Ended> {
    const dir = await this.install(version);
    return this.run(path.join(dir, "bin", "bm-admin"), ["-mserver_addresses", this.mservers, ...words]);
  }

  /** Runs a command to its end. */
  run(file: string, args: readonly string[]): Promise<Ended> {
    const env = {
      ...process.env,
      BMDB_SANDBOX_RUNTIME: this.runtime,
      BMDB_SANDBOX_FAULTS: path.join(this.dir, "faults.json"),
      BMDB_SANDBOX_HOST: "h1",
    };
    return new Promise((resolve) => {
      execFile(file, args, { env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  get(host: string, role: Role, uri: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return get(`http://${this.address(host)}:${PORTS[role].web}${uri}`, headers);
  }

  async json<T>(host: string, role: Role, uri: string): Promise<T> {
    return JSON.parse((await this.get(host, role, uri)).body) as T;
  }

  events(): SandboxEvent[] {
    const file = path.join(this.dir, "events.jsonl");
    if (!fs.existsSync(file)) return [];
    return fs
      .readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as SandboxEvent);
  }

  setFaults(faults: readonly SandboxFault[]): void {
    fs.writeFileSync(path.join(this.dir, "faults.json"), JSON.stringify(faults));
  }

  fatalLog(host: string, role: Role): string {
    const file = path.join(this.dir, host, "logs", `${role}.FATAL`);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  }
}

export interface ServerFacts {
  readonly status: string;
  readonly time_since_hb_sec: number;
  readonly uptime_seconds: number;
  readonly user_tablets_leaders: number;
  readonly system_tablets_leaders: number;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function get(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const type = String(response.headers["content-type"]);
          resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks).toString() });
        });
      })
      .on("error", reject);
  });
}

function endNow(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

/** Asks again and again, within a limit that only a broken sandbox reaches. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 90_000,
): Promise<void> {
  const untilMs = Date.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > untilMs)
      throw new Error(`not within ${limitMs} ms: ${what}${last === undefined ? "" : ` (${String(last)})`}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
