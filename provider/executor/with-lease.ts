// Holds the lease while something is done: renews it, notices when it is lost, and gives it back on every way out.

import type { BmdbError } from "../errors/bmdb-error";
import { leaseLost } from "../errors/catalog";
import { majorityOf } from "../lease/judge-lease";
import { buildGuard } from "../lease/lease-commands";
import type { LeaseOwner, LeaseRecord, LeaseText } from "../model/lease-record";
import { acquireLease, leaseNodes } from "./acquire-lease";
import { type HostFailure, raiseLease, releaseLease } from "./lease-hosts";
import { pollUntil } from "./poll-until";
import { journal, type Lease, type Run, say } from "./run";
import { tellStop } from "./safe-point";

const RENEWALS_PER_TERM = 3;

/**
 * Gives `work` a run that holds the lease, and whose signal is aborted when the lease is lost.
 * Raises `LeaseHeld`, `LeaseUnreachable`, `RunStopped`, and what `work` raises.
 */
export async function withLease<T>(run: Run, owner: LeaseOwner, work: (held: Run) => Promise<T>): Promise<T> {
  const record = await acquireLease(run, owner);
  const held = holdLease(run, record);
  const { clock } = run.ports;
  try {
    // At once: whoever was a moment later sees it change, and is refused instead of waiting for the term.
    await held.renew();
    const stop = clock.every(record.termMs / RENEWALS_PER_TERM, held.renew);
    try {
      return await work({ ...run, lease: held.lease, signal: AbortSignal.any([run.signal, held.lossSignal]) });
    } finally {
      stop();
    }
  } finally {
    await held.release();
  }
}

interface HeldLease {
  readonly lease: Lease;
  readonly lossSignal: AbortSignal;
  /** Never raises. Resolves when a majority is renewed, or every host that is asked has answered. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

function holdLease(run: Run, acquired: LeaseRecord): HeldLease {
  const { shell, clock } = run.ports;
  const { policy, nodes } = run.desired;
  const { termMs } = acquired;
  const voters = leaseNodes(nodes);
  const timeoutMs = Math.min(policy.timeouts.sshMs, termMs / RENEWALS_PER_TERM);
  const loss = new AbortController();
  /** Hosts whose record may be ours. */
  const written = new Set(voters);
  /** Hosts that showed this lease. */
  const fenced = new Set<string>();
  /** A host that hangs is not asked again before it answered, and keeps nobody waiting. */
  const asked = new Map<string, string>();
  let record = acquired;
  let lost: BmdbError | undefined;
  let isOver = false;
  let renewedAtMs = clock.monotonicMs();

  const lose = (node: string | undefined, seen: LeaseText | undefined): BmdbError => {
    if (lost) return lost;
    const silentMs = clock.monotonicMs() - renewedAtMs;
    lost = leaseLost({ node, seen: seen?.record, isThere: seen !== undefined && seen.text !== "", silentMs });
    journal(run, "lease_lost", { node, seen: seen?.text, silentMs: Math.round(silentMs) });
    loss.abort(lost);
    if (!run.signal.aborted) tellStop(run);
    return lost;
  };

  const raise = async (node: string, limitMs: number): Promise<HostFailure | undefined> => {
    written.add(node);
    const answer = await raiseLease(shell, node, record, limitMs);
    if ("failed" in answer) return answer;
    if (answer.isWritten) fenced.add(node);
    else if (!isOver) lose(node, answer.now);
    return undefined;
  };

  const renew = async (): Promise<void> => {
    if (lost || isOver) return;
    record = { ...record, beat: record.beat + 1 };
    const sentAtMs = clock.monotonicMs();
    const failed = new Map<string, string>(asked);
    let renewedCount = 0;
    await new Promise<void>((resolve) => {
      const free = voters.filter((node) => !asked.has(node));
      let openCount = free.length;
      if (openCount === 0) resolve();
      for (const node of free) {
        asked.set(node, `${node}: no answer yet`);
        void raise(node, timeoutMs).then((trouble) => {
          asked.delete(node);
          if (trouble === undefined) renewedCount += 1;
          else failed.set(node, `${node}: ${trouble.failed}`);
          openCount -= 1;
          if (renewedCount >= majorityOf(voters.length) || openCount === 0 || lost) resolve();
        });
      }
    });
    if (renewedCount >= majorityOf(voters.length)) renewedAtMs = sentAtMs;
    else if (!lost) journal(run, "lease_renewal_failed", { beat: record.beat, failed: [...failed.values()] });
  };

  const lease: Lease = {
    get guard() {
      if (lost) throw lost;
      return buildGuard(acquired);
    },
    lose,
    async confirm() {
      if (lost) throw lost;
      const isFresh = () => clock.monotonicMs() - renewedAtMs <= termMs;
      if (isFresh()) return;
      const outcome = await pollUntil(
        {
          clock,
          intervalMs: policy.pollIntervalMs,
          limitMs: policy.timeouts.gateMs,
          signal: run.signal,
          onWait: (last) => say(run, `wait: ${last}`, "passing"),
        },
        async () => {
          await renew();
          if (lost) throw lost;
          return isFresh()
            ? { done: true as const, value: undefined }
            : { done: false as const, last: "the lease cannot be renewed on a majority of the MServer hosts" };
        },
      );
      if (outcome.kind === "expired") throw lose(undefined, undefined);
    },
    async fence() {
      const missing = nodes.map((node) => node.name).filter((node) => !fenced.has(node));
      const troubles = await Promise.all(missing.map((node) => raise(node, policy.timeouts.sshMs)));
      if (lost) throw lost;
      const trouble = troubles.find((each) => each !== undefined);
      if (trouble !== undefined) throw trouble.error;
    },
  };

  return {
    lease,
    lossSignal: loss.signal,
    renew,
    async release() {
      isOver = true;
      // Also when it was lost: where a record of ours is left, nobody needs to wait for its term.
      const answers = await Promise.all(
        [...written].map((node) => releaseLease(shell, node, record, policy.timeouts.sshMs)),
      );
      const failed = [...written].filter((_, index) => {
        const answer = answers[index];
        return answer !== undefined && "failed" in answer;
      });
      journal(run, "lease_released", { epoch: record.epoch, ...(failed.length > 0 && { notReached: failed }) });
    },
  };
}
