// What is the case in the cluster, told by its machines themselves, and since when. The oracle looks here and nowhere else.

import type { Address } from "../../sandbox/cluster/ports";
import { dbserverOf, type MemoryCluster, mserverOf } from "../../sandbox/memory/memory-cluster";
import { addressOf } from "../../sandbox/memory/memory-flag-files";
import type { MemoryHost } from "../../sandbox/memory/memory-host";
import type { MemoryProcess } from "../../sandbox/memory/memory-process";
import { listFlagsOf, listMigrationsOf } from "../../sandbox/release/known-releases";
import type { SandboxRole } from "../../sandbox/types";

export interface Declared {
  readonly host: MemoryHost;
  readonly role: SandboxRole;
}

export const nameOf = ({ host, role }: Declared): string =>
  `${role === "mserver" ? "MServer" : "DBServer"} ${host.name}`;

const SAMPLE_MS = 1000;
/** The limit of the product's default, and a little for what it rounds. */
const LAG_MS_MAX = 12_000;

export class Truth {
  readonly declared: readonly Declared[];
  /** What is wrong, and since when. A key that is not there is well. */
  private readonly since = new Map<string, number>();
  /** Version by process and when it was last seen with it. */
  private readonly seen = new Map<string, Map<string, number>>();
  private leader: { readonly process: MemoryProcess; readonly sinceMs: number } | undefined;

  private readonly lagMsMax: number;
  private readonly byAddress: ReadonlyMap<Address, Declared>;

  constructor(readonly cluster: MemoryCluster) {
    // A release without JSON shows its lag nowhere: nobody can be blamed for not seeing it.
    this.lagMsMax = cluster.options.htmlOnly === true ? Number.POSITIVE_INFINITY : LAG_MS_MAX;
    this.declared = cluster.hosts.flatMap((host) => host.roles.map((role) => ({ host, role })));
    this.byAddress = new Map(
      this.declared
        .filter((each) => each.role === "dbserver")
        .map((each) => [addressOf(each.host, "dbserver", "rpc"), each]),
    );
    const sample = (): void => {
      this.look();
      cluster.time.after(SAMPLE_MS, sample);
    };
    sample();
  }

  processOf({ host, role }: Declared): MemoryProcess | undefined {
    return host.processesOf(role).find((process) => process.isServing);
  }

  /** Serves, and its tiles are up. */
  isBack(declared: Declared): boolean {
    const process = this.processOf(declared);
    if (process === undefined) return false;
    return dbserverOf(process)?.isReady(this.cluster.time.nowMs) ?? true;
  }

  /** Serves so far, whatever its tiles do. */
  versionOf(declared: Declared): string | undefined {
    return this.processOf(declared)?.version;
  }

  /** Was it seen with this version in the last so many milliseconds? */
  hadVersion(declared: Declared, version: string, withinMs: number): boolean {
    this.look();
    const atMs = this.seen.get(nameOf(declared))?.get(version);
    return atMs !== undefined && this.cluster.time.nowMs - atMs <= withinMs;
  }

  /** What ran there when something ran there the last time. */
  lastVersionOf(declared: Declared): string | undefined {
    const seen = [...(this.seen.get(nameOf(declared)) ?? [])].sort(([, a], [, b]) => b - a);
    return seen[0]?.[0];
  }

  /** For how long this is so already: the answer of the last samples and of now. */
  wrongFor(key: string): number {
    this.look();
    const sinceMs = this.since.get(key);
    return sinceMs === undefined ? -1 : this.cluster.time.nowMs - sinceMs;
  }

  leadsFor(process: MemoryProcess): number {
    this.look();
    return this.leader?.process === process ? this.cluster.time.nowMs - this.leader.sinceMs : -1;
  }

  /** Tiles that would lose their majority without this DBServer. */
  tilesNeeding(declared: Declared): string[] {
    return [...this.since.keys()].filter((key) => key.startsWith(`tile needs ${nameOf(declared)}`));
  }

  private look(): void {
    const { nowMs } = this.cluster.time;
    for (const declared of this.declared) {
      const name = nameOf(declared);
      this.note(`down ${name}`, !this.isBack(declared), nowMs);
      const version = this.versionOf(declared);
      const seen = this.seen.get(name) ?? new Map<string, number>();
      if (version !== undefined) this.seen.set(name, seen.set(version, nowMs));
      for (const each of seen.keys()) this.note(`${name} runs ${each}`, each === version, nowMs);
    }
    const [leader, ...others] = this.cluster.leaders();
    if (leader === undefined || others.length > 0) this.leader = undefined;
    else if (this.leader?.process !== leader) this.leader = { process: leader, sinceMs: nowMs };
    this.lookAtTiles(nowMs);
  }

  private note(key: string, isWrong: boolean, nowMs: number): void {
    if (!isWrong) this.since.delete(key);
    else if (!this.since.has(key)) this.since.set(key, nowMs);
  }

  private lookAtTiles(nowMs: number): void {
    const healthy = new Map<Address, Set<string>>();
    const tiles = new Map<string, readonly Address[]>();
    for (const declared of this.declared) {
      if (declared.role !== "dbserver") continue;
      const process = this.processOf(declared);
      const machine = process && dbserverOf(process);
      if (process === undefined || machine === undefined) continue;
      const own = new Set<string>();
      for (const replica of machine.tiles.list()) {
        tiles.set(
          replica.config.id,
          replica.config.replicas.map(({ address }) => address),
        );
        if (replica.isRunning(nowMs) && replica.lagMs(nowMs) <= this.lagMsMax) own.add(replica.config.id);
      }
      healthy.set(process.rpcAddress, own);
    }
    for (const [tile, replicas] of tiles) {
      const majority = Math.floor(replicas.length / 2) + 1;
      const good = replicas.filter((address) => healthy.get(address)?.has(tile));
      for (const address of replicas) {
        const declared = this.byAddress.get(address);
        if (declared === undefined) continue;
        const left = good.filter((other) => other !== address).length;
        this.note(`tile needs ${nameOf(declared)} ${tile}`, left < majority, nowMs);
      }
    }
  }

  /** Names of the AutoFlags that a release has, by role. */
  autoFlagsOf(version: string): Readonly<Record<SandboxRole, readonly string[]>> {
    const names = (role: SandboxRole): string[] => listFlagsOf(version, role).map((flag) => flag.name);
    return { mserver: names("mserver"), dbserver: names("dbserver") };
  }

  /** The newest migration of the BSQL catalog in a release. */
  catalogOf(version: string): number {
    return Math.max(...listMigrationsOf(version).map((file) => Number(/^V(\d+)/.exec(file)?.[1])));
  }

  /** The configuration that a majority of MServers agrees on, as the leader that serves knows it. */
  document() {
    const [leader] = this.cluster.leaders();
    return leader && mserverOf(leader)?.raft.document;
  }
}
