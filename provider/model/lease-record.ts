// What lies in ~/.pulumi-bmdb/lease of a host: one line of nine words, blank-separated, each encoded so that it has no blank.
//
//   held 7 20261123-223201-ab12cd 3 60000 2026-11-23T22:32:01.000Z shop%2Fprod laptop-7 ada

export interface LeaseOwner {
  /** `project/stack`, as far as it is known. */
  readonly stack: string;
  /** The machine that Pulumi runs on. */
  readonly host: string;
  readonly person: string;
  readonly runId: string;
  /** By the owner's own clock. To be shown, never to be compared with another clock. */
  readonly since: string;
}

export interface LeaseRecord {
  readonly state: "held" | "free";
  /** Grows with every owner; the host refuses commands of an older one. */
  readonly epoch: number;
  /** Grows with every renewal: by its change an observer sees that the owner lives. */
  readonly beat: number;
  readonly termMs: number;
  readonly owner: LeaseOwner;
}

/** A record as it lies on a host. `record` is undefined when nothing, or nothing that we understand, is there. */
export interface LeaseText {
  readonly text: string;
  readonly record: LeaseRecord | undefined;
}

const WORD_LENGTH_MAX = 80;

export function renderRecord({ state, epoch, beat, termMs, owner }: LeaseRecord): string {
  const words = [owner.since, owner.stack, owner.host, owner.person].map(encodeWord);
  return `${renderIdentity({ state, epoch, owner })} ${beat} ${termMs} ${words.join(" ")}`;
}

/** The first three words: whose it is. All that a host compares before it lets a command through. */
export const renderIdentity = ({ state, epoch, owner }: Pick<LeaseRecord, "state" | "epoch" | "owner">): string =>
  `${state} ${epoch} ${encodeWord(owner.runId)}`;

export function parseRecord(given: string): LeaseText {
  const text = given.trim();
  const match = /^(held|free) (\d{1,15}) (\S+) (\d{1,15}) (\d{1,15}) (\S+) (\S+) (\S+) (\S+)$/.exec(text);
  if (!match) return { text, record: undefined };
  const [state = "", epoch = "", run = "", beat = "", term = "", since = "", stack = "", host = "", person = ""] =
    match.slice(1);
  return {
    text,
    record: {
      state: state === "held" ? "held" : "free",
      epoch: Number(epoch),
      beat: Number(beat),
      termMs: Number(term),
      owner: {
        runId: decodeWord(run),
        since: decodeWord(since),
        stack: decodeWord(stack),
        host: decodeWord(host),
        person: decodeWord(person),
      },
    },
  };
}

export const isSameLease = (a: LeaseRecord, b: LeaseRecord): boolean =>
  a.epoch === b.epoch && a.owner.runId === b.owner.runId;

/** `shop/prod (ada on laptop-7)`. */
export const describeOwner = ({ stack, person, host }: LeaseOwner): string => `${stack} (${person} on ${host})`;

// Names come from outside (a stack's, a machine's): what is no plain letter, digit or sign becomes a question mark.
function encodeWord(word: string): string {
  const plain = [...word.replace(/[^\p{L}\p{N} ._@:/+-]/gu, "?")].slice(0, WORD_LENGTH_MAX).join("");
  return encodeURIComponent(plain === "" ? "?" : plain).replaceAll("'", "%27");
}

function decodeWord(word: string): string {
  try {
    // Also what somebody else wrote there is shown on a terminal.
    return decodeURIComponent(word).replace(/[^\p{L}\p{N} ._@:/+-]/gu, "?");
  } catch {
    return "?";
  }
}
