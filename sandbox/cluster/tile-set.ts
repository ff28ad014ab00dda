// All tile replicas of one DBServer. Messages about many tiles travel together, one message per peer and period.

import type { TileConfig } from "./cluster-document";
import type { TileMessage, TileReport } from "./messages";
import type { Address, MachinePorts } from "./ports";
import { type StoredReplica, TileReplicaState } from "./tile-replica";
import type { Timers } from "./timers";

export class TileSet {
  private readonly replicas = new Map<string, TileReplicaState>();
  /** Replicas that this server has lost, by an ordered fault. */
  private lost: ReadonlySet<string> = new Set();
  private sentAtMs = Number.NEGATIVE_INFINITY;
  private tickedAtMs: number;

  constructor(
    private readonly self: Address,
    private readonly timers: Timers,
    private readonly ports: Pick<MachinePorts<never>, "send" | "random" | "event" | "faults">,
    stored: readonly StoredReplica[],
    nowMs: number,
  ) {
    this.tickedAtMs = nowMs;
    for (const replica of stored) {
      this.replicas.set(
        replica.config.id,
        new TileReplicaState(replica.config, replica, self, timers, ports.random, nowMs),
      );
    }
  }

  /** Takes the tiles that the MServer assigned. True when something changed. */
  assign(nowMs: number, configs: readonly TileConfig[]): void {
    const wanted = new Map(configs.map((config) => [config.id, config]));
    for (const id of this.replicas.keys()) if (!wanted.has(id)) this.replicas.delete(id);
    for (const config of configs) {
      const known = this.replicas.get(config.id);
      if (known !== undefined) known.config = config;
      else
        this.replicas.set(
          config.id,
          new TileReplicaState(config, undefined, this.self, this.timers, this.ports.random, nowMs),
        );
    }
  }

  reports(nowMs: number): TileReport[] {
    return this.list().map((replica) => replica.report(nowMs));
  }

  list(): TileReplicaState[] {
    return [...this.replicas.values()].filter((replica) => !this.lost.has(replica.config.id));
  }

  stored(): StoredReplica[] {
    return [...this.replicas.values()].map((replica) => replica.stored());
  }

  /** True when terms or votes changed, so that they must be persisted. */
  tick(nowMs: number): boolean {
    const gap = nowMs - this.tickedAtMs;
    this.tickedAtMs = nowMs;
    const isSleeper = gap > this.timers.raftHeartbeatIntervalMs * 2;
    const batch = new Batch();
    let changed = false;
    this.suffer(nowMs);
    for (const replica of this.list()) {
      if (isSleeper) replica.forgive(gap);
      if (replica.tick(nowMs) !== "ask_votes") continue;
      this.stand(nowMs, replica, false, batch);
      changed = true;
    }
    batch.send(this.ports.send);
    if (nowMs - this.sentAtMs >= this.timers.raftHeartbeatIntervalMs) this.appendAll(nowMs);
    return changed;
  }

  /** True when terms or votes changed. */
  receive(nowMs: number, from: Address, message: TileMessage): boolean {
    const batch = new Batch();
    let changed = false;
    const each = <T extends { readonly tile: string }>(
      tiles: readonly T[],
      act: (replica: TileReplicaState, item: T) => void,
    ): void => {
      for (const item of tiles) {
        const replica = this.replicas.get(item.tile);
        if (replica !== undefined && !this.lost.has(item.tile)) act(replica, item);
      }
    };
    switch (message.kind) {
      case "tile_votes_wanted":
        each(message.tiles, (replica, { tile, term, dataMs, asked }) => {
          const granted = replica.grant(nowMs, term, dataMs, asked);
          changed ||= granted;
          batch.votes(from, { tile, term, granted });
        });
        break;
      case "tile_votes":
        each(message.tiles, (replica, { term, granted }) => {
          if (!replica.countVote(nowMs, from, term, granted)) return;
          changed = true;
          this.announce(replica);
        });
        // A new leader speaks at once: the others are waiting for one.
        if (changed) this.appendAll(nowMs);
        break;
      case "tile_appends":
        each(message.tiles, (replica, { tile, term, dataMs }) => {
          const before = replica.term;
          if (replica.spoils) {
            if (term >= replica.term) replica.outbid(term);
            changed ||= before !== replica.term;
            return;
          }
          replica.accept(nowMs, from, term, dataMs);
          changed ||= before !== replica.term;
          if (replica.isRunning(nowMs)) batch.appendReply(from, { tile, term: replica.term, dataMs: replica.dataMs });
        });
        break;
      case "tile_append_replies":
        each(message.tiles, (replica, { term }) => replica.noteFollower(nowMs, from, term));
        break;
      case "tile_take_over": {
        const replica = this.replicas.get(message.tile);
        if (replica === undefined || replica.term !== message.term || !replica.isCaughtUp(nowMs)) break;
        this.stand(nowMs, replica, true, batch);
        changed = true;
      }
    }
    batch.send(this.ports.send);
    return changed;
  }

