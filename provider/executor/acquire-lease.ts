// Gets the lease before anything is changed: on a majority of the MServer hosts, one after the other in the same order for
// everybody, so that of two who start at the same moment one is stopped at the first host that both want.

import { isBmdbError } from "../errors/bmdb-error";
import { leaseHeld, leaseUnreachable } from "../errors/catalog";
import {
  failuresIn,
  judgeLease,
  type LeaseVerdict,
  majorityOf,
  noteSightings,
  type Sightings,
} from "../lease/judge-lease";
import type { DesiredCluster } from "../model/desired";
import { describeOwner, type LeaseOwner, type LeaseRecord, type LeaseText, renderRecord } from "../model/lease-record";
import { renderMinutes } from "../report/render-duration";
import { explainEnd } from "./explain-stop";
import { readLeases, releaseLease, takeLease } from "./lease-hosts";
import { type Probe, pollUntil } from "./poll-until";
import { journal, type Run, say } from "./run";
import { readUntilStopped } from "./safe-point";

/** The hosts that can hold the lease, in an order that does not depend on how a program lists or names them. */
export const leaseNodes = (nodes: DesiredCluster["nodes"]): string[] =>
  nodes
    .filter((node) => node.roles.includes("mserver"))
    .sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : a.ports.mserverRpc - b.ports.mserverRpc))
    .map((node) => node.name);

/**
 * Resolves with the record that a majority shows. A lease whose owner may be dead is waited for, for its term at most.
 * Raises `LeaseHeld`, `LeaseUnreachable` and `RunStopped`.
 */
export async function acquireLease(run: Run, owner: LeaseOwner): Promise<LeaseRecord> {
  const { policy, nodes } = run.desired;
  const termMs = policy.timeouts.leaseMs;
  const names = leaseNodes(nodes);
  const everyName = nodes.map((node) => node.name);
  let sightings: Sightings = new Map();
  let longestTermMs = termMs;
  // What an attempt that failed gave up says that its epoch is over: the next one needs another, whatever hosts show by then.
  let lastEpoch = 0;
  let met: LeaseRecord | undefined;

  const attempt = async (): Promise<Probe<LeaseRecord> & { readonly verdict: LeaseVerdict }> => {
    const reading = await readUntilStopped(run.signal, readLeases(run.ports, everyName, policy.timeouts.sshMs));
    sightings = noteSightings(sightings, reading);
    const verdict = judgeLease(names, reading, sightings, termMs, owner.runId);
    switch (verdict.kind) {
      case "unreachable":
        throw explainUnreachable(names, verdict.failed, reading);
      case "held":
        throw leaseHeld({ owner: verdict.by.owner, termMs: verdict.by.termMs });
      case "unchanged":
        longestTermMs = Math.max(longestTermMs, verdict.termMs);
        return { done: false, last: describeWait(verdict), verdict };
      case "free": {
        lastEpoch = Math.max(verdict.epoch, lastEpoch + 1);
        const wanted: LeaseRecord = { state: "held", epoch: lastEpoch, beat: 0, termMs, owner };
        const taking = await takeMajority(run, names, { ...verdict, failed: failuresIn(names, reading) }, wanted);
        if (taking.kind === "met") {
          met = taking.by ?? met;
          return { done: false, last: "the lease: another run was faster", verdict };
        }
        if (taking.kind === "not_written")
          throw leaseUnreachable({
            failed: taking.failed,
            hostCount: names.length,
            neededCount: majorityOf(names.length),
            isWriting: true,
          });
        journal(run, "lease_acquired", {
          epoch: wanted.epoch,
          termMs,
          hosts: names,
          ...(verdict.expired && { takenOverFrom: verdict.expired.owner }),
        });
        if (verdict.expired)
          say(
            run,
            `took over the lease of ${describeOwner(verdict.expired.owner)}, which was not renewed for ${renderMinutes(verdict.expired.termMs)}`,
            "lasting",
          );
        return { done: true, value: wanted, verdict };
      }
    }
  };

  try {
    run.signal.throwIfAborted();
    const first = await attempt();
    if (first.done) return first.value;
    journal(run, "lease_wait", { reason: first.last });
    say(run, first.last, "lasting");
    const outcome = await pollUntil(
      {
        clock: run.ports.clock,
        intervalMs: Math.min(policy.pollIntervalMs, longestTermMs / 12),
        // Another run may come and go meanwhile; after two terms it is said who is there.
        limitMs: 2 * longestTermMs,
        signal: run.signal,
        onWait: (last) => say(run, last, "passing"),
      },
      attempt,
    );
    if (outcome.kind === "done") return outcome.value;
    const reading = await readLeases(run.ports, names, policy.timeouts.sshMs);
    const verdict = judgeLease(names, reading, noteSightings(sightings, reading), termMs);
    const by = "by" in verdict ? verdict.by : met;
    throw leaseHeld({ owner: by?.owner, termMs: by?.termMs ?? termMs, waitedMs: outcome.waitedMs });
  } catch (error) {
    throw explainEnd(run.signal, error);
  }
}

