// Raft among MServers, with the log collapsed to its newest entry: the whole cluster document.
//
// Kept from Raft: terms, one vote a term, randomised timeouts, trial votes, only an up-to-date server wins, an entry
// counts when a majority has it on disk. Left out: a history of entries, and changes of the member list.

import type { ClusterDocument } from "./cluster-document";
import { FollowerProgress } from "./follower-progress";
import type { RaftMessage } from "./messages";
import type { Address } from "./ports";
import { type RaftOptions, type RaftState, withoutVote } from "./raft-state";
import { electionTimeoutMs } from "./timers";

export class Raft {
  role: "LEADER" | "FOLLOWER" = "FOLLOWER";
  leader: Address | undefined;
  commitIndex = 0;
  /** uuids that peers told, for naming those that are down later. */
  readonly uuids = new Map<Address, string>();
  private readonly progress = new FollowerProgress();
  private readonly votes = new Set<Address>();
  private readonly waiting: { index: number; term: number; done: (committed: boolean) => void }[] = [];
  private campaign: "none" | "trial" | "real" = "none";
  private silentSinceMs: number;
  private timeoutMs: number;
  private sentAtMs = 0;
  private tickedAtMs: number;
  private heardLeaderAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly options: RaftOptions,
    private state: RaftState,
    private readonly startedAtMs: number,
  ) {
    const nowMs = startedAtMs;
    this.silentSinceMs = nowMs;
    this.tickedAtMs = nowMs;
    this.timeoutMs = electionTimeoutMs(options.timers, options.ports.random());
    this.uuids.set(options.self, options.uuid);
  }

  get term(): number {
    return this.state.term;
  }

  get document(): ClusterDocument | undefined {
    return this.state.document;
  }

  get lastIndex(): number {
    return this.state.lastIndex;
  }

  /** A leader may answer for the cluster once an entry of its own term is committed. */
  get hasCommittedOwnTerm(): boolean {
    return this.role === "LEADER" && this.state.lastTerm === this.state.term && this.commitIndex >= this.ownTermIndex;
  }

  private ownTermIndex = 0;

  /** How long ago this server had the leader's newest word; 0 on the leader. */
  lagMs(nowMs: number): number {
    return this.role === "LEADER" ? 0 : Math.round(nowMs - Math.max(this.heardLeaderAtMs, this.startedAtMs));
  }

  tick(nowMs: number): void {
    // Time that this process slept through says nothing about the others.
    const gap = nowMs - this.tickedAtMs;
    this.tickedAtMs = nowMs;
    if (gap > this.options.timers.raftHeartbeatIntervalMs * 2) {
      this.silentSinceMs += gap;
      this.progress.forgive(gap);
    }
    if (this.role === "LEADER") this.tickLeader(nowMs);
    else if (nowMs - this.silentSinceMs >= this.timeoutMs) this.stand(nowMs, "trial", false);
  }

  receive(nowMs: number, from: Address, message: RaftMessage): void {
    if (!this.options.members.includes(from)) return;
    if ("uuid" in message) this.uuids.set(from, message.uuid);
    switch (message.kind) {
      case "vote_request":
        this.answerVote(nowMs, from, message);
        return;
      case "vote_reply":
        this.countVote(nowMs, from, message);
        return;
      case "append":
        this.follow(nowMs, from, message);
        return;
      case "append_reply":
        this.noteProgress(nowMs, from, message);
        return;
      case "take_over":
        if (message.term === this.state.term) this.stand(nowMs, "real", true);
        return;
    }
  }

  /** Stores a new document and calls `done` when a majority has it, or when it is known that this leader cannot say. */
  propose(nowMs: number, document: ClusterDocument, done: (committed: boolean) => void): void {
    if (this.role !== "LEADER") {
      done(false);
      return;
    }
    this.store({ ...this.state, lastTerm: this.state.term, lastIndex: this.state.lastIndex + 1, document });
    this.waiting.push({ index: this.state.lastIndex, term: this.state.term, done });
    this.advanceCommit();
    this.broadcast(nowMs);
  }

  /** Asks a caught-up follower to take over. Undefined when it was asked; otherwise why not. */
  stepDown(nowMs: number, target?: Address): string | undefined {
    const isCaughtUp = (peer: Address): boolean => this.progress.hasEntry(peer, this.state);
    const others = this.others();
    if (target !== undefined && !others.includes(target)) return "New leader not found among peers";
    const chosen = target ?? others.find((peer) => isCaughtUp(peer) && this.isHeard(nowMs, peer));
    if (chosen === undefined || !isCaughtUp(chosen) || !this.isHeard(nowMs, chosen))
      return "Suggested peer is not caught up yet";
    this.options.ports.send(chosen, { kind: "take_over", term: this.state.term });
    return undefined;
  }

  private isHeard(nowMs: number, peer: Address): boolean {
    return this.progress.silentMs(nowMs, peer) < electionTimeoutMs(this.options.timers, 0);
  }

  private get majority(): number {
    return Math.floor(this.options.members.length / 2) + 1;
  }

  private store(state: RaftState): void {
    this.state = state;
    this.options.ports.persist(state);
  }

  private others(): Address[] {
    return this.options.members.filter((peer) => peer !== this.options.self);
  }

  private tickLeader(nowMs: number): void {
    if (nowMs - this.sentAtMs >= this.options.timers.raftHeartbeatIntervalMs) this.broadcast(nowMs);
    const heard = this.others().filter((peer) => this.isHeard(nowMs, peer)).length;
    if (heard + 1 >= this.majority) return;
    // Without a majority it cannot know whether another leader exists.
    this.options.ports.log("W", "Stepping down: no majority of MServers answers");
    this.becomeFollower(nowMs, undefined);
  }

  private broadcast(nowMs: number): void {
    this.sentAtMs = nowMs;
    for (const peer of this.others()) {
      const isCurrent = this.progress.hasEntry(peer, this.state);
      this.options.ports.send(peer, {
        kind: "append",
        term: this.state.term,
        lastTerm: this.state.lastTerm,
        lastIndex: this.state.lastIndex,
        commitIndex: this.commitIndex,
        uuid: this.options.uuid,
        ...(isCurrent || this.state.document === undefined ? {} : { document: this.state.document }),
      });
    }
  }

  private stand(nowMs: number, kind: "trial" | "real", asked: boolean): void {
    this.campaign = kind;
    this.leader = undefined;
    this.silentSinceMs = nowMs;
    this.timeoutMs = electionTimeoutMs(this.options.timers, this.options.ports.random());
    this.votes.clear();
    this.votes.add(this.options.self);
    if (kind === "real") this.store({ ...this.state, term: this.state.term + 1, votedFor: this.options.self });
    const term = kind === "real" ? this.state.term : this.state.term + 1;
    for (const peer of this.others()) {
      const { lastTerm, lastIndex } = this.state;
      this.options.ports.send(peer, {
        kind: "vote_request",
        term,
        lastTerm,
        lastIndex,
        uuid: this.options.uuid,
        trial: kind === "trial",
        asked,
      });
    }
    this.checkVotes(nowMs);
  }

  private answerVote(nowMs: number, from: Address, request: Extract<RaftMessage, { kind: "vote_request" }>): void {
    const reply = (granted: boolean): void =>
      this.options.ports.send(from, {
        kind: "vote_reply",
        term: request.trial ? request.term : this.state.term,
        granted,
        uuid: this.options.uuid,
        trial: request.trial,
      });
    const hasLeader =
      this.role === "LEADER" || nowMs - this.heardLeaderAtMs < electionTimeoutMs(this.options.timers, 0) - 1;
    if (hasLeader && !request.asked) {
      reply(false);
      return;
    }
    const isCurrent =
      request.lastTerm > this.state.lastTerm ||
      (request.lastTerm === this.state.lastTerm && request.lastIndex >= this.state.lastIndex);
    if (request.trial) {
      reply(isCurrent && request.term > this.state.term);
      return;
    }
    if (request.term > this.state.term) this.becomeFollower(nowMs, request.term);
    const isFree = this.state.votedFor === undefined || this.state.votedFor === from;
    const granted = request.term === this.state.term && isFree && isCurrent;
    if (granted) {
      this.store({ ...this.state, votedFor: from });
      this.silentSinceMs = nowMs;
    }
    reply(granted);
  }

  private countVote(nowMs: number, from: Address, reply: Extract<RaftMessage, { kind: "vote_reply" }>): void {
    if (!reply.trial && reply.term > this.state.term) {
      this.becomeFollower(nowMs, reply.term);
      return;
    }
    const isMine =
      (this.campaign === "trial" && reply.trial && reply.term === this.state.term + 1) ||
      (this.campaign === "real" && !reply.trial && reply.term === this.state.term);
    if (!isMine || !reply.granted) return;
    this.votes.add(from);
    this.checkVotes(nowMs);
  }

  private checkVotes(nowMs: number): void {
    if (this.votes.size < this.majority) return;
    if (this.campaign === "trial") this.stand(nowMs, "real", false);
    else if (this.campaign === "real") this.lead(nowMs);
  }

  private lead(nowMs: number): void {
    this.campaign = "none";
    this.role = "LEADER";
    this.leader = this.options.self;
    this.progress.reset(nowMs, this.others());
    this.ownTermIndex = this.state.lastIndex + 1;
    this.options.ports.log("I", `Becoming Leader, term ${this.state.term}`);
    this.options.becameLeader(nowMs);
  }

  private becomeFollower(nowMs: number, term: number | undefined): void {
    const wasLeader = this.role === "LEADER";
    this.role = "FOLLOWER";
    this.campaign = "none";
    this.leader = undefined;
    if (term !== undefined && term > this.state.term) this.store({ ...withoutVote(this.state), term });
    if (!wasLeader) return;
    this.silentSinceMs = nowMs;
    for (const waiter of this.waiting.splice(0)) waiter.done(false);
  }

  private follow(nowMs: number, from: Address, append: Extract<RaftMessage, { kind: "append" }>): void {
    if (append.term >= this.state.term) {
      if (append.term > this.state.term || this.role === "LEADER" || this.campaign !== "none")
        this.becomeFollower(nowMs, append.term);
      this.leader = from;
      this.silentSinceMs = nowMs;
      this.heardLeaderAtMs = nowMs;
      if (append.document !== undefined) {
        const { lastTerm, lastIndex, document } = append;
        const isNew = lastTerm !== this.state.lastTerm || lastIndex !== this.state.lastIndex;
        if (isNew) {
          this.store({ ...this.state, lastTerm, lastIndex, document });
          this.options.followed(document);
        }
      }
      if (append.lastIndex === this.state.lastIndex && append.lastTerm === this.state.lastTerm)
        this.commitIndex = append.commitIndex;
    }
    const { term, lastTerm, lastIndex } = this.state;
    this.options.ports.send(from, { kind: "append_reply", term, lastTerm, lastIndex, uuid: this.options.uuid });
  }

  private noteProgress(nowMs: number, from: Address, reply: Extract<RaftMessage, { kind: "append_reply" }>): void {
    if (reply.term > this.state.term) {
      this.becomeFollower(nowMs, reply.term);
      return;
    }
    if (this.role !== "LEADER" || reply.term !== this.state.term) return;
    this.progress.note(nowMs, from, reply);
    this.advanceCommit();
  }

  private advanceCommit(): void {
    const have = this.others().filter((peer) => this.progress.hasEntry(peer, this.state)).length;
    if (have + 1 < this.majority || this.state.lastTerm !== this.state.term) return;
    this.commitIndex = this.state.lastIndex;
    const ready = this.waiting.splice(0);
    for (const waiter of ready) waiter.done(waiter.term === this.state.term);
  }
}
