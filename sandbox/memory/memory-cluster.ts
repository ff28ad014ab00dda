// A BMDB cluster in memory, on virtual time: the same state machines, pages and bm-admin as the sandbox's processes, without
// processes, sockets and files. What happens in it is told to whoever listens, at the moment it happens.

import { Dbserver } from "../cluster/dbserver";
import type { Message } from "../cluster/messages";
import { MServer } from "../cluster/mserver";
import type { Address } from "../cluster/ports";
import type { Reply } from "../cluster/status";
import { answerPage, renderAnswer } from "../processes/answer-page";
import type { AskResult } from "../processes/rpc-client";
import type { SandboxEvent, SandboxFault, SandboxRole } from "../types";
import type { Chance } from "./chance";
import { MemoryFaults } from "./memory-faults";
import { renderFlagFile } from "./memory-flag-files";
import { HOME, MemoryHost, type MemoryHostOptions, releaseDirOf } from "./memory-host";
import { MemoryProcess, type ProcessWorld } from "./memory-process";
import { Network } from "./network";
import { VirtualTime } from "./virtual-time";

export interface MemoryClusterOptions {
  readonly hosts: readonly MemoryHostOptions[];
  /** The release that the processes run at first. */
  readonly version: string;
  /** The releases that are installed on every host. */
  readonly installed: readonly string[];
  readonly replicationFactor: number;
  readonly tiles: number;
  readonly bsql: boolean;
  readonly htmlOnly?: boolean;
  /** Values of timer flags, in the flag's own unit. */
  readonly timers?: Readonly<Record<string, number>>;
  readonly chance: Chance;
  readonly startAtMs?: number;
}

export interface ClusterEvent {
  readonly atMs: number;
  readonly process: MemoryProcess;
  readonly event: SandboxEvent["event"];
  readonly facts: Readonly<Record<string, unknown>>;
}

export class MemoryCluster {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly hosts: readonly MemoryHost[];
  readonly faults = new MemoryFaults();
  private readonly listeners: ((event: ClusterEvent) => void)[] = [];
  private readonly chance: Chance;
  private readonly world: ProcessWorld;
  private readonly hostByAddress = new Map<string, MemoryHost>();

  constructor(readonly options: MemoryClusterOptions) {
    this.time = new VirtualTime(options.startAtMs ?? Date.UTC(2026, 0, 1));
    this.chance = options.chance.split("cluster");
    this.network = new Network(
      options.chance.split("network"),
      options.hosts.map((host) => host.name),
    );
    this.hosts = options.hosts.map((host) => new MemoryHost(host, this.time.nowMs - 86_400_000));
    for (const host of this.hosts) {
      this.hostByAddress.set(host.address, host);
      for (const version of options.installed) host.releases.set(releaseDirOf(version), version);
      for (const role of host.roles)
        host.files.set(flagFileOf(role), renderFlagFile(options, host, role, options.timers ?? {}));
    }
    this.world = {
      time: this.time,
      faults: this.faults,
      random: () => this.chance.next(),
      send: (from, to, message) => this.send(from, to, message),
      ask: (from, to, request, timeoutMs) => this.ask(from.name, to, request, timeoutMs),
      fetchPage: (from) => (url, limits) => this.fetchPage(from, url, limits.timeoutMs),
      event: (process, event, facts = {}) => this.tell({ atMs: this.time.nowMs, process, event, facts }),
    };
  }

  listen(listener: (event: ClusterEvent) => void): void {
    this.listeners.push(listener);
  }

  host(name: string): MemoryHost {
    const found = this.hosts.find((host) => host.name === name);
    if (found === undefined) throw new Error(`there is no host ${name}`);
    return found;
  }

  get processes(): MemoryProcess[] {
    return this.hosts.flatMap((host) => [...host.processes]);
  }

