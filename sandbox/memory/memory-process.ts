// A server process in memory: from its start over its lock and its ports to its end, as `processes/server-process.ts` and
// `processes/process-life.ts` live it.

import type { Message } from "../cluster/messages";
import type { Address, MachinePorts } from "../cluster/ports";
import type { Reply } from "../cluster/status";
import { buildTimers, type Timers } from "../cluster/timers";
import type { Page } from "../processes/answer-page";
import { buildDbserver } from "../processes/build-dbserver";
import { buildMServer } from "../processes/build-mserver";
import type { FetchPage } from "../processes/fetch-from-leader";
import { type Flags, parseFlags, readGivenTimers } from "../processes/flags";
import type { AskResult } from "../processes/rpc-client";
import type { BuiltServer, ServerContext } from "../processes/server-process";
import type { SandboxEvent, SandboxRole } from "../types";
import type { MemoryFaults } from "./memory-faults";
import type { MemoryHost } from "./memory-host";
import { buildMemoryRelease } from "./memory-release";
import type { VirtualTime } from "./virtual-time";

/** From the start until flags, lock and ports are looked at. */
const EXEC_MS = 150;

export interface ProcessWorld {
  readonly time: VirtualTime;
  readonly faults: MemoryFaults;
  random(): number;
  send(from: MemoryProcess, to: Address, message: Message): void;
  ask<T>(from: MemoryHost, to: Address, request: unknown, timeoutMs: number): Promise<AskResult<T>>;
  fetchPage(from: MemoryHost): FetchPage;
  event(process: MemoryProcess, event: SandboxEvent["event"], facts?: Readonly<Record<string, unknown>>): void;
}

export interface ProcessStartFacts {
  readonly role: SandboxRole;
  readonly releaseDir: string;
  readonly version: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly umask: string;
  readonly output: string;
  /** Who started it: an operator's name, or what else starts things. */
  readonly by: string;
}

export class MemoryProcess {
  readonly pid: number;
  readonly startTicks: number;
  readonly startedAtMs: number;
  phase: "starting" | "serving" | "ending" | "gone" = "starting";
  servesSinceMs = 0;
  server: BuiltServer | undefined;
  rpcAddress: Address = "";
  httpAddress: Address = "";
  dataDir = "";
  timers: Timers = buildTimers(1);
  readonly faults: ReturnType<MemoryFaults["for"]>;
  private readonly whenGone: (() => void)[] = [];

  constructor(
    readonly host: MemoryHost,
    readonly facts: ProcessStartFacts,
    private readonly world: ProcessWorld,
  ) {
    this.pid = host.takePid();
    this.startedAtMs = world.time.nowMs;
    this.startTicks = host.ticksAt(world.time.nowMs);
    this.faults = world.faults.for({ host: host.name, role: facts.role, version: facts.version });
    host.processes.add(this);
    world.event(this, "process_started", { by: facts.by });
    world.time.after(EXEC_MS, () => this.boot());
  }

  get role(): SandboxRole {
    return this.facts.role;
  }

  get version(): string {
    return this.facts.version;
  }

  get exe(): string {
    return `${this.facts.releaseDir}/bin/${this.role}`;
  }

  get pages(): ReadonlyMap<string, Page> {
    return this.server?.pages ?? new Map();
  }

  /** Its RPC port takes requests. */
  get isServing(): boolean {
    return this.phase === "serving";
  }

  /** Its web port is open, which it is until the very end. */
  get isListening(): boolean {
    return this.server !== undefined && (this.phase === "serving" || this.phase === "ending");
  }

  receive(from: Address, message: Message): void {
    if (this.isServing) this.server?.machine.receive(this.world.time.nowMs, from, message);
  }

  request(request: unknown, respond: (reply: Reply) => void): void {
    this.server?.request(this.world.time.nowMs, request, respond);
  }

  /** SIGTERM. `by`: whoever sends it. */
  terminate(by: string): void {
    if (this.phase === "gone" || this.phase === "ending") return;
    if (this.faults.find("ignores_sigterm") !== undefined) return;
    const wasServing = this.isServing;
    // Told while it is still what it was: whoever judges the stop has to see, for example, that it led.
    this.world.event(this, "process_stopped", { signal: "SIGTERM", by });
    this.phase = "ending";
    this.world.time.after(wasServing ? this.timers.stopMs : 0, () => {
      if (this.phase === "gone") return;
      this.server?.machine.save?.(this.world.time.nowMs);
      this.end();
    });
  }

  /** SIGKILL, or the end of its host: nothing is saved any more. */
  kill(by: string): void {
    if (this.phase === "gone") return;
    if (this.phase !== "ending") this.world.event(this, "process_stopped", { signal: "SIGKILL", by });
    this.end();
  }

  die(reason: string): void {
    if (this.phase === "gone") return;
    this.world.event(this, "process_crashed", { reason });
    this.end();
  }

  onGone(act: () => void): void {
    if (this.phase === "gone") act();
    else this.whenGone.push(act);
  }

  private end(): void {
    this.phase = "gone";
    this.host.processes.delete(this);
    for (const act of this.whenGone.splice(0)) act();
  }

