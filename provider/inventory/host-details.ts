// The command that asks a host the details, and the parser of its answer. It changes nothing. Values that the host
// decides travel in base64, as in host-facts-command.ts.

import { z } from "zod";
import { type Parsed, parsed, unparsed } from "../model/fact";
import type { HostDetails } from "../model/host-details";
import { quoteWord } from "../model/quote";
import { parseVersion } from "../model/version";
import { LOGIND_LINES, readKillsUserProcesses } from "./logind";
import { releaseDirWord } from "./staged-release";

const END = "pulumi-bmdb host-details 1 end";

export interface HostDetailsQuestion {
  readonly installDir: string;
  readonly version: string;
  /** Absolute paths whose real place is wanted. */
  readonly paths: readonly string[];
  /** How long the staged binary may take to tell its version. */
  readonly timeoutMs: number;
}

export function buildHostDetailsCommand({ installDir, version, paths, timeoutMs }: HostDetailsQuestion): string {
  return [
    "LC_ALL=C; export LC_ALL",
    `put() { printf '%s ' "$1"; printf '%s' "$2" | base64 -w0; echo; }`,
    `dir=${releaseDirWord(installDir, version)}`,
    'put kilobytes "$(du -sk "$dir" 2>/dev/null | cut -f1)"',
    `put binary "$(timeout ${Math.ceil(timeoutMs / 1000)} "$dir/bin/mserver" --version </dev/null 2>/dev/null | head -n 1)"`,
    // Where the dialect's releases keep them; a release without the folder has no extensions.
    `controls() { for f in "$2"/share/postgresql/extension/*.control "$2"/postgres/share/extension/*.control; do if [ -e "$f" ]; then n=\${f##*/}; put "$1" "\${n%.control}"; fi; done; }`,
    'controls extension "$dir"',
    // A release older than AutoFlags has no such file. Where not even its version can be read, nothing is known of it.
    'old_flags() { if [ -r "$1/auto_flags.json" ]; then put running-auto-flags "$(head -c 2000000 "$1/auto_flags.json")"; elif [ -e "$1/auto_flags.json" ] || [ ! -r "$1/version_metadata.json" ]; then put running-auto-flags-unread "$1"; fi; }',
    `for pid in $(pgrep -x mserver) $(pgrep -x dbserver); do if exe=$(readlink "/proc/$pid/exe" 2>/dev/null); then controls running-extension "\${exe%/bin/*}"; old_flags "\${exe%/bin/*}"; else put running-auto-flags-unread "$pid"; fi; done`,
    'if [ -r "$dir/auto_flags.json" ]; then put auto-flags "$(head -c 2000000 "$dir/auto_flags.json")"; fi',
    ...BOOT_LINES,
    ...LOGIND_LINES,
    ...paths.map(
      (path) =>
        `put ${quoteWord(`path:${Buffer.from(path).toString("base64")}`)} "$(readlink -f -- ${quoteWord(path)})"`,
    ),
    `echo ${quoteWord(END)}`,
  ].join("\n");
}

// Crontabs and units of the usual places, and the scripts that they run; of a line only the binary's and the script's path,
// because the rest may hold a password. What is started in another way is not found: the plan says "as far as seen".
const BOOT_LINES = [
  `boot() { put boot "$1: \${2% }"; }`,
  `mention() { grep -v '^ *#' | grep -oE '[^ =]*/(mserver|dbserver)( |$)' | head -n 1; }`,
  // Lines on standard input. A program of the system is not looked into: it starts what its other words say.
  `started() { set -f; while IFS= read -r line; do own=$(printf '%s\n' "$line" | mention); if [ -n "$own" ]; then boot "$1" "$own"; continue; fi; for word in $(printf '%s\n' "$line" | grep -oE '~?/[^ "=;&|<>]+'); do case $word in /usr/*|/bin/*|/sbin/*|/dev/*|/proc/*|/sys/*) continue;; "~/"*) word=$HOME/\${word#"~/"};; esac; if [ -f "$word" ] && [ -r "$word" ] && [ "$(head -c 4 "$word" | tr -cd A-Z)" != ELF ]; then own=$(head -c 100000 "$word" | mention); if [ -n "$own" ]; then boot "$1" "$word runs $own"; fi; fi; done; done; }`,
  `crontab -l 2>/dev/null | grep -v '^ *#' | started crontab`,
  `for f in /etc/cron.d/* /etc/rc.local /etc/systemd/system/*.service "$HOME"/.config/systemd/user/*.service; do if [ -r "$f" ]; then own=$(mention 2>/dev/null <"$f"); if [ -n "$own" ]; then boot "$f" "$own"; else case $f in */rc.local) cat "$f";; *) grep -E '^ExecStart=|@reboot' "$f";; esac 2>/dev/null | grep -v '^ *#' | started "$f"; fi; fi; done`,
];

const autoFlagsSchema = z.looseObject({
  auto_flags: z.array(z.looseObject({ flags: z.array(z.looseObject({ name: z.string() })) })),
});

export function parseHostDetails(output: string): Parsed<HostDetails> {
  const lines = output.split("\n").filter((line) => line !== "");
  if (lines.at(-1) !== END) return unparsed("the host's answer about its details is cut off");
  const values = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => decode(line.slice(key.length + 1)));
  const kilobytes = Number(values("kilobytes")[0] || Number.NaN);
  const autoFlags = values("auto-flags")[0];
  const known = autoFlags === undefined ? undefined : readAutoFlags(autoFlags);
  const running = values("running-auto-flags").map(readAutoFlags);
  if (known === null) return unparsed("auto_flags.json of the staged release is not understood");
  return parsed({
    releaseBytes: Number.isFinite(kilobytes) ? kilobytes * 1024 : undefined,
    binaryVersion: readBinaryVersion(values("binary")[0] ?? ""),
    extensions: [...new Set(values("extension"))].sort(),
    extensionsRunning: [...new Set(values("running-extension"))].sort(),
    autoFlags: known,
    autoFlagsRunning:
      values("running-auto-flags-unread").length > 0 || running.includes(null)
        ? undefined
        : [...new Set(running.flatMap((names) => names ?? []))].sort(),
    bootStarters: values("boot"),
    killsUserProcesses: readKillsUserProcesses(values("logind-user")[0], values("logind")[0]),
    resolvedPaths: Object.fromEntries(
      lines.flatMap((line) => {
        const match = /^path:(\S+) (\S*)$/.exec(line);
        const real = decode(match?.[2] ?? "");
        return match?.[1] && real !== "" ? [[decode(match[1]), real]] : [];
      }),
    ),
  });
}

const decode = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

/** `version 2.18.0.0 build 1 revision …` → `2.18.0.0-b1` */
function readBinaryVersion(line: string): string | undefined {
  const match = /\bversion (\S+) build (\d+)\b/.exec(line);
  const version = match && `${match[1]}-b${match[2]}`;
  return version && parseVersion(version) ? version : undefined;
}

function readAutoFlags(text: string): string[] | null {
  try {
    const file = autoFlagsSchema.parse(JSON.parse(text));
    return [...new Set(file.auto_flags.flatMap((program) => program.flags.map((flag) => flag.name)))].sort();
  } catch {
    return null;
  }
}
