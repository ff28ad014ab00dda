// Pure: who holds the lease, as far as one observer can tell from what hosts answered?
//
// A record is dead when it stayed the same for its term by the observer's own monotonic clock. No clock is ever compared
// with another one: owners and observers may be hours apart.

import { isSameLease, type LeaseRecord, type LeaseText } from "../model/lease-record";

/** One look at the hosts: those that can hold the lease, and those that are only shown it. */
export interface LeaseReading {
  /** Before the first question was sent, and after the last answer came, on the observer's monotonic clock. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** By node; an error's text for those that did not answer. */
  readonly answers: ReadonlyMap<string, LeaseText | { readonly failed: string }>;
}

/** Since when the text on a host is what it is, as seen by this observer. */
export interface Sighting {
  readonly text: string;
  readonly sinceMs: number;
  /** The same lease was seen with another text before: its owner renews it. */
  readonly isRenewed: boolean;
}
export type Sightings = ReadonlyMap<string, Sighting>;

export const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

export function noteSightings(before: Sightings, reading: LeaseReading): Sightings {
  const after = new Map(before);
  for (const [node, answer] of reading.answers) {
    if ("failed" in answer) continue;
    const earlier = before.get(node);
    if (earlier?.text === answer.text) continue;
    // The answer may be as old as its question: counting begins when it was there.
    after.set(node, { text: answer.text, sinceMs: reading.answeredAtMs, isRenewed: isRenewal(earlier?.text, answer) });
  }
  return after;
}

function isRenewal(earlier: string | undefined, now: LeaseText): boolean {
  return earlier !== undefined && now.record?.state === "held" && earlier.startsWith(`${identityOf(now.text)} `);
}
const identityOf = (text: string): string => text.split(" ").slice(0, 3).join(" ");

export type LeaseVerdict =
  /** Fewer hosts answer than it takes. */
  | { readonly kind: "unreachable"; readonly failed: ReadonlyMap<string, string> }
  /** Its owner lives. */
  | { readonly kind: "held"; readonly by: LeaseRecord }
  /** Somebody holds it or left it so; it counts as dead when it stays unchanged for `leftMs` more. */
  | {
      readonly kind: "unchanged";
      readonly by: LeaseRecord | undefined;
      readonly termMs: number;
      readonly forMs: number;
      readonly leftMs: number;
    }
  /** May be taken, with an epoch above every one that was seen, where still the same lies as was read. */
  | {
      readonly kind: "free";
      readonly expected: ReadonlyMap<string, string>;
      readonly epoch: number;
      /** The owner whose term ran out; undefined: nobody held it. */
      readonly expired: LeaseRecord | undefined;
    };

/**
 * `nodes`: the hosts that can hold it, whose majority counts. The epoch is above that of every host that answered: one
 * without an MServer refuses a lower one, even when those with an MServer were set up anew and know nothing any more.
 * `termMs` stands in for a record that cannot be read. `ownRunId`: of the run that asks, which holds nothing yet; what it
 * could not take back after an attempt that failed keeps it from nothing.
 */
export function judgeLease(
  nodes: readonly string[],
  reading: LeaseReading,
  sightings: Sightings,
  termMs: number,
  ownRunId?: string,
): LeaseVerdict {
  const answers = nodes.flatMap((node) => {
    const answer = reading.answers.get(node);
    return answer !== undefined && !("failed" in answer) ? [{ node, ...answer }] : [];
  });
  if (answers.length < majorityOf(nodes.length)) return { kind: "unreachable", failed: failuresIn(nodes, reading) };
  const records = answers.flatMap(({ record }) => (record ? [record] : []));
  const given = records.filter((record) => record.state === "free");
  // What its owner gave up on one host is over on those that he did not reach any more.
  const isOver = (held: LeaseRecord): boolean =>
    held.owner.runId === ownRunId || given.some((free) => isSameLease(free, held));
  const open = answers.filter(({ text, record }) =>
    record === undefined ? text !== "" : record.state === "held" && !isOver(record),
  );
  const renewed = open.find(({ node, record }) => record && sightings.get(node)?.isRenewed);
  if (renewed?.record) return { kind: "held", by: renewed.record };
  const waits = open.map(({ node, record }) => {
    const recordTermMs = record?.termMs ?? termMs;
    const forMs = Math.max(0, reading.sentAtMs - (sightings.get(node)?.sinceMs ?? reading.sentAtMs));
    return { record, termMs: recordTermMs, forMs, leftMs: recordTermMs - forMs };
  });
  const longest = waits.reduce<(typeof waits)[number] | undefined>(
    (most, each) => (most === undefined || each.leftMs > most.leftMs ? each : most),
    undefined,
  );
  if (longest !== undefined && longest.leftMs > 0) {
    const { record, ...wait } = longest;
    return { kind: "unchanged", by: record, ...wait };
  }
  return {
    kind: "free",
    expected: new Map(answers.map(({ node, text }) => [node, text])),
    epoch: Math.max(0, ...epochsIn(reading)) + 1,
    expired: longest?.record,
  };
}

export const epochsIn = (reading: LeaseReading): number[] =>
  [...reading.answers.values()].flatMap((answer) => ("failed" in answer ? [] : [answer.record?.epoch ?? 0]));

export const failuresIn = (nodes: readonly string[], reading: LeaseReading): ReadonlyMap<string, string> =>
  new Map(
    nodes.flatMap((node) => {
      const answer = reading.answers.get(node);
      return answer === undefined ? [] : "failed" in answer ? [[node, answer.failed] as const] : [];
    }),
  );
