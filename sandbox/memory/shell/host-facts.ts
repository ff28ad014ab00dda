// The answer of a host to the question about itself and its processes.

import { HOME, type MemoryHost, STATE_DIR } from "../memory-host";
import type { MemoryProcess } from "../memory-process";
import { expectLines, readPath } from "./words";

const NUMBERED_NAME = "(mserver|dbserver)";
const LAST_LINE = "echo 'pulumi-bmdb host-facts 1 end'";
const LINES: readonly (string | RegExp)[] = [
  "LC_ALL=C; export LC_ALL",
  "put_text() { printf '%s ' \"$1\"; printf '%s' \"$2\" | base64 -w0; echo; }",
  'put_file() { if v=$({ base64 -w0 <"$2"; } 2>/dev/null); then echo "$1 $v"; fi; }',
  'put_link() { v=$(readlink -n -- "$2" 2>/dev/null | base64 -w0); if [ -n "$v" ]; then echo "$1 $v"; fi; }',
  "echo 'pulumi-bmdb host-facts 1 begin'",
  'echo "clock $(date +%s.%N)"',
  'put_text hostname "$(uname -n)"',
  'put_text user "$(id -un)"',
  'echo "uid $(id -u)"',
  'put_text home "$HOME"',
  "put_file boot-id /proc/sys/kernel/random/boot_id",
  "put_file own-cgroup /proc/self/cgroup",
  "put_file meminfo /proc/meminfo",
  'if [ -d "$HOME/.pulumi-bmdb" ]; then echo "state-dir $(stat -L -c \'%a %u\' -- "$HOME/.pulumi-bmdb")"; else echo "state-dir none"; fi',
  /^d=("\$HOME"\/)?'[^']*'$/,
  'put_text disk-asked "$d"',
  'while [ ! -d "$d" ] && [ "$d" != / ]; do d=$(dirname -- "$d"); done',
  'put_text disk-measured "$d"',
  'put_text disk-df "$(df -Pk -- "$d" 2>/dev/null)"',
  new RegExp(`^pids=\\$\\(pgrep -x '${NUMBERED_NAME}'\\); echo 'looked ${NUMBERED_NAME}' \\$\\?$`),
  "for pid in $pids; do",
  "p=/proc/$pid",
  new RegExp(`^echo 'process ${NUMBERED_NAME}' "\\$pid"$`),
  'put_file stat "$p/stat"',
  'for each in exe cwd; do put_link "$each" "$p/$each"; done',
  'put_link stdout "$p/fd/1"; put_link stderr "$p/fd/2"',
  'put_file cgroup "$p/cgroup"',
  'parent=$(sed "s/.*) //" "$p/stat" 2>/dev/null | cut -d " " -f 2); if [ -n "$parent" ]; then put_file parent-name "/proc/$parent/comm"; put_file parent-cmdline "/proc/$parent/cmdline"; fi',
  'for each in cmdline status limits; do put_file "$each" "$p/$each"; done',
  'for each in cmdline status limits environ; do put_file "$each" "$p/$each"; done',
  'exe=$(readlink -- "$p/exe" 2>/dev/null)',
  new RegExp(
    `^case \\$exe in \\*/bin/'${NUMBERED_NAME}'\\) put_file metadata "\\$\\{exe%/bin/\\*\\}/version_metadata\\.json";; esac$`,
  ),
  'put_file stat-again "$p/stat"',
  "done",
  LAST_LINE,
];

interface Question {
  readonly names: readonly string[];
  readonly disks: readonly string[];
  readonly withEnvironment: boolean;
}

const questions = new Map<string, Question>();

export const isHostFacts = (command: string): boolean => command.includes("pulumi-bmdb host-facts 1 begin");

/** `rest`: what is asked in the same command. */
export function splitHostFacts(command: string): { readonly facts: string; readonly rest: string } {
  const end = command.indexOf(LAST_LINE) + LAST_LINE.length;
  return { facts: command.slice(0, end), rest: command.slice(end + 1) };
}

