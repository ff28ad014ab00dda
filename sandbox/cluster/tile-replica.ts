// One replica of a tile on one DBServer: who leads, and up to when its data goes.
//
// The data itself is not modelled, only its age: a leader's data is of now, a follower's is of the last message from
// its leader. A replica that was away catches up at a limited speed, so `follower_lag_ms` starts at the time it was
// away and falls. Losing data is not modelled, so the vote rules are lighter than Raft's.

import type { TileConfig } from "./cluster-document";
import type { TileReport } from "./messages";
import type { Address } from "./ports";
import { electionTimeoutMs, type Timers } from "./timers";

/** Seconds of missed writes that are replayed in one second. */
const CATCH_UP_SPEED = 20;

export interface StoredReplica {
  readonly config: TileConfig;
  readonly term: number;
  readonly votedTerm: number;
  readonly dataMs: number;
}

export class TileReplicaState {
  role: "LEADER" | "FOLLOWER" = "FOLLOWER";
  term: number;
  votedTerm: number;
  dataMs: number;
  leader: Address | undefined;
  /** Ordered faults: its data does not advance; it keeps the others from leading without leading itself. */
  private isStuck = false;
  private isSpoiling = false;
  private readonly readyAtMs: number;
  private silentSinceMs: number;
  private timeoutMs: number;
  private knownLeaderDataMs: number;
  private movedAtMs: number;
  private heardLeaderAtMs = Number.NEGATIVE_INFINITY;
  private readonly followers = new Map<Address, number>();
  private readonly votes = new Set<Address>();

  constructor(
    public config: TileConfig,
    stored: StoredReplica | undefined,
    private readonly self: Address,
    private readonly timers: Timers,
    private readonly random: () => number,
    nowMs: number,
  ) {
    this.term = stored?.term ?? 0;
    this.votedTerm = stored?.votedTerm ?? 0;
    this.dataMs = stored?.dataMs ?? nowMs;
    this.knownLeaderDataMs = this.dataMs;
    this.movedAtMs = nowMs;
    this.readyAtMs = nowMs + timers.tileBootstrapMs * (stored === undefined ? 0.1 : 0.5 + random() * 0.5);
    this.silentSinceMs = this.readyAtMs;
    // A tile that is new everywhere has nobody to wait for.
    this.timeoutMs =
      stored === undefined ? random() * timers.raftHeartbeatIntervalMs * 3 : electionTimeoutMs(timers, random());
  }

  isRunning(nowMs: number): boolean {
    return nowMs >= this.readyAtMs;
  }

  get peers(): Address[] {
    return this.config.replicas.map((replica) => replica.address).filter((address) => address !== this.self);
  }

  private get majority(): number {
    return Math.floor(this.config.replicas.length / 2) + 1;
  }

  /** A follower that falls behind from now on, by `behindMs` at once. */
  stick(nowMs: number, behindMs: number | undefined): void {
    if (behindMs !== undefined && !this.isStuck && this.role !== "LEADER")
      this.dataMs = Math.min(this.dataMs, nowMs - behindMs);
    this.isStuck = behindMs !== undefined;
  }

  /** Holds a term that nobody won: the others follow it and none of them leads. */
  spoil(isSpoiling: boolean): void {
    if (isSpoiling && !this.isSpoiling) this.outbid(0);
    this.isSpoiling = isSpoiling;
  }

  get spoils(): boolean {
    return this.isSpoiling;
  }

  /** Takes a term above all that it knows. */
  outbid(term: number): void {
    this.role = "FOLLOWER";
    this.leader = undefined;
    this.term = Math.max(this.term, this.votedTerm, term) + 1;
    this.votedTerm = this.term;
  }

  /** What its followers are told about the newest data. */
  newestMs(nowMs: number): number {
    return this.isSpoiling ? this.dataMs : nowMs;
  }

  lagMs(nowMs: number): number {
    return this.role === "LEADER" ? 0 : Math.max(0, Math.round(nowMs - this.dataMs));
  }

  report(nowMs: number): TileReport {
    const { role, term } = this;
    return {
      tile: this.config.id,
      role,
      term,
      state: this.isRunning(nowMs) ? "RUNNING" : "BOOTSTRAPPING",
      lagMs: this.lagMs(nowMs),
    };
  }

  stored(): StoredReplica {
    return { config: this.config, term: this.term, votedTerm: this.votedTerm, dataMs: this.dataMs };
  }

  /** Time that the process slept through says nothing about the others. */
  forgive(gapMs: number): void {
    this.silentSinceMs += gapMs;
    for (const [peer, atMs] of this.followers) this.followers.set(peer, atMs + gapMs);
  }

