// Stop and start as one act on the host (design rule 11): a script that runs detached there and completes
// even when the operator's machine dies in between. It reports line by line into a file that is read back.
//
// The last line is `done ok PID` or `done failed REASON`. Nothing else ends an act.

import { renderGuardQuestion } from "../lease/lease-commands";
import type { ProcessStart, Role } from "../model/desired";
import { quoteWord } from "../model/quote";
import { childrenFunctions, endChildren, rememberChildren } from "./children-lines";

export interface Act {
  readonly id: string;
  readonly role: Role;
  /** The process to stop first; undefined: only start. */
  readonly stop: { readonly pid: number; readonly startTicks: string; readonly timeoutMs: number } | undefined;
  readonly releaseDir: string;
  readonly version: string;
  readonly own: Pick<ProcessStart, "start" | "stop">;
  /** Of a DBServer: what its BSQL processes may still hold when it has ended. */
  readonly bsqlPort: number | undefined;
  readonly limits: ActLimits;
  /** Of the lease, which the act asks for once more before it stops anything; "": without one. */
  readonly guard: string;
}

export interface ActLimits {
  readonly killMs: number;
  readonly childrenMs: number;
  readonly portsMs: number;
  readonly appearMs: number;
  /** Between two looks of the act itself. */
  readonly pollMs: number;
}

/** What an act says that found no record; the person then has to give the arguments. */
export const NO_START_RECORD = "there is no record of how it is started";

/** What an act says when it found the binary that it had just stopped running anew. */
export const STARTED_AGAIN = "the old binary was started again";

/** What an act says that was held up until its lease was somebody else's. */
export const LEASE_GONE = "another run holds the lease";

export const RECORD_DIR = '"$HOME/.pulumi-bmdb"';

/** The part that runs detached. Plain POSIX sh with awk; no value from outside is unquoted. */
export function buildActScript(act: Act): string {
  const lines = [
    "umask 077",
    `cd ${RECORD_DIR} || exit 1`,
    `role=${quoteWord(act.role)}; dir=${quoteWord(act.releaseDir)}; report=${quoteWord(`${act.role}.act`)}`,
    'say() { printf "%s\\n" "$*" >>"$report"; }',
    'fail() { say "done failed $*"; exit 0; }',
    // Field 22 of /proc/PID/stat, counted behind the name, which may hold blanks and brackets.
    'ticks() { sed "s/.*) //" "/proc/$1/stat" 2>/dev/null | cut -d " " -f 20; }',
    'gone() { [ ! -d "/proc/$1" ] || sed "s/.*) //" "/proc/$1/stat" 2>/dev/null | grep -q "^[ZX]"; }',
    // `within CENTISECONDS QUESTION…`, by the kernel's own clock: looks may take long on a busy host.
    `now() { read -r up idle </proc/uptime; now=\${up%.*}\${up#*.}; }`,
    `within() { now; end=$((now + $1)); shift; until "$@"; do now; [ "$now" -lt "$end" ] || return 1; sleep ${act.limits.pollMs / 1000}; done; }`,
    ...checkLines(act),
    // Once it has stopped a process it finishes, whoever holds the lease: a process that is down helps nobody.
    ...(act.stop ? stopLines(act, act.stop) : guardLines(act, "nothing was started")),
    ...startLines(act),
  ];
  return `${lines.join("\n")}\n${END}\n`;
}

/** The last line: an act that arrived cut off is never begun. */
const END = "# end of act";

// Everything that could keep the new process from starting is asked before the old one is stopped.
function checkLines(act: Act): string[] {
  if (act.own.start !== undefined) return [];
  return [
    `[ -r "$role.start" ] || fail "${NO_START_RECORD}"`,
    'env -i sh "./$role.start" "$dir" check 2>"$role.check" || fail "it could not be started from $dir: $(head -c 300 "$role.check" | tr "\\n" " ")"',
  ];
}

const guardLines = ({ guard }: Act, untouched: string): string[] =>
  guard === "" ? [] : [`${renderGuardQuestion(guard)} || fail "${LEASE_GONE}; ${untouched}"`];

const centiseconds = (ms: number): number => Math.ceil(ms / 10);

function stopLines(act: Act, stop: NonNullable<Act["stop"]>): string[] {
  const { limits } = act;
  const seconds = (limitMs: number): number => Math.max(1, Math.ceil(limitMs / 1000));
  return [
    `pid=${stop.pid}`,
    `[ "$(ticks "$pid")" = ${quoteWord(stop.startTicks)} ] || fail "process $pid is not the one that was seen; nothing was stopped"`,
    "listening() { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == \"0A\" { print $2, $10 }'; }",
    ...childrenFunctions(act.bsqlPort),
    ...rememberChildren,
    // The sockets that it and its children listen on, to wait until they are free: a start that comes too early fails on a busy port.
    `inodes=$(for each in "$pid" $kin; do sockets "\${each%%:*}"; done | tr "\\n" " ")`,
    'ports=$(listening | awk -v inodes=" $inodes" \'index(inodes, " " $2 " ") { print $1 }\' | sort -u)',
    ...guardLines(act, "nothing was stopped"),
    'say "stopping $pid"',
    act.own.stop === undefined
      ? 'kill -TERM "$pid" 2>/dev/null'
      : `${ownCommand(act.own.stop, act)} >"$role.stop.out" 2>&1 </dev/null || gone "$pid" || fail "the stop command ended with an error: $(head -c 300 "$role.stop.out" | tr "\\n" " ")"`,
    `within ${centiseconds(stop.timeoutMs)} gone "$pid" || { say "killed $pid after ${seconds(stop.timeoutMs)} s"; kill -KILL "$pid" 2>/dev/null; }`,
    `within ${centiseconds(limits.killMs)} gone "$pid" || fail "process $pid does not end, not even by SIGKILL"`,
    'say "stopped $pid"',
    ...endChildren({
      childrenLimit: centiseconds(limits.childrenMs),
      stopLimit: centiseconds(stop.timeoutMs),
      stopSeconds: seconds(stop.timeoutMs),
      killLimit: centiseconds(limits.killMs),
    }),
    'busy() { for port in $ports; do listening | grep "^$port " && return 0; done; return 1; }',
    // Nobody but a supervisor starts the binary that was just stopped; it will not go away by waiting.
    'started_again() { for each in $(pgrep -x "$role"); do if [ "$each" != "$pid" ] && [ -n "$oldexe" ] && [ "$(readlink "/proc/$each/exe" 2>/dev/null)" = "$oldexe" ]; then echo "$each"; return; fi; done; }',
    'free() { again=$(started_again); [ -n "$again" ] || ! busy >/dev/null; }',
    `numbers() { for port in "$@"; do echo "$((0x\${port##*:}))"; done | sort -un | tr "\\n" " "; }`,
    `within ${centiseconds(limits.portsMs)} free || fail "a port that it held is still in use ${seconds(limits.portsMs)} s after it ended (it held $(numbers $ports)); in use by $(names $(owners $(busy | cut -d " " -f 2)))"`,
    `[ -z "$again" ] || fail "${STARTED_AGAIN}: process $again"`,
  ];
}

