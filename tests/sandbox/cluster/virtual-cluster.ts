// Servers of a cluster in memory, on a virtual clock: every message takes two milliseconds and nothing sleeps.

import { Dbserver, type DbserverState } from "../../../sandbox/cluster/dbserver";
import type { Message } from "../../../sandbox/cluster/messages";
import { MServer, type MServerState } from "../../../sandbox/cluster/mserver";
import type { Address, MachineEvent, MachinePorts } from "../../../sandbox/cluster/ports";
import type { DbserverRequest, MServerRequest } from "../../../sandbox/cluster/requests";
import type { Reply } from "../../../sandbox/cluster/status";
import { buildTimers, type Timers } from "../../../sandbox/cluster/timers";
import { listFlagsOf, listMigrationsOf } from "../../../sandbox/release/known-releases";
import type { FaultOf, SandboxFault, SandboxFaultKind } from "../../../sandbox/types";

const TICK_MS = 25;
const LATENCY_MS = 2;

interface Host {
  readonly name: string;
  readonly zone: string;
}

interface Flight {
  readonly atMs: number;
  readonly from: Address;
  readonly to: Address;
  readonly message: Message;
}

export interface VirtualOptions {
  readonly hosts?: readonly Host[];
  readonly version?: string;
  readonly replicationFactor?: number;
  readonly tiles?: number;
  readonly bsql?: boolean;
  readonly seed?: number;
  /** Timers that a flag would set, in the flag's own unit. */
  readonly flags?: Readonly<Record<string, number>>;
}

const THREE_HOSTS: readonly Host[] = ["h1", "h2", "h3"].map((name, i) => ({ name, zone: `z${i + 1}` }));

export class VirtualCluster {
  nowMs = 1_000_000;
  readonly timers: Timers;
  readonly events: (MachineEvent & { readonly host: string; readonly atMs: number })[] = [];
  readonly mservers = new Map<Address, MServer>();
  readonly dbservers = new Map<Address, Dbserver>();
  readonly crashes: { readonly address: Address; readonly text: string }[] = [];
  readonly hosts: readonly Host[];
  /** In effect from the next tick; hosts decide whom they are for. */
  faults: readonly SandboxFault[] = [];
  private readonly turns = new Map<string, number>();
  private readonly disks = new Map<Address, string>();
  private flights: Flight[] = [];
  private neighbours: readonly VirtualCluster[] = [];
  private randomState: number;

  constructor(private readonly options: VirtualOptions = {}) {
    this.hosts = options.hosts ?? THREE_HOSTS;
    this.randomState = options.seed ?? 1;
    this.timers = buildTimers(1, options.flags ?? {});
  }

  /** From now on these clusters share one clock and one network. Their hosts must have different names. */
  static join(...clusters: readonly VirtualCluster[]): void {
    const nowMs = Math.max(...clusters.map((cluster) => cluster.nowMs));
    for (const cluster of clusters) {
      cluster.run(nowMs - cluster.nowMs);
      cluster.neighbours = clusters.filter((other) => other !== cluster);
    }
  }

  /** Starts every process and waits until tiles have leaders. */
  static start(options: VirtualOptions = {}): VirtualCluster {
    const cluster = new VirtualCluster(options);
    const version = options.version ?? "2.16.0.0";
    for (const host of cluster.hosts) {
      cluster.startMServer(host.name, version);
      cluster.startDbserver(host.name, version);
    }
    cluster.runUntil(() => cluster.hasLeaders(), "every tile has a leader");
    return cluster;
  }

  mserverAddress(host: string): Address {
    return `${host}:11000`;
  }

  dbserverAddress(host: string): Address {
    return `${host}:9100`;
  }

  startMServer(host: string, version: string): void {
    const address = this.mserverAddress(host);
    const bsql = this.options.bsql ?? true;
    const machine = new MServer(
      {
        rpc: address,
        http: `${host}:10000`,
        members: this.hosts.map(({ name }) => this.mserverAddress(name)),
        ...this.placement(host),
        version,
        autoFlags: flagsOf(version),
        ...(bsql ? { bsqlCatalogVersion: catalogOf(version) } : {}),
        replicationFactor: this.options.replicationFactor ?? 3,
        tileCount: this.options.tiles ?? 6,
      },
      this.readDisk<MServerState>(address),
      this.timers,
      this.ports(address, host),
      this.nowMs,
    );
    if (!this.isCrashed(address)) this.mservers.set(address, machine);
  }

  startDbserver(host: string, version: string): void {
    const address = this.dbserverAddress(host);
    const bsql = this.options.bsql ?? true;
    const machine = new Dbserver(
      {
        rpc: address,
        http: `${host}:9000`,
        mservers: this.hosts.map(({ name }) => this.mserverAddress(name)),
        ...this.placement(host),
        version,
        autoFlags: flagsOf(version),
        ...(bsql ? { bsqlCatalogVersion: catalogOf(version) } : {}),
        ramBytes: () => 50_000_000,
      },
      this.readDisk<DbserverState>(address),
      this.timers,
      this.ports(address, host),
      this.nowMs,
    );
    if (!this.isCrashed(address)) this.dbservers.set(address, machine);
  }

  stop(address: Address): void {
    this.dbservers.get(address)?.save(this.nowMs);
    this.mservers.delete(address);
    this.dbservers.delete(address);
  }

  restartMServer(host: string, version: string): void {
    this.stop(this.mserverAddress(host));
    this.run(1000);
    this.startMServer(host, version);
    this.run(5000);
  }

  restartDbserver(host: string, version: string): void {
    this.stop(this.dbserverAddress(host));
    this.run(1000);
    this.startDbserver(host, version);
    this.run(5000);
  }