  /** What this replica wants to do now. */
  tick(nowMs: number): "nothing" | "ask_votes" | "lost_majority" {
    this.move(nowMs);
    if (!this.isRunning(nowMs) || this.isSpoiling) return "nothing";
    if (this.role === "LEADER") {
      const heard = this.peers.filter((peer) => this.isHeard(nowMs, peer)).length;
      if (heard + 1 >= this.majority) return "nothing";
      this.follow(nowMs, undefined);
      return "lost_majority";
    }
    return nowMs - this.silentSinceMs >= this.timeoutMs ? "ask_votes" : "nothing";
  }

  /** Stands for election in the term that it answers. Its own term changes only when it wins. */
  stand(nowMs: number): number {
    const wanted = Math.max(this.term, this.votedTerm) + 1;
    this.votedTerm = wanted;
    this.votes.clear();
    this.votes.add(this.self);
    this.silentSinceMs = nowMs;
    this.timeoutMs = electionTimeoutMs(this.timers, this.random());
    return wanted;
  }

  grant(nowMs: number, term: number, dataMs: number, asked: boolean): boolean {
    if (!this.isRunning(nowMs) || this.isSpoiling || term <= this.votedTerm || term <= this.term) return false;
    const hasLeader = this.role === "LEADER" || nowMs - this.heardLeaderAtMs < electionTimeoutMs(this.timers, 0) - 1;
    if (hasLeader && !asked) return false;
    // Two followers of a lost leader differ by a message or two; one that is still catching up differs by more.
    if (dataMs < this.dataMs - this.timers.raftHeartbeatIntervalMs * 6) return false;
    this.votedTerm = term;
    this.silentSinceMs = nowMs;
    return true;
  }

  /** True when this vote won the election. */
  countVote(nowMs: number, from: Address, term: number, granted: boolean): boolean {
    if (this.role === "LEADER" || term !== this.votedTerm || term <= this.term || !granted) return false;
    this.votes.add(from);
    return this.checkVotes(nowMs);
  }

  checkVotes(nowMs: number): boolean {
    if (!this.votes.has(this.self) || this.votes.size < this.majority) return false;
    this.votes.clear();
    this.role = "LEADER";
    this.leader = this.self;
    this.term = this.votedTerm;
    for (const peer of this.peers) this.followers.set(peer, nowMs);
    return true;
  }

  /** A message of a leader. False when it is of an old term. */
  accept(nowMs: number, from: Address, term: number, dataMs: number): boolean {
    if (term < this.term || !this.isRunning(nowMs)) return false;
    this.move(nowMs);
    if (term > this.term || this.role === "LEADER") this.follow(nowMs, term);
    this.leader = from;
    this.silentSinceMs = nowMs;
    this.heardLeaderAtMs = nowMs;
    this.knownLeaderDataMs = dataMs;
    if (this.isStuck) return true;
    // Nothing to replay when it missed no more than a few messages.
    if (dataMs - this.dataMs <= this.timers.raftHeartbeatIntervalMs * 6) this.dataMs = dataMs;
    return true;
  }

  noteFollower(nowMs: number, from: Address, term: number): void {
    if (term > this.term) this.follow(nowMs, term);
    else if (this.role === "LEADER") this.followers.set(from, nowMs);
  }

  /** A follower that heard from its leader just now and has nothing to catch up. */
  isCaughtUp(nowMs: number): boolean {
    return this.isRunning(nowMs) && this.lagMs(nowMs) <= this.timers.raftHeartbeatIntervalMs * 6;
  }

  private isHeard(nowMs: number, peer: Address): boolean {
    return nowMs - (this.followers.get(peer) ?? Number.NEGATIVE_INFINITY) < electionTimeoutMs(this.timers, 0);
  }

  private follow(nowMs: number, term: number | undefined): void {
    this.role = "FOLLOWER";
    this.leader = undefined;
    this.silentSinceMs = nowMs;
    this.knownLeaderDataMs = this.dataMs;
    if (term !== undefined && term > this.term) this.term = term;
  }

  private move(nowMs: number): void {
    const elapsed = nowMs - this.movedAtMs;
    this.movedAtMs = nowMs;
    if (this.role === "LEADER") this.dataMs = nowMs;
    else if (this.isRunning(nowMs) && !this.isStuck)
      this.dataMs = Math.max(this.dataMs, Math.min(this.knownLeaderDataMs, this.dataMs + elapsed * CATCH_UP_SPEED));
  }
}
