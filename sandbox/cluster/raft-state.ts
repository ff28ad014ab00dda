// What an MServer must not forget, and what it needs to take part in Raft.

import type { ClusterDocument } from "./cluster-document";
import type { Address, MachinePorts } from "./ports";
import type { Timers } from "./timers";

export interface RaftState {
  readonly term: number;
  readonly votedFor?: Address;
  readonly lastTerm: number;
  readonly lastIndex: number;
  readonly document?: ClusterDocument;
}

export const EMPTY_RAFT_STATE: RaftState = { term: 0, lastTerm: 0, lastIndex: 0 };

export interface RaftOptions {
  readonly self: Address;
  readonly uuid: string;
  /** All MServers, `self` included. */
  readonly members: readonly Address[];
  readonly timers: Timers;
  readonly ports: Pick<MachinePorts<RaftState>, "send" | "persist" | "random" | "log">;
  /** Called once per election won. */
  readonly becameLeader: (nowMs: number) => void;
  /** A follower stored a document that its leader sent. */
  readonly followed: (document: ClusterDocument) => void;
}

export function withoutVote(state: RaftState): RaftState {
  const { votedFor: _, ...rest } = state;
  return rest;
}
