// The leader MServer's background work on tiles: creating them, moving their leaders, replacing replicas that are lost.
//
// It rests for `load_balancer_initial_delay_secs` after every change of the leader MServer, so a leader blacklist has
// no effect in that time. `enabled` is in memory only: a restarted MServer comes back enabled.

import { planLeaderMoves } from "./balance-leaders";
import { type ClusterDocument, type HostPort, renderHostPort } from "./cluster-document";
import type { DbserverRegistry } from "./dbserver-registry";
import { chooseServer, placeTiles } from "./place-tiles";
import type { Address } from "./ports";
import type { CompletionAnswer, DbserverRow } from "./requests";
import type { Timers } from "./timers";

interface StepDown {
  readonly tile: string;
  readonly target: Address;
}

export class Balancer {
  enabled = true;
  private ranAtMs = Number.NEGATIVE_INFINITY;
  private quietRuns = 0;
  private readonly pending = new Map<string, StepDown[]>();

  constructor(
    private readonly registry: DbserverRegistry,
    private readonly timers: Timers,
  ) {}

  /** For a new leader: nothing is known and nothing is under way. */
  reset(): void {
    this.quietRuns = 0;
    this.pending.clear();
  }

  /** A disabled balancer counts as idle. */
  get isIdle(): boolean {
    return !this.enabled || this.quietRuns >= this.timers.balancerIdleRuns;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.ranAtMs >= this.timers.balancerRunMs;
  }

  /** One run. Answers the document as it should become; the same object when nothing is to be changed. */
  run(
    nowMs: number,
    leadingForMs: number,
    document: ClusterDocument,
    options: { readonly tileCount: number; readonly dbserversExpected?: number },
    random: () => number,
  ): ClusterDocument {
    this.ranAtMs = nowMs;
    if (document.tiles.length === 0) return this.createTiles(nowMs, document, options, random);
    if (!this.enabled || leadingForMs < this.timers.loadBalancerInitialDelayMs) return document;
    const moves = planLeaderMoves(nowMs, document, this.registry, this.timers.balancerMovesMax);
    this.pending.clear();
    for (const { tile, from, target } of moves) {
      this.pending.set(from, [...(this.pending.get(from) ?? []), { tile, target }]);
    }
    const changed = this.replaceLostReplica(nowMs, document);
    this.quietRuns = moves.length === 0 && changed === document ? this.quietRuns + 1 : 0;
    return changed;
  }

  /** The moves that a DBServer is told with its next heartbeat. */
  takeMoves(uuid: string): StepDown[] {
    const moves = this.pending.get(uuid) ?? [];
    this.pending.delete(uuid);
    return moves;
  }

  isBalanced(nowMs: number, document: ClusterDocument): boolean {
    return planLeaderMoves(nowMs, document, this.registry, 1).length === 0;
  }

  countLeadersOn(document: ClusterDocument, hosts: readonly HostPort[]): number {
    const addresses = new Set(hosts.map(renderHostPort));
    return document.tiles.filter((tile) => {
      const leader = this.registry.findLeader(tile);
      return leader !== undefined && addresses.has(leader.registration.rpc);
    }).length;
  }

  describeDrain(leadingForMs: number, document: ClusterDocument): CompletionAnswer {
    const { leaderBlacklist } = document.config;
    const remaining = this.countLeadersOn(document, leaderBlacklist);
    const total = Math.max(document.config.initialLeaderLoad, remaining);
    const addresses = new Set(leaderBlacklist.map(renderHostPort));
    const hasReports = this.registry.list().some(({ registration }) => addresses.has(registration.rpc));
    const isTooEarly = leadingForMs < this.timers.blacklistProgressInitialDelayMs && addresses.size > 0 && !hasReports;
    if (isTooEarly) return { percent: 0, remaining: total, total };
    return { percent: total === 0 ? 100 : (100 * (total - remaining)) / total, remaining, total };
  }

  describeServers(nowMs: number, document: ClusterDocument): DbserverRow[] {
    const leaders = this.registry.countLeaders(document.tiles);
    const blacklist = new Set(document.config.leaderBlacklist.map(renderHostPort));
    return this.registry.list().map((server) => ({
      registration: server.registration,
      status: this.registry.isAlive(nowMs, server) ? "ALIVE" : "DEAD",
      heartbeatDelayMs: nowMs - server.heartbeatAtMs,
      uptimeSec: Math.floor(server.uptimeMs / 1000),
      ramBytes: server.ramBytes,
      tileCount: server.tiles.size,
      tileLeaderCount: leaders.get(server.registration.uuid) ?? 0,
      isLeaderBlacklisted: blacklist.has(server.registration.rpc),
    }));
  }

  private createTiles(
    nowMs: number,
    document: ClusterDocument,
    options: { readonly tileCount: number; readonly dbserversExpected?: number },
    random: () => number,
  ): ClusterDocument {
    const servers = this.registry.list().map((server) => server.registration);
    const isSettled =
      options.dbserversExpected === undefined
        ? nowMs - this.registry.newestRegistrationAtMs >= this.timers.tilesSettleMs
        : servers.length >= options.dbserversExpected;
    if (servers.length < document.replicationFactor || !isSettled || options.tileCount === 0) return document;
    const tiles = placeTiles(servers, options.tileCount, document.replicationFactor, random);
    return { ...document, tilesVersion: document.tilesVersion + 1, tiles };
  }

  /** One replica a run, and only when a server without this tile can take it; without a spare server nothing is done. */
  private replaceLostReplica(nowMs: number, document: ClusterDocument): ClusterDocument {
    const alive = this.registry.list().filter((server) => this.registry.isAlive(nowMs, server));
    const load = new Map(alive.map((server) => [server.registration.uuid, server.tiles.size]));
    for (const tile of document.tiles) {
      for (const lost of tile.replicas) {
        const server = this.registry.get(lost.uuid);
        if (server === undefined || !this.registry.isLost(nowMs, server, this.timers.followerFailedMs)) continue;
        const spare = chooseServer(
          alive.map((s) => s.registration),
          tile.replicas,
          load,
        );
        if (spare === undefined) continue;
        const replicas = tile.replicas.map((replica) =>
          replica === lost ? { uuid: spare.uuid, address: spare.rpc } : replica,
        );
        const tiles = document.tiles.map((other) => (other === tile ? { ...tile, replicas } : other));
        return { ...document, tilesVersion: document.tilesVersion + 1, tiles };
      }
    }
    return document;
  }
}
