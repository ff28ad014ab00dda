// The commands of the lease, for /bin/sh of a host. Each begins with one line that says all there is to know of it,
// `: lease VERB 'WORD'…`, so that a log, a person and a simulated host can read it; records have no line break.
//
// On the host a lock of the kernel makes each of them one thing: look, compare, write.

import { type LeaseRecord, type LeaseText, parseRecord, renderIdentity, renderRecord } from "../model/lease-record";
import { quoteWord } from "../model/quote";

/** The exit code of a command that the guard refused; together with the text below it says that nothing was done. */
export const GUARD_REFUSED = 76;
const REFUSED_TEXT = "lease: refused, here is";

const FILE = '"$HOME/.pulumi-bmdb/lease"';
// Without what no record holds: a file of zeros, as a power failure may leave it, counts as none.
const READ = (file: string): string => `head -n 1 ${file} 2>/dev/null | tr -cd " -~"`;

const head = (verb: string, ...words: string[]): string => [`: lease ${verb}`, ...words.map(quoteWord)].join(" ");

/** Prints the record, or nothing where there is none. */
export const buildReadLease = (): string => `${head("read")}\n${READ(FILE)}`;

/** Writes `wanted` when exactly `expected` ("" for nothing) is there. */
export const buildTakeLease = (expected: string, wanted: LeaseRecord): string =>
  buildWrite("take", [expected, renderRecord(wanted)], '[ "$now" = "$1" ]');

/**
 * Writes `wanted` unless a later owner is there, or this very lease was given up there. For renewals, and for the hosts
 * that were not asked when the majority was won.
 */
export const buildRaiseLease = (wanted: LeaseRecord): string =>
  buildWrite(
    "raise",
    [`${wanted.epoch}`, renderRecord(wanted), renderIdentity({ ...wanted, state: "free" })],
    '[ "$epoch" -le "$1" ] && [ "$whose" != "$3" ]',
  );

/** Writes `wanted`, which is free, when this lease is still the one there. */
export const buildReleaseLease = (wanted: LeaseRecord): string =>
  buildWrite("release", [renderIdentity({ ...wanted, state: "held" }), renderRecord(wanted)], '[ "$whose" = "$1" ]');

/** Writes `wanted` where the same owner, with the same epoch, still is as in `shown`, however often he renewed it since. */
export const buildReplaceLease = (shown: string, wanted: LeaseRecord): string =>
  buildWrite("replace", [identityOf(shown), renderRecord(wanted)], '[ "$whose" = "$1" ]');

// As `cut` sees it, also where nobody understands what lies there.
const identityOf = (text: string): string => text.split(" ").slice(0, 3).join(" ");

function buildWrite(verb: string, words: readonly string[], condition: string): string {
  return [
    head(verb, ...words),
    `set -- ${words.map(quoteWord).join(" ")}`,
    "umask 077",
    'mkdir -p "$HOME/.pulumi-bmdb" && chmod 700 "$HOME/.pulumi-bmdb" && cd "$HOME/.pulumi-bmdb" || exit 74',
    'command -v flock >/dev/null || { echo "lease: there is no flock on this host; it is part of util-linux" >&2; exit 75; }',
    'exec 9>>lease.lock || { echo "lease: lease.lock cannot be written" >&2; exit 74; }',
    // Of some the flock knows no -w: then it is tried once.
    '{ flock -w 5 9 || flock -n 9; } 2>/dev/null || { echo "lease: its lock is busy" >&2; exit 75; }',
    `now=$(${READ("lease")})`,
    'whose=$(printf "%s\\n" "$now" | cut -d " " -f 1-3)',
    'epoch=$(printf "%s\\n" "$now" | sed -n "s/^[a-z]* \\([0-9][0-9]*\\) .*/\\1/p")',
    '[ -n "$epoch" ] || epoch=0',
    // On the disk before it gets its name: a host that loses its power then shows the old record or the new one. Not every
    // sync takes a file.
    `if ${condition}; then printf "%s\\n" "$2" >lease.new && { sync lease.new 2>/dev/null || sync; } && mv lease.new lease && echo written || exit 74; else echo kept; fi`,
    READ("lease"),
  ].join("\n");
}

/**
 * What stands before every command that changes something: the host lets it through only while this lease is the one there.
 * It reads no standard input, so a command that waits for its own repeats it when that has come.
 */
export function buildGuard(record: LeaseRecord): string {
  const identity = renderIdentity(record);
  return [
    head("guard", identity),
    `[ "$(cut -d " " -f 1-3 ${FILE} 2>/dev/null)" = ${quoteWord(identity)} ] || { echo "${REFUSED_TEXT} $(${READ(FILE)})" >&2; exit ${GUARD_REFUSED}; }`,
    "",
  ].join("\n");
}

/** The same as one question, true or false, for a script that works on by itself after whoever sent it. */
export const renderGuardQuestion = (guard: string): string =>
  `( ${guard.trimEnd().split("\n").join("; ")} ) 2>/dev/null`;

/** What lies on the host that refused; undefined: the command was let through. */
export function parseRefusal(result: { readonly code: number | null; readonly stderr: string }): LeaseText | undefined {
  if (result.code !== GUARD_REFUSED) return undefined;
  const line = result.stderr.split("\n").find((each) => each.startsWith(REFUSED_TEXT));
  return line === undefined ? undefined : parseRecord(line.slice(REFUSED_TEXT.length));
}

export interface WriteAnswer {
  readonly isWritten: boolean;
  /** What is there now. */
  readonly now: LeaseText;
}

/** Undefined: the host could not do it (a full disk, a lock that is busy). */
export function parseWriteAnswer(result: {
  readonly code: number | null;
  readonly stdout: string;
}): WriteAnswer | undefined {
  const [word, ...rest] = result.stdout.split("\n");
  if (result.code !== 0 || (word !== "written" && word !== "kept")) return undefined;
  return { isWritten: word === "written", now: parseRecord(rest.join("\n")) };
}
