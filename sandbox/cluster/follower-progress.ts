// What a Raft leader knows of its followers: their newest entry, and when they last spoke.

import type { Address } from "./ports";

interface Progress {
  lastTerm: number;
  lastIndex: number;
  heardAtMs: number;
}

export class FollowerProgress {
  private readonly byPeer = new Map<Address, Progress>();

  /** For a new leader: nobody is known to have anything, and all count as heard just now. */
  reset(nowMs: number, peers: readonly Address[]): void {
    this.byPeer.clear();
    for (const peer of peers) this.byPeer.set(peer, { lastTerm: 0, lastIndex: 0, heardAtMs: nowMs });
  }

  note(nowMs: number, peer: Address, entry: { readonly lastTerm: number; readonly lastIndex: number }): void {
    this.byPeer.set(peer, { lastTerm: entry.lastTerm, lastIndex: entry.lastIndex, heardAtMs: nowMs });
  }

  hasEntry(peer: Address, entry: { readonly lastTerm: number; readonly lastIndex: number }): boolean {
    const known = this.byPeer.get(peer);
    return known?.lastIndex === entry.lastIndex && known.lastTerm === entry.lastTerm;
  }

  silentMs(nowMs: number, peer: Address): number {
    return nowMs - (this.byPeer.get(peer)?.heardAtMs ?? Number.NEGATIVE_INFINITY);
  }

  /** Time in which the leader itself slept is not the followers' silence. */
  forgive(gapMs: number): void {
    for (const progress of this.byPeer.values()) progress.heardAtMs += gapMs;
  }
}
