// Takes the lease away from whoever a person was shown: an epoch above every one that is seen, free at once for the next run.

import { leaseUnreachable } from "../errors/catalog";
import { epochsIn, failuresIn, type LeaseReading, majorityOf } from "../lease/judge-lease";
import type { LeaseOwner, LeaseRecord } from "../model/lease-record";
import type { Shell } from "../ports";
import { replaceLease } from "./lease-hosts";

export interface BrokenLease {
  readonly epoch: number;
  /** Hosts that show it. */
  readonly written: readonly string[];
  /** Hosts on which another owner was met than the one that was shown: he keeps it there, and has to be asked about anew. */
  readonly kept: readonly string[];
  /** Why not, by host. */
  readonly failed: ReadonlyMap<string, string>;
}

/**
 * Only where the owner that `shown` tells still has it; that he renews it changes nothing. Every command of his is refused
 * from here on, on the hosts that were written. Raises `LeaseUnreachable` when a majority cannot be read or written.
 */
export async function breakLease(
  shell: Shell,
  nodes: readonly string[],
  shown: LeaseReading,
  by: LeaseOwner,
  limits: { readonly timeoutMs: number; readonly termMs: number },
): Promise<BrokenLease> {
  const needed = { hostCount: nodes.length, neededCount: majorityOf(nodes.length) };
  const unread = failuresIn(nodes, shown);
  if (nodes.length - unread.size < needed.neededCount) throw leaseUnreachable({ failed: unread, ...needed });
  const record: LeaseRecord = {
    state: "free",
    epoch: Math.max(0, ...epochsIn(shown)) + 1,
    beat: 0,
    termMs: limits.termMs,
    owner: by,
  };
  const answers = await Promise.all(
    nodes.map(async (node) => {
      const before = shown.answers.get(node);
      if (before === undefined || "failed" in before) return undefined;
      return replaceLease(shell, node, before.text, record, limits.timeoutMs);
    }),
  );
  const written: string[] = [];
  const kept: string[] = [];
  const failed = new Map(unread);
  for (const [index, node] of nodes.entries()) {
    const answer = answers[index];
    if (answer === undefined) continue;
    if ("failed" in answer) failed.set(node, answer.failed);
    else (answer.isWritten ? written : kept).push(node);
  }
  if (written.length + kept.length < needed.neededCount) throw leaseUnreachable({ failed, ...needed, isWriting: true });
  return { epoch: record.epoch, written, kept, failed };
}