  /** Starts a process as the cluster's owner would, from a release that is installed. */
  start(host: MemoryHost, role: SandboxRole, version: string, by: string): MemoryProcess {
    return this.startFrom(host, {
      role,
      releaseDir: releaseDirOf(version),
      version,
      argv: [`./bin/${role}`, "--flagfile", flagFileOf(role)],
      environment: { HOME, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
      umask: "0022",
      output: `${HOME}/logs/${role}.out`,
      by,
    });
  }

  startFrom(host: MemoryHost, facts: MemoryProcess["facts"]): MemoryProcess {
    return new MemoryProcess(host, facts, this.world);
  }

  /** Every process of the first release; resolves when every tile has a leader. */
  async startAll(): Promise<void> {
    for (const host of this.hosts) for (const role of host.roles) this.start(host, role, this.options.version, "setup");
    await this.time.run(() => this.hasTileLeaders(), 600_000, "the cluster starts");
  }

  /** The host loses its power and boots again; what its boot script names is started then. */
  reboot(host: MemoryHost, downMs: number): void {
    for (const process of [...host.processes]) process.kill("reboot");
    this.network.setDown(host.name, true);
    host.bootCount += 1;
    this.time.after(downMs, () => {
      this.network.setDown(host.name, false);
      host.bootedAtMs = this.time.nowMs;
      for (const { role, version } of host.bootStarts) this.start(host, role, version, "boot");
    });
  }

  setFaults(faults: readonly SandboxFault[]): void {
    this.faults.set(faults);
  }

  /** Whoever serves as the leader MServer, by what the machines themselves know. */
  leaders(): MemoryProcess[] {
    const leading: MemoryProcess[] = [];
    for (const host of this.hosts)
      for (const process of host.processes)
        if (process.isServing && process.role === "mserver" && mserverOf(process)?.isServing(this.time.nowMs) === true)
          leading.push(process);
    return leading;
  }

  hasTileLeaders(): boolean {
    const [leader, ...others] = this.leaders();
    const machine = leader && mserverOf(leader);
    const tiles = machine?.raft.document?.tiles ?? [];
    return (
      machine !== undefined &&
      others.length === 0 &&
      tiles.length > 0 &&
      tiles.every((tile) => machine.registry.findLeader(tile) !== undefined)
    );
  }

  /** The process that listens there, for RPC or for pages. */
  processAt(address: Address, port: "rpc" | "http"): MemoryProcess | undefined {
    const host = this.hostAt(address);
    for (const process of host?.processes ?? []) {
      if (!process.isListening) continue;
      if ((port === "rpc" ? process.rpcAddress : process.httpAddress) === address) return process;
    }
    return undefined;
  }

  hostAt(address: Address): MemoryHost | undefined {
    return this.hostByAddress.get(address.slice(0, address.lastIndexOf(":")));
  }

  /** A request to a server, as other servers and bm-admin make them. `from` is a host. */
  ask<T>(from: string, to: Address, request: unknown, timeoutMs: number): Promise<AskResult<T>> {
    const host = this.hostAt(to);
    if (host === undefined || !this.network.reaches(from, host.name))
      return this.time.sleep(timeoutMs).then(() => ({ kind: "timeout" }));
    const process = this.processAt(to, "rpc");
    if (process === undefined) return Promise.resolve({ kind: "refused" });
    if (!process.isServing) return Promise.resolve({ kind: "closed" });
    return new Promise((resolve) => {
      let isAnswered = false;
      const answer = (result: AskResult<T>): void => {
        if (isAnswered) return;
        isAnswered = true;
        this.time.wake();
        resolve(result);
      };
      process.request(request, (reply) => answer({ kind: "reply", reply: reply as Reply<T> }));
      if (isAnswered) return;
      this.time.after(timeoutMs, () => answer({ kind: "timeout" }));
      process.onGone(() => answer({ kind: "closed" }));
    });
  }

  private send(from: MemoryProcess, to: Address, message: Message): void {
    this.time.after(this.network.latencyMs, () => {
      const process = this.processAt(to, "rpc");
      if (process !== undefined && this.network.reaches(from.host.name, process.host.name))
        process.receive(from.rpcAddress, message);
    });
  }

  private async fetchPage(from: MemoryHost, url: string, timeoutMs: number): Promise<string> {
    const { host: address, pathname, search, searchParams } = new URL(url);
    const failure = (code: string): Error => Object.assign(new Error(code), { code });
    const host = this.hostAt(address);
    if (host === undefined || !this.network.reaches(from.name, host.name)) {
      await this.time.sleep(timeoutMs);
      throw failure("ETIMEDOUT");
    }
    const process = this.processAt(address, "http");
    if (process === undefined) throw failure("ECONNREFUSED");
    const options = { isHtmlOnly: this.options.htmlOnly === true, faults: process.faults };
    const request = { pathname, uri: pathname + search, query: searchParams, isProxied: true, isOurs: false };
    const answer = await answerPage(process.pages, options, request);
    if (answer === "nothing") {
      await this.time.sleep(timeoutMs);
      throw failure("ETIMEDOUT");
    }
    const rendered = renderAnswer(answer, true);
    if (rendered === undefined) throw failure("ECONNRESET");
    return rendered.text;
  }

  /** Something here is not as it must be: the next turn of time raises it. */
  fail(error: unknown): void {
    this.time.at(this.time.nowMs, () => {
      throw error;
    });
  }

  private tell(event: ClusterEvent): void {
    this.faults.note(event.event);
    for (const listener of this.listeners) listener(event);
  }
}

export const flagFileOf = (role: SandboxRole): string => `${HOME}/conf/${role}.conf`;

export const mserverOf = (process: MemoryProcess): MServer | undefined =>
  process.server?.machine instanceof MServer ? process.server.machine : undefined;
export const dbserverOf = (process: MemoryProcess): Dbserver | undefined =>
  process.server?.machine instanceof Dbserver ? process.server.machine : undefined;
