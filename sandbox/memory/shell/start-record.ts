// The record of how a process is started: writing it, checking it, and starting with it.

import type { SandboxRole } from "../../types";
import { HOME, type MemoryHost, STATE_DIR } from "../memory-host";
import { readWords, UnknownCommand } from "./words";

const ENTER =
  'umask 077\nmkdir -p "$HOME/.pulumi-bmdb" && chmod 700 "$HOME/.pulumi-bmdb" && cd "$HOME/.pulumi-bmdb" && bmdb_dir=$(pwd) || exit 1\n';
/** Only for what is shown when a process has died; nothing that happens in the cluster depends on it. */
const LOG_DIRS =
  /^flagfile=[\s\S]*?\n\} 2>\/dev\/null \| grep '\^\/' \| sort -u >'(?:mserver|dbserver)\.log-dirs' \|\| :\n?/;
const WRITE =
  /^new='(mserver|dbserver)\.start'\.new\.\$\$; trap 'rm -f "\$new"' EXIT\ncat >"\$new" \|\| exit 1\nmv "\$new" '\1\.start' && printf '%s\\n' (\S+) >'\1\.log-path'$/;

/** The exit code; undefined: this is no such command. */
export function writeStartRecord(host: MemoryHost, command: string, stdin: string): number | undefined {
  if (!command.startsWith(ENTER)) return undefined;
  const rest = command.slice(ENTER.length).replace(LOG_DIRS, "");
  if (rest === "") return 0;
  const match = WRITE.exec(rest);
  if (match === null) throw new UnknownCommand("this way of writing a start record", rest);
  readStartRecord(stdin);
  return host.write(`${STATE_DIR}/${match[1]}.start`, stdin) ? 0 : 1;
}

export interface StartRecord {
  readonly role: SandboxRole;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly umask: string;
  readonly output: string;
}

const FIXED = new Set([
  "# How pulumi-bmdb starts this process: env -i sh THIS_FILE RELEASE_DIR. Its environment may hold secrets.",
  'bmdb_dir=$(cd "$(dirname "$0")" && pwd) || exit 1',
  'cd "$1" || exit 1',
]);

/** Raises `UnknownCommand` for a script with a line that is not known. */
export function readStartRecord(script: string): StartRecord {
  const environment: Record<string, string> = {};
  let umask = "0022";
  let started: Pick<StartRecord, "role" | "args" | "output"> | undefined;
  for (const line of script.split("\n")) {
    if (line === "" || FIXED.has(line)) continue;
    const variable = /^export ([A-Za-z_][A-Za-z0-9_]*)=('.*')$/.exec(line);
    const mask = /^umask ('.*')$/.exec(line);
    const start =
      /^exec \$\{limits:\+prlimit \$limits\} \.\/bin\/(mserver|dbserver) (.*) <\/dev\/null >>(\S+) 2>>\S+$/.exec(line);
    if (variable?.[1] !== undefined) environment[variable[1]] = readWords(variable[2] ?? "")[0] ?? "";
    else if (mask !== null) umask = readWords(mask[1] ?? "")[0] ?? "";
    else if (start !== null)
      started = {
        role: start[1] === "mserver" ? "mserver" : "dbserver",
        args: readWords(start[2] ?? ""),
        output: (start[3] ?? "").startsWith("'") ? (readWords(start[3] ?? "")[0] ?? "") : `${HOME}/out`,
      };
    else if (!/^limits='[^']*'$/.test(line) && !/^if \[ "\$\{2:-\}" = check \]; then exec /.test(line))
      throw new UnknownCommand("a line of a start record", line);
  }
  if (started === undefined) throw new UnknownCommand("a start record that starts nothing", script);
  return { ...started, environment, umask };
}