  /** Hands one tile's leadership to another replica, if this one has it. */
  handOver(tile: string, target: Address): void {
    const replica = this.lost.has(tile) ? undefined : this.replicas.get(tile);
    if (replica?.role !== "LEADER" || !replica.peers.includes(target)) return;
    this.ports.send(target, { kind: "tile_take_over", tile, term: replica.term });
  }

  /** Faults: lost replicas are the first by id, spoiling ones the last, so that the two do not meet. */
  private suffer(nowMs: number): void {
    const { faults } = this.ports;
    const ids = [...this.replicas.keys()].sort();
    const countOf = (fault: { readonly tiles?: number | undefined } | undefined): number =>
      fault === undefined ? 0 : (fault.tiles ?? 1);
    this.lost = new Set(ids.slice(0, countOf(faults.find("tile_under_replicated"))));
    const spoilCount = countOf(faults.find("tile_leaderless"));
    const spoiling = new Set(ids.slice(Math.max(0, ids.length - spoilCount)));
    const stuck = faults.find("never_catches_up");
    for (const replica of this.list()) {
      replica.stick(nowMs, stuck === undefined ? undefined : (stuck.lagMs ?? 60_000));
      replica.spoil(spoiling.has(replica.config.id));
    }
  }

  private stand(nowMs: number, replica: TileReplicaState, asked: boolean, batch: Batch): void {
    const term = replica.stand(nowMs);
    for (const peer of replica.peers)
      batch.votesWanted(peer, { tile: replica.config.id, term, dataMs: replica.dataMs, asked });
    if (replica.checkVotes(nowMs)) this.announce(replica);
  }

  private announce(replica: TileReplicaState): void {
    this.ports.event({ event: "tile_leader_elected", tile: replica.config.id, term: replica.term });
  }

  private appendAll(nowMs: number): void {
    this.sentAtMs = nowMs;
    const batch = new Batch();
    for (const replica of this.list()) {
      if (replica.role !== "LEADER" && !(replica.spoils && replica.isRunning(nowMs))) continue;
      for (const peer of replica.peers)
        batch.append(peer, { tile: replica.config.id, term: replica.term, dataMs: replica.newestMs(nowMs) });
    }
    batch.send(this.ports.send);
  }
}

type ItemOf<K extends TileMessage["kind"]> = Extract<TileMessage, { kind: K; tiles: unknown }>["tiles"][number];

/** Collects what goes to each peer. */
class Batch {
  private readonly items = new Map<string, { to: Address; message: { kind: string; tiles: unknown[] } }>();

  votesWanted(to: Address, item: ItemOf<"tile_votes_wanted">): void {
    this.add(to, "tile_votes_wanted", item);
  }

  votes(to: Address, item: ItemOf<"tile_votes">): void {
    this.add(to, "tile_votes", item);
  }

  append(to: Address, item: ItemOf<"tile_appends">): void {
    this.add(to, "tile_appends", item);
  }

  appendReply(to: Address, item: ItemOf<"tile_append_replies">): void {
    this.add(to, "tile_append_replies", item);
  }

  send(send: (to: Address, message: TileMessage) => void): void {
    for (const { to, message } of this.items.values()) send(to, message as TileMessage);
  }

  private add(to: Address, kind: string, item: unknown): void {
    const key = `${kind} ${to}`;
    const entry = this.items.get(key) ?? { to, message: { kind, tiles: [] } };
    entry.message.tiles.push(item);
    this.items.set(key, entry);
  }
}