export function answerHostFacts(host: MemoryHost, command: string, nowMs: number): string {
  const question = questions.get(command) ?? readQuestion(command);
  questions.set(command, question);
  const isStateDirThere = [...host.files.keys()].some((path) => path.startsWith(`${STATE_DIR}/`));
  const lines = [
    "pulumi-bmdb host-facts 1 begin",
    `clock ${((nowMs + host.clockOffsetMs) / 1000).toFixed(9)}`,
    `hostname ${base64(host.name)}`,
    `user ${base64("bigmath")}`,
    "uid 1000",
    `home ${base64(HOME)}`,
    `boot-id ${base64(`boot-${host.bootCount}\n`)}`,
    OWN_CGROUP,
    MEMINFO,
    isStateDirThere ? "state-dir 700 1000" : "state-dir none",
    ...question.disks.flatMap((disk) => describeDisk(host, disk)),
    ...question.names.flatMap((name) => {
      const found = [...host.processes].filter((process) => process.role === name);
      return [
        `looked ${name} ${found.length === 0 ? 1 : 0}`,
        ...found.flatMap((each) => describeProcess(each, question.withEnvironment)),
      ];
    }),
    "pulumi-bmdb host-facts 1 end",
  ];
  return `${lines.join("\n")}\n`;
}

function readQuestion(command: string): Question {
  const lines = command.split("\n");
  expectLines("the question about a host", lines, LINES);
  return {
    names: lines.flatMap((line) => /^pids=\$\(pgrep -x '(\w+)'\)/.exec(line)?.[1] ?? []),
    disks: lines.flatMap((line) => (line.startsWith("d=") ? [readPath(line.slice(2), HOME)] : [])),
    withEnvironment: lines.some((line) => line.includes("limits environ;")),
  };
}

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
const OWN_CGROUP = `own-cgroup ${base64("0::/\n")}`;
const MEMINFO = `meminfo ${base64("MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n")}`;
const CGROUP = `cgroup ${base64("0::/\n")}`;
const PARENT = `parent-name ${base64("systemd\n")}\nparent-cmdline ${base64("/sbin/init\0")}`;
const STATUS = new Map<string, string>();
const LIMITS = `limits ${base64(
  [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max open files            1048576              1048576              files     ",
    "Max processes             12000                12000                processes ",
    "",
  ].join("\n"),
)}`;

const describeDisk = (host: MemoryHost, disk: string): string[] => [
  `disk-asked ${base64(disk)}`,
  `disk-measured ${base64(host.releases.has(disk) ? disk : HOME)}`,
  `disk-df ${base64(`Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 100000000 ${host.isDiskFull ? "100000000 0 100%" : "50000000 50000000 50%"} /`)}`,
];

// What never changes of a process is rendered once.
const rendered = new WeakMap<MemoryProcess, readonly string[]>();

function describeProcess(process: MemoryProcess, withEnvironment: boolean): string[] {
  let lines = rendered.get(process);
  if (lines === undefined) {
    const { facts, pid, startTicks, role, exe } = process;
    const stat = base64(`${pid} (${role}) S 1 ${"0 ".repeat(17)}${startTicks} 0\n`);
    let status = STATUS.get(facts.umask);
    if (status === undefined) {
      status = `status ${base64(`Umask:\t${facts.umask}\nUid:\t1000\t1000\t1000\t1000\n`)}`;
      STATUS.set(facts.umask, status);
    }
    lines = [
      `process ${role} ${pid}`,
      `stat ${stat}`,
      `exe ${base64(exe)}`,
      `cwd ${base64(facts.releaseDir)}`,
      `stdout ${base64(facts.output)}`,
      `stderr ${base64(facts.output)}`,
      CGROUP,
      PARENT,
      `cmdline ${base64(facts.argv.map((word) => `${word}\0`).join(""))}`,
      status,
      LIMITS,
      `metadata ${base64(renderMetadata(facts.version))}`,
      `stat-again ${stat}`,
    ];
    rendered.set(process, lines);
  }
  if (!withEnvironment) return [...lines];
  const environ = Object.entries(process.facts.environment).map(([name, value]) => `${name}=${value}\0`);
  return [...lines.slice(0, -1), `environ ${base64(environ.join(""))}`, ...lines.slice(-1)];
}

export const renderMetadata = (version: string): string =>
  JSON.stringify({ version_number: version, build_number: "1", build_id: "1" });