/** What the new process writes is newer than this file: see read-last-words.ts. */
const STARTING = ': >"$role.starting"; say "starting from $dir"';

function startLines(act: Act): string[] {
  if (act.own.start !== undefined)
    return [
      STARTING,
      `${ownCommand(act.own.start, act)} >"$role.start.out" 2>&1 </dev/null || fail "the start command ended with an error: $(head -c 300 "$role.start.out" | tr "\\n" " ")"`,
      // A service manager may answer before its process has its name.
      'appeared() { pid=$(pgrep -n -x "$role"); }',
      `within ${centiseconds(act.limits.appearMs)} appeared || fail "no process $role ${Math.ceil(act.limits.appearMs / 1000)} s after the start command"`,
      'say "done ok $pid"',
    ];
  return [
    STARTING,
    // A background job of sh is no group leader, so setsid does not fork and $! is the process itself.
    'setsid env -i sh "./$role.start" "$dir" </dev/null >>"$role.start.out" 2>&1 &',
    'say "done ok $!"',
  ];
}

// In a shell of its own: an `exit` or a syntax error in it must not end the act between stop and start.
const ownCommand = (command: string, act: Act): string =>
  `sh -c ${quoteWord(`umask 022; ${command}`.replaceAll("{releaseDir}", quoteWord(act.releaseDir)).replaceAll("{version}", quoteWord(act.version)))}`;

/**
 * What is sent over ssh: takes the act from standard input, starts it detached and returns at once.
 * The session, input and output are its own, or ssh would wait for the database to end.
 *
 * The act may arrive long after the command itself, when another run has the lease: `guard` is asked again behind it, and
 * it lies in a file of its own until then, or it would be written into the other run's.
 */
export function buildLaunchCommand({
  id,
  role,
  version,
  guard,
}: Pick<Act, "id" | "role" | "version" | "guard">): string {
  const file = `${role}.act.sh`;
  return [
    "umask 077",
    `mkdir -p ${RECORD_DIR} && cd ${RECORD_DIR} || exit 1`,
    // One act per process at a time; a second operator must not launch while the first one's still works.
    `if [ -s ${role}.act.pid ] && [ -d "/proc/$(cat ${role}.act.pid)" ] && grep -q ${quoteWord(file)} "/proc/$(cat ${role}.act.pid)/cmdline" 2>/dev/null; then echo "an act on this process is still running" >&2; exit 75; fi`,
    `new=${file}.new.$$; trap 'rm -f "$new"' EXIT`,
    `cat >"$new" && [ "$(tail -n 1 "$new")" = ${quoteWord(END)} ] || { echo "the act did not arrive whole" >&2; exit 74; }`,
    ...(guard === "" ? [] : [guard.trimEnd()]),
    `mv "$new" ${file} || { echo "the act cannot be written" >&2; exit 74; }`,
    `printf 'act %s %s\\n' ${quoteWord(id)} ${quoteWord(version)} >${role}.act`,
    `setsid sh ./${file} </dev/null >/dev/null 2>&1 &`,
    `echo $! >${role}.act.pid`,
  ].join("\n");
}

export const buildReadActCommand = (role: Role): string => `cat ${RECORD_DIR}/${quoteWord(`${role}.act`)}`;

export interface ActReport {
  readonly id: string | undefined;
  readonly lines: readonly string[];
  readonly outcome:
    | { readonly kind: "running" }
    | { readonly kind: "ok"; readonly pid: number }
    | { readonly kind: "failed"; readonly reason: string };
}

/** What comes after the last line break is a line that is not whole yet: half a pid is another process's. */
export function parseActReport(text: string): ActReport {
  const lines = text
    .split("\n")
    .slice(0, -1)
    .filter((line) => line !== "");
  const id = /^act (\S+)/.exec(lines[0] ?? "")?.[1];
  const last = lines.at(-1) ?? "";
  const ok = /^done ok (\d+)$/.exec(last);
  const failed = /^done failed (.*)$/.exec(last);
  return {
    id,
    lines: lines.slice(1),
    outcome: ok
      ? { kind: "ok", pid: Number(ok[1]) }
      : failed
        ? { kind: "failed", reason: failed[1] ?? "" }
        : { kind: "running" },
  };
}