type Taking =
  | { readonly kind: "taken" }
  /** Somebody was faster on a host. */
  | { readonly kind: "met"; readonly by: LeaseRecord | undefined }
  /** On too many hosts, each with why. */
  | { readonly kind: "not_written"; readonly failed: ReadonlyMap<string, string> };

/** Unless it is taken, whatever was written is taken back. */
async function takeMajority(
  run: Run,
  names: readonly string[],
  read: { readonly expected: ReadonlyMap<string, string>; readonly failed: ReadonlyMap<string, string> },
  wanted: LeaseRecord,
): Promise<Taking> {
  const { shell } = run.ports;
  const timeoutMs = run.desired.policy.timeouts.sshMs;
  const touched: string[] = [];
  const taken: string[] = [];
  const failed = new Map(read.failed);
  let met: LeaseText | undefined;
  for (const name of names) {
    const before = read.expected.get(name);
    if (before === undefined) continue;
    if (run.signal.aborted) break;
    touched.push(name);
    const answer = await takeLease(shell, name, before, wanted, timeoutMs);
    // An answer that was lost may have been a yes: what is there counts.
    if ("failed" in answer ? await shows(run, name, wanted) : answer.isWritten) taken.push(name);
    else if ("failed" in answer) failed.set(name, answer.failed);
    else if (answer.now.text === renderRecord(wanted)) failed.set(name, describeShared(taken));
    else {
      met = answer.now;
      break;
    }
  }
  if (taken.length >= majorityOf(names.length) && !run.signal.aborted) return { kind: "taken" };
  await Promise.all(touched.map((name) => releaseLease(shell, name, wanted, timeoutMs)));
  run.signal.throwIfAborted();
  return met ? { kind: "met", by: met.record } : { kind: "not_written", failed };
}

/** Nobody else writes this run's record: the host has the file of one that was written before. */
const describeShared = (taken: readonly string[]): string =>
  `it shows what was just written on ${taken.join(" or ")}: they have one home directory, and the lease needs one on each`;

async function shows(run: Run, name: string, wanted: LeaseRecord): Promise<boolean> {
  const { answers } = await readLeases(run.ports, [name], run.desired.policy.timeouts.sshMs);
  const answer = answers.get(name);
  return answer !== undefined && !("failed" in answer) && answer.text === renderRecord(wanted);
}

function describeWait({ by, forMs, termMs }: Extract<LeaseVerdict, { kind: "unchanged" }>): string {
  const whose = by ? describeOwner(by.owner) : "somebody whose record cannot be read";
  return `waiting for the lease of ${whose}, ${renderMinutes(forMs)} of ${renderMinutes(termMs)} unchanged`;
}

/** A key or a login that is wrong says more than that hosts are not reached. */
const TELLING = ["HostKeyUnknown", "HostKeyChanged", "SshLoginRefused"];

function explainUnreachable(
  names: readonly string[],
  failed: ReadonlyMap<string, string>,
  { answers }: Awaited<ReturnType<typeof readLeases>>,
): unknown {
  const errors = names.flatMap((name) => {
    const answer = answers.get(name);
    return answer !== undefined && "error" in answer ? [answer.error] : [];
  });
  const telling = errors.find((error) => TELLING.some((code) => isBmdbError(error, code)));
  return telling ?? leaseUnreachable({ failed, hostCount: names.length, neededCount: majorityOf(names.length) });
}
