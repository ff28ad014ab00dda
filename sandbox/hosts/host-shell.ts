import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostPaths, SandboxPaths } from "./layout";
import { shellQuote } from "./quote";
import { renderCurlShim, renderWgetShim } from "./shims/download-shims";
import { CRONTAB_SHIM } from "./shims/fault-shims";
import { renderProcessShim } from "./shims/process-shim";
import { findProgram, hostSearchPath } from "./tools";

/** The environment variables by which processes of a sandbox are told apart. */
export const MARKS = { id: "BMDB_SANDBOX_ID", host: "BMDB_SANDBOX_HOST", root: "BMDB_SANDBOX_ROOT" } as const;

export interface HostShellOptions {
  readonly sandboxId: string;
  readonly hostName: string;
  readonly host: HostPaths;
  readonly sandbox: SandboxPaths;
  /** Path of the Node single executable that post_install.sh puts into `bin/`. */
  readonly runtime: string;
}

/**
 * The host's shell: every command on a host runs through this script, whichever way it came.
 * With `-c COMMAND` it runs that; without arguments it runs what ssh was asked for, and records it as an event.
 */
export function writeHostShell(options: HostShellOptions): void {
  writeScript(options.host.shell, renderHostShell(options));
}

export function writeShims(sandbox: SandboxPaths, downloadsUrl: string): void {
  const wget = findProgram("wget");
  const curl = findProgram("curl");
  const pgrep = findProgram("pgrep") ?? "pgrep";
  writeScript(join(sandbox.shims, "pgrep"), renderProcessShim("pgrep", pgrep));
  writeScript(join(sandbox.shims, "pkill"), renderProcessShim("pkill", pgrep));
  writeScript(join(sandbox.shims, "wget"), renderWgetShim(downloadsUrl, wget, curl));
  writeScript(join(sandbox.shims, "curl"), renderCurlShim(downloadsUrl, curl));
  writeScript(join(sandbox.shims, "crontab"), CRONTAB_SHIM);
}

function renderHostShell({ sandboxId, hostName, host, sandbox, runtime }: HostShellOptions): string {
  const environment = {
    HOME: host.home,
    USER: "bigmath",
    LOGNAME: "bigmath",
    SHELL: "/bin/sh",
    PATH: `${host.shims}:${sandbox.shims}:${hostSearchPath()}`,
    LANG: "C.UTF-8",
    [MARKS.id]: sandboxId,
    [MARKS.host]: hostName,
    [MARKS.root]: host.root,
    BMDB_SANDBOX_RUNTIME: runtime,
    BMDB_SANDBOX_FAULTS: sandbox.faults,
  };
  const assignments = Object.entries(environment).map(([name, value]) => `  ${shellQuote(`${name}=${value}`)} \\\n`);
  // Nothing of the caller's environment goes through: a host knows only what is written here.
  const clean = `exec env -i \\\n${assignments.join("")}  /bin/sh`;
  return `#!/bin/sh
# Made by the sandbox: how commands run on the host ${hostName}.
cd ${shellQuote(host.home)} || exit 255
if [ "\${1-}" = -c ]; then
  ${clean} -c "$2"
fi
if [ -z "\${SSH_ORIGINAL_COMMAND-}" ]; then
  ${clean} -i
fi
${recordCommand(hostName, sandbox.events)}
${clean} -c "$SSH_ORIGINAL_COMMAND"
`;
}

// One write of one short line, so that it stays whole beside the processes' own events. The text is cut:
// the event says which command came when, not all that is in it.
const recordCommand = (hostName: string, events: string): string => String.raw`
at=$(date +%s%3N)
case $at in *[!0-9]*) at=$(date +%s)000 ;; esac
LC_ALL=C SANDBOX_AT=$at awk 'BEGIN {
  command = substr(ENVIRON["SSH_ORIGINAL_COMMAND"], 1, 200)
  text = ""
  for (i = 1; i <= length(command); i++) {
    letter = substr(command, i, 1)
    if (letter == "\n") text = text "\\n"
    else if (letter == "\t") text = text "\\t"
    else if (letter == "\\" || letter == "\"") text = text "\\" letter
    else text = text (letter ~ /[ -~]/ ? letter : "?")
  }
  printf "{\"atMs\":%s,\"host\":\"${hostName}\",\"event\":\"command\",\"command\":\"%s\"}\n", ENVIRON["SANDBOX_AT"], text
}' >>${shellQuote(events)}`;

function writeScript(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