  private boot(): void {
    if (this.phase !== "starting") return;
    const { time } = this.world;
    const supervised = this.faults.find("supervisor_restarts_old");
    const restMs =
      (supervised?.release !== undefined && supervised.release !== this.version ? 1000 : 0) +
      (this.faults.find("slow_start") !== undefined ? (this.faults.find("slow_start")?.afterMs ?? 5000) : 0);
    const crash = this.faults.find("crash_at_start");
    if (crash !== undefined) time.after(restMs + (crash.afterMs ?? 200), () => this.die("ordered by the sandbox"));
    else if (restMs > 0) time.after(restMs, () => this.serve());
    else this.serve();
  }

  private serve(): void {
    if (this.phase !== "starting") return;
    const flags = readFlags(this.host, this.role, this.facts.argv);
    if (flags === undefined) {
      this.die("the flag file cannot be read");
      return;
    }
    const flag = (name: string): string => flags.values.get(name) ?? "";
    this.dataDir = flag("fs_data_dirs").split(",")[0] ?? "";
    const others = [...this.host.processes].filter((other) => other !== this && other.dataDir !== "");
    if (this.dataDir === "") {
      this.die("flag fs_data_dirs is empty");
      return;
    }
    if (others.some((other) => other.dataDir === this.dataDir)) {
      this.die("could not lock the data directory");
      return;
    }
    const { time } = this.world;
    const nowMs = time.nowMs;
    this.timers = buildTimers(Number(flag("sandbox_time_scale")), readGivenTimers(flags));
    this.rpcAddress = flag("rpc_bind_addresses");
    this.httpAddress = `${flag("webserver_interface")}:${flag("webserver_port")}`;
    if (others.some((other) => other.rpcAddress === this.rpcAddress)) {
      this.die("its port is in use");
      return;
    }
    const [host = "", port = ""] = this.rpcAddress.split(":");
    const [webHost = "", webPort = ""] = this.httpAddress.split(":");
    const build = this.role === "mserver" ? buildMServer : buildDbserver;
    const context: ServerContext<unknown> = {
      flags,
      release: buildMemoryRelease(this.version, this.facts.releaseDir),
      timers: this.timers,
      rpc: { host, port: Number(port), address: this.rpcAddress },
      http: { host: webHost, port: Number(webPort), address: this.httpAddress },
      client: { ask: (to, request, timeoutMs) => this.world.ask(this.host, to, request, timeoutMs) },
      fetchPage: this.world.fetchPage(this.host),
      ramBytes: () => 50_000_000,
      nowMs: () => time.nowMs,
      stored: this.host.data.get(this.dataDir),
      ports: this.machinePorts(),
      flag,
    };
    this.phase = "serving";
    this.servesSinceMs = nowMs;
    // A machine that cannot run with what it finds has died before this returns.
    const server = build(context as never);
    if ((this.phase as string) === "gone") return;
    this.server = server;
    this.world.event(this, "process_serving");
    this.tick(Math.min(250, Math.max(20, this.timers.raftHeartbeatIntervalMs / 4)));
  }

  private tick(everyMs: number): void {
    if (!this.isServing) return;
    const { nowMs } = this.world.time;
    const crash = this.faults.find("crash_while_serving");
    if (crash !== undefined && nowMs - this.servesSinceMs >= (crash.afterMs ?? 1000)) {
      this.die("ordered by the sandbox");
      return;
    }
    this.server?.machine.tick(nowMs);
    this.world.time.after(everyMs, () => this.tick(everyMs));
  }

  private machinePorts(): MachinePorts<unknown> {
    return {
      send: (to, message) => {
        if (this.isServing) this.world.send(this, to, message);
      },
      persist: (state) => {
        if (this.phase !== "gone") this.host.data.set(this.dataDir, state);
      },
      random: () => this.world.random(),
      event: ({ event, ...facts }) => this.world.event(this, event, facts),
      log: () => undefined,
      fatal: (_source, text) => this.die(text),
      faults: this.faults,
    };
  }
}

const parsedFlags = new Map<string, Flags>();

/** The flag file is read from the host in memory, everything else as BMDB reads it. */
function readFlags(host: MemoryHost, role: SandboxRole, argv: readonly string[]): Flags | undefined {
  const words = argv.slice(1).flatMap((word) => word.split("="));
  const at = words.findIndex((word) => /^--?flagfile$/.test(word));
  const path = words[at + 1] ?? "";
  const text = at < 0 ? undefined : host.files.get(path);
  if (text === undefined) return undefined;
  const key = `${role} ${path} ${text}`;
  const known = parsedFlags.get(key);
  if (known !== undefined) return known;
  const read = parseFlags(
    role,
    text.split("\n").filter((line) => line !== ""),
  );
  const flags: Flags = {
    ...read,
    values: new Map([...read.values, ["flagfile", path]]),
    given: new Set([...read.given, "flagfile"]),
  };
  if (parsedFlags.size > 1000) parsedFlags.clear();
  parsedFlags.set(key, flags);
  return flags;
}