  run(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.nowMs < untilMs) this.step();
  }

  runUntil(condition: () => boolean, what: string, limitMs = 300_000): void {
    const untilMs = this.nowMs + limitMs;
    while (!condition()) {
      if (this.nowMs >= untilMs) throw new Error(`not within ${limitMs} ms: ${what}`);
      this.step();
    }
  }

  /** The serving leader. */
  leader(): MServer {
    const leaders = [...this.mservers.values()].filter((machine) => machine.isServing(this.nowMs));
    if (leaders.length !== 1 || leaders[0] === undefined) throw new Error(`${leaders.length} serving leaders`);
    return leaders[0];
  }

  hasServingLeader(): boolean {
    return [...this.mservers.values()].filter((machine) => machine.isServing(this.nowMs)).length === 1;
  }

  hasLeaders(): boolean {
    if (!this.hasServingLeader()) return false;
    const { registry, raft } = this.leader();
    const tiles = raft.document?.tiles ?? [];
    return tiles.length > 0 && tiles.every((tile) => registry.findLeader(tile) !== undefined);
  }

  /** How many tiles each running DBServer leads, by its own account. */
  tileLeaderCounts(): Record<string, number> {
    const entries = [...this.dbservers].map(([address, machine]): [string, number] => [
      address,
      machine.tiles.list().filter((replica) => replica.role === "LEADER").length,
    ]);
    return Object.fromEntries(entries);
  }

  request(address: Address, request: MServerRequest | DbserverRequest): Reply {
    let answer: Reply | undefined;
    const respond = (reply: Reply): void => {
      answer = reply;
    };
    const mserver = this.mservers.get(address);
    if (mserver !== undefined) mserver.request(this.nowMs, request as MServerRequest, respond);
    else this.dbservers.get(address)?.request(this.nowMs, request as DbserverRequest, respond);
    this.runUntil(() => answer !== undefined, `an answer to ${request.op}`);
    if (answer === undefined) throw new Error("unreachable");
    return answer;
  }

  askLeader<T>(request: MServerRequest): T {
    const reply = this.request(this.leader().config.rpc, request);
    if (!reply.ok) throw new Error(reply.status.message);
    return reply.result as T;
  }

  eventNames(): string[] {
    return this.events.map(({ event }) => event);
  }

  private step(): void {
    this.nowMs += 1;
    for (const other of this.neighbours) if (other.nowMs < this.nowMs) other.step();
    const due = this.flights.filter((flight) => flight.atMs <= this.nowMs);
    this.flights = this.flights.filter((flight) => flight.atMs > this.nowMs);
    for (const { from, to, message } of due) {
      for (const other of this.neighbours) other.take(this.nowMs, from, to, message);
      this.take(this.nowMs, from, to, message);
    }
    if (this.nowMs % TICK_MS !== 0) return;
    for (const machine of [...this.mservers.values(), ...this.dbservers.values()]) machine.tick(this.nowMs);
  }

  private take(nowMs: number, from: Address, to: Address, message: Message): void {
    this.mservers.get(to)?.receive(nowMs, from, message);
    this.dbservers.get(to)?.receive(nowMs, from, message);
  }

  private placement(host: string): { cloud: string; region: string; zone: string } {
    return { cloud: "local", region: "r1", zone: this.hosts.find(({ name }) => name === host)?.zone ?? "z1" };
  }

  private isCrashed(address: Address): boolean {
    return this.crashes.some((crash) => crash.address === address);
  }

  private readDisk<State>(address: Address): State | undefined {
    const text = this.disks.get(address);
    return text === undefined ? undefined : (JSON.parse(text) as State);
  }

  private ports<State>(address: Address, host: string): MachinePorts<State> {
    const isDead = (): boolean => this.isCrashed(address);
    return {
      // Through JSON, as over the wire: nothing that a receiver does to a message reaches the sender.
      send: (to, message) => {
        if (isDead()) return;
        const copy = JSON.parse(JSON.stringify(message)) as Message;
        this.flights.push({ atMs: this.nowMs + LATENCY_MS, from: address, to, message: copy });
      },
      persist: (state) => {
        if (!isDead()) this.disks.set(address, JSON.stringify(state));
      },
      random: () => this.random(),
      event: (event) => {
        this.events.push({ ...event, host, atMs: this.nowMs });
      },
      log: () => undefined,
      faults: {
        find: <Kind extends SandboxFaultKind>(kind: Kind) =>
          this.faults.find(
            (fault): fault is FaultOf<Kind> =>
              fault.kind === kind && (!("host" in fault) || fault.host === undefined || fault.host === host),
          ),
        takeTurn: (fault, limit, part = "") => {
          const key = `${JSON.stringify(fault)}${part}`;
          const taken = this.turns.get(key) ?? 0;
          this.turns.set(key, taken + 1);
          return taken < limit;
        },
        countEvents: (event) => this.events.filter((one) => one.event === event).length,
      },
      fatal: (_source, text) => {
        this.crashes.push({ address, text });
        this.mservers.delete(address);
        this.dbservers.delete(address);
      },
    };
  }

  /** mulberry32. */
  private random(): number {
    this.randomState = (this.randomState + 0x6d2b79f5) | 0;
    let t = this.randomState;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}

export function flagsOf(version: string) {
  return {
    auto_flags: (["mserver", "dbserver"] as const).map((program) => ({
      program,
      flags: listFlagsOf(version, program),
    })),
  };
}

export function catalogOf(version: string): number {
  return Math.max(...listMigrationsOf(version).map((file) => Number(/^V(\d+)/.exec(file)?.[1])));
}
