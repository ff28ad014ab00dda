// Takes the lease away from whoever has it: an epoch above every one that is seen, free at once for the next run.

import { leaseUnreachable } from "../errors/catalog";
import { epochsIn, failuresIn, majorityOf } from "../lease/judge-lease";
import type { LeaseOwner, LeaseRecord } from "../model/lease-record";
import { type LeasePorts, raiseLease, readLeases } from "./lease-hosts";

export interface BrokenLease {
  readonly epoch: number;
  /** Hosts that show it. */
  readonly written: readonly string[];
  /** Why not, by host. */
  readonly failed: ReadonlyMap<string, string>;
}

const ROUNDS_MAX = 3;

/**
 * Every command of the former owner is refused from here on, on the hosts that were written.
 * Raises `LeaseUnreachable` when these are no majority.
 */
export async function breakLease(
  ports: LeasePorts,
  nodes: readonly string[],
  by: LeaseOwner,
  limits: { readonly timeoutMs: number; readonly termMs: number },
): Promise<BrokenLease> {
  for (let round = 1; ; round += 1) {
    const reading = await readLeases(ports, nodes, limits.timeoutMs);
    const unread = failuresIn(nodes, reading);
    const needed = { hostCount: nodes.length, neededCount: majorityOf(nodes.length) };
    if (nodes.length - unread.size < needed.neededCount) throw leaseUnreachable({ failed: unread, ...needed });
    const record: LeaseRecord = {
      state: "free",
      epoch: Math.max(0, ...epochsIn(reading)) + 1,
      beat: 0,
      termMs: limits.termMs,
      owner: by,
    };
    const answers = await Promise.all(
      nodes.map(async (node) => [node, await raiseLease(ports.shell, node, record, limits.timeoutMs)] as const),
    );
    const written = answers.flatMap(([node, answer]) => ("isWritten" in answer && answer.isWritten ? [node] : []));
    const failed = new Map(
      answers.flatMap(([node, answer]): [string, string][] =>
        "failed" in answer ? [[node, answer.failed]] : answer.isWritten ? [] : [[node, "a later lease is there"]],
      ),
    );
    if (written.length >= needed.neededCount) return { epoch: record.epoch, written, failed };
    // Somebody took it between the two: once more, above that one.
    if (round >= ROUNDS_MAX) throw leaseUnreachable({ failed, ...needed });
  }
}
