// What the leader MServer knows of DBServers. In memory only: a new leader knows those that have sent it a heartbeat
// since it became leader, and nobody else.

import type { TileConfig } from "./cluster-document";
import type { HeartbeatMessage, TileReport } from "./messages";
import type { Registration } from "./ports";
import type { Timers } from "./timers";

export interface KnownDbserver {
  registration: Registration;
  heartbeatAtMs: number;
  registeredAtMs: number;
  /** As last reported: frozen while the process is down. */
  uptimeMs: number;
  ramBytes: number;
  tiles: Map<string, TileReport>;
}

export class DbserverRegistry {
  private readonly byUuid = new Map<string, KnownDbserver>();
  newestRegistrationAtMs = 0;

  constructor(private readonly timers: Timers) {}

  clear(): void {
    this.byUuid.clear();
  }

  /** True when this DBServer was not known, or known from an earlier start. */
  note(nowMs: number, heartbeat: Extract<HeartbeatMessage, { kind: "heartbeat" }>): boolean {
    const { registration } = heartbeat;
    const known = this.byUuid.get(registration.uuid);
    const isNew = known === undefined || known.registration.startTimeUs !== registration.startTimeUs;
    if (known === undefined) this.newestRegistrationAtMs = nowMs;
    this.byUuid.set(registration.uuid, {
      registration,
      heartbeatAtMs: nowMs,
      registeredAtMs: known?.registeredAtMs ?? nowMs,
      uptimeMs: heartbeat.metrics?.uptimeMs ?? known?.uptimeMs ?? 0,
      ramBytes: heartbeat.metrics?.ramBytes ?? known?.ramBytes ?? 0,
      tiles: new Map(heartbeat.tiles.map((report) => [report.tile, report])),
    });
    return isNew;
  }

  get(uuid: string): KnownDbserver | undefined {
    return this.byUuid.get(uuid);
  }

  /** Sorted as the page sorts: cloud, region, zone, uuid. */
  list(): KnownDbserver[] {
    const key = ({ registration: r }: KnownDbserver): string => [r.cloud, r.region, r.zone, r.uuid].join("\0");
    return [...this.byUuid.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  isAlive(nowMs: number, server: KnownDbserver): boolean {
    return nowMs - server.heartbeatAtMs <= this.timers.tserverUnresponsiveTimeoutMs;
  }

  /** Dead for longer than `deadForMs`, which is 0 for "dead at all". */
  isLost(nowMs: number, server: KnownDbserver, deadForMs: number): boolean {
    return nowMs - server.heartbeatAtMs > Math.max(this.timers.tserverUnresponsiveTimeoutMs, deadForMs);
  }

  /** The replica that claims to lead, by its last report; the highest term wins where two claim it. */
  findLeader(tile: TileConfig): KnownDbserver | undefined {
    let best: { server: KnownDbserver; term: number } | undefined;
    for (const replica of tile.replicas) {
      const server = this.byUuid.get(replica.uuid);
      const report = server?.tiles.get(tile.id);
      if (server === undefined || report?.role !== "LEADER") continue;
      if (best === undefined || report.term > best.term) best = { server, term: report.term };
    }
    return best?.server;
  }

  countLeaders(tiles: readonly TileConfig[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const tile of tiles) {
      const leader = this.findLeader(tile);
      if (leader !== undefined) counts.set(leader.registration.uuid, (counts.get(leader.registration.uuid) ?? 0) + 1);
    }
    return counts;
  }
}
