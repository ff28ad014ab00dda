// The command that asks a host about itself: POSIX sh with coreutils and procps, nothing else. It changes nothing.
//
// Every value that the host decides is sent in base64, so that no byte of it can be taken for the frame. A line that
// is missing means that it could not be read; a last line that is missing means that the answer was cut off.

import { quoteWord } from "../model/quote";

export const HOST_FACTS_BEGIN = "pulumi-bmdb host-facts 1 begin";
export const HOST_FACTS_END = "pulumi-bmdb host-facts 1 end";

export interface HostFactsQuestion {
  /** As `pgrep -x` knows them. */
  readonly processNames: readonly string[];
  /** SECRET values come back. Only for writing down how a process is started. */
  readonly includeEnvironment?: boolean;
  /** Directories whose free space is wanted, absolute or below `~/`. They need not exist yet. */
  readonly disksOf?: readonly string[];
}

// The kernel cuts names after 15 characters; and pgrep takes its argument for a pattern.
const PROCESS_NAME = /^[A-Za-z0-9_-]{1,15}$/;

const FUNCTIONS = [
  "LC_ALL=C; export LC_ALL",
  "put_text() { printf '%s ' \"$1\"; printf '%s' \"$2\" | base64 -w0; echo; }",
  'put_file() { if v=$({ base64 -w0 <"$2"; } 2>/dev/null); then echo "$1 $v"; fi; }',
  'put_link() { v=$(readlink -n -- "$2" 2>/dev/null | base64 -w0); if [ -n "$v" ]; then echo "$1 $v"; fi; }',
];

const HOST = [
  'echo "clock $(date +%s.%N)"',
  'put_text hostname "$(uname -n)"',
  'put_text user "$(id -un)"',
  'echo "uid $(id -u)"',
  'put_text home "$HOME"',
  "put_file boot-id /proc/sys/kernel/random/boot_id",
  "put_file own-cgroup /proc/self/cgroup",
  "put_file meminfo /proc/meminfo",
  'if [ -d "$HOME/.pulumi-bmdb" ]; then echo "state-dir $(stat -L -c \'%a %u\' -- "$HOME/.pulumi-bmdb")"; else echo "state-dir none"; fi',
];

/** The command. Its standard output is for `parseHostFacts`. */
export function buildHostFactsCommand(question: HostFactsQuestion): string {
  const wrong = question.processNames.find((name) => !PROCESS_NAME.test(name));
  if (wrong !== undefined) throw new RangeError(`${JSON.stringify(wrong)} is not the name of a process.`);
  return [
    ...FUNCTIONS,
    `echo ${quoteWord(HOST_FACTS_BEGIN)}`,
    ...HOST,
    ...(question.disksOf ?? []).flatMap(diskLines),
    ...question.processNames.flatMap((name) => processLines(name, question.includeEnvironment === true)),
    `echo ${quoteWord(HOST_FACTS_END)}`,
  ].join("\n");
}

function diskLines(directory: string): string[] {
  return [
    `d=${pathWord(directory)}`,
    'put_text disk-asked "$d"',
    'while [ ! -d "$d" ] && [ "$d" != / ]; do d=$(dirname -- "$d"); done',
    'put_text disk-measured "$d"',
    'put_text disk-df "$(df -Pk -- "$d" 2>/dev/null)"',
  ];
}

function pathWord(path: string): string {
  if (path.startsWith("~/")) return `"$HOME"/${quoteWord(path.slice(2))}`;
  if (!path.startsWith("/")) throw new RangeError(`${JSON.stringify(path)} is neither absolute nor below "~/".`);
  return quoteWord(path);
}

// The start is read twice: a pid can be given to another process in between.
function processLines(name: string, includeEnvironment: boolean): string[] {
  const word = quoteWord(name);
  return [
    `pids=$(pgrep -x ${word}); echo ${quoteWord(`looked ${name}`)} $?`,
    "for pid in $pids; do",
    "p=/proc/$pid",
    `echo ${quoteWord(`process ${name}`)} "$pid"`,
    'put_file stat "$p/stat"',
    'for each in exe cwd; do put_link "$each" "$p/$each"; done',
    'put_link stdout "$p/fd/1"; put_link stderr "$p/fd/2"',
    'put_file cgroup "$p/cgroup"',
    // Its parent: the second field behind the name, which may hold blanks and brackets.
    'parent=$(sed "s/.*) //" "$p/stat" 2>/dev/null | cut -d " " -f 2); if [ -n "$parent" ]; then put_file parent-name "/proc/$parent/comm"; put_file parent-cmdline "/proc/$parent/cmdline"; fi',
    `for each in cmdline status limits${includeEnvironment ? " environ" : ""}; do put_file "$each" "$p/$each"; done`,
    'exe=$(readlink -- "$p/exe" 2>/dev/null)',
    `case $exe in */bin/${word}) put_file metadata "\${exe%/bin/*}/version_metadata.json";; esac`,
    'put_file stat-again "$p/stat"',
    "done",
  ];
}
