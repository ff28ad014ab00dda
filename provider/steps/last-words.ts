// What a process said before it died: the FATAL lines of its log, and the end of its output file.

import type { Run } from "../executor/run";
import type { ProcessId, Role } from "../model/desired";
import { quoteWord } from "../model/quote";

const FATAL = "pulumi-bmdb fatal lines of ";
const OUTPUT_LINE_COUNT = 6;

/** Of its log files only those written since its start: a FATAL file of last year explains nothing. */
export function buildLastWordsCommand(role: Role): string {
  const other: Role = role === "mserver" ? "dbserver" : "mserver";
  const file = (name: string): string => quoteWord(`${role}.${name}`);
  return [
    'cd "$HOME/.pulumi-bmdb" 2>/dev/null || exit 0',
    `tail -n 15 -- "$(cat ${file("log-path")} 2>/dev/null)" 2>/dev/null`,
    "newest=",
    `if [ -r ${file("log-dirs")} ] && [ -e ${file("starting")} ]; then`,
    "  while IFS= read -r dir; do",
    '    for each in "$dir"/*FATAL*; do',
    `      case "\${each##*/}" in ${other}.*) continue;; esac`,
    `      if [ -f "$each" ] && [ "$each" -nt ${file("starting")} ]; then`,
    '        if [ -z "$newest" ] || [ "$each" -nt "$newest" ]; then newest=$each; fi',
    "      fi",
    "    done",
    `  done <${file("log-dirs")}`,
    "fi",
    `if [ -n "$newest" ]; then printf '\\n%s%s\\n' ${quoteWord(FATAL)} "$newest"; grep -a '^F[0-9]' -- "$newest" | tail -n 5; fi`,
  ].join("\n");
}

/** FATAL lines last, where nothing cuts them off; a line that both have is told once. */
export function parseLastWords(text: string): string {
  const [tail = "", ...rest] = text.split(`\n${FATAL}`);
  const lines = (part: string): string[] => part.split(/\r?\n/).filter((line) => line.trim() !== "");
  const [file, ...fatal] = lines(rest.join("\n"));
  if (file === undefined || fatal.length === 0) return lines(tail).join("\n");
  const output = lines(tail).filter((line) => !fatal.includes(line));
  return [...output.slice(-OUTPUT_LINE_COUNT), `${file}:`, ...fatal].join("\n");
}

/** Empty when they cannot be read: that must not hide what happened. */
export async function readLastWords(run: Run, process: ProcessId): Promise<string> {
  const answer = await run.ports.shell
    .run(process.node, buildLastWordsCommand(process.role), { timeoutMs: run.desired.policy.timeouts.sshMs })
    .catch(() => undefined);
  return parseLastWords(answer?.stdout ?? "");
}
