// The answers of a host about the release that lies ready, and about its details.

import { listFlagsOf } from "../../release/known-releases";
import type { MemoryCluster } from "../memory-cluster";
import { HOME, type MemoryHost, STATE_DIR } from "../memory-host";
import { actsOn } from "./act";
import { renderMetadata } from "./host-facts";
import { expectLines, readPath, readWords } from "./words";

const STAGED_LINES: readonly (string | RegExp)[] = [
  /^dir=("\$HOME"\/)?'[^']*'$/,
  'real=$(cd "$dir" 2>/dev/null && pwd -P) && dir=$real',
  'printf "dir %s\\n" "$dir"',
  'if [ -e "$dir/.pulumi-bmdb-staging" ]; then echo "metadata none"; elif [ -r "$dir/version_metadata.json" ]; then printf "metadata %s\\n" "$(tr -d "\\n" <"$dir/version_metadata.json")"; else echo "metadata none"; fi',
  'if [ -x "$dir/bin/mserver" ] && [ -x "$dir/bin/dbserver" ] && [ -x "$dir/bin/bm-admin" ]; then echo "binaries yes"; else echo "binaries no"; fi',
  'for role in mserver dbserver; do if [ -r "$HOME/.pulumi-bmdb/$role.act" ]; then echo "act $role $(head -n 1 "$HOME/.pulumi-bmdb/$role.act")"; fi; done',
  'for role in mserver dbserver; do if [ -s "$HOME/.pulumi-bmdb/$role.act.pid" ]; then pid=$(cat "$HOME/.pulumi-bmdb/$role.act.pid"); if [ -d "/proc/$pid" ] && grep -q "$role.act.sh" "/proc/$pid/cmdline" 2>/dev/null; then echo "acting $role"; fi; fi; done',
  "echo end",
];

const known = new Map<string, string>();

export function answerStagedRelease(host: MemoryHost, command: string): string {
  let dir = known.get(command);
  if (dir === undefined) {
    const lines = command.split("\n");
    expectLines("the question about a release", lines, STAGED_LINES);
    dir = readPath(lines[0]?.slice(4) ?? "", HOME);
    known.set(command, dir);
  }
  const version = host.releases.get(dir);
  const acts = (["mserver", "dbserver"] as const).flatMap((role) => {
    const report = host.files.get(`${STATE_DIR}/${role}.act`);
    return report === undefined ? [] : [`act ${role} ${report.split("\n", 1)[0]}`];
  });
  return [
    `dir ${dir}`,
    `metadata ${version === undefined ? "none" : renderMetadata(version)}`,
    `binaries ${version === undefined ? "no" : "yes"}`,
    ...acts,
    ...[...actsOn(host)].sort().map((role) => `acting ${role}`),
    "end\n",
  ].join("\n");
}

export const isHostDetails = (command: string): boolean => command.includes("pulumi-bmdb host-details 1 end");

const DETAIL_LINES: readonly (string | RegExp)[] = [
  "LC_ALL=C; export LC_ALL",
  `put() { printf '%s ' "$1"; printf '%s' "$2" | base64 -w0; echo; }`,
  /^dir=("\$HOME"\/)?'[^']*'$/,
  'put kilobytes "$(du -sk "$dir" 2>/dev/null | cut -f1)"',
  /^put binary "\$\(timeout \d+ "\$dir\/bin\/mserver" --version <\/dev\/null 2>\/dev\/null \| head -n 1\)"$/,
  `controls() { for f in "$2"/share/postgresql/extension/*.control "$2"/postgres/share/extension/*.control; do if [ -e "$f" ]; then n=\${f##*/}; put "$1" "\${n%.control}"; fi; done; }`,
  'controls extension "$dir"',
  'old_flags() { if [ -r "$1/auto_flags.json" ]; then put running-auto-flags "$(head -c 2000000 "$1/auto_flags.json")"; elif [ -e "$1/auto_flags.json" ] || [ ! -r "$1/version_metadata.json" ]; then put running-auto-flags-unread "$1"; fi; }',
  `for pid in $(pgrep -x mserver) $(pgrep -x dbserver); do if exe=$(readlink "/proc/$pid/exe" 2>/dev/null); then controls running-extension "\${exe%/bin/*}"; old_flags "\${exe%/bin/*}"; else put running-auto-flags-unread "$pid"; fi; done`,
  'if [ -r "$dir/auto_flags.json" ]; then put auto-flags "$(head -c 2000000 "$dir/auto_flags.json")"; fi',
  /^put 'path:[A-Za-z0-9+/=]+' "\$\(readlink -f -- '[^']*'\)"$/,
  "echo 'pulumi-bmdb host-details 1 end'",
];

// How it is found what a host starts at boot is a real host's matter; what is found is answered below.
const BOOT = /^boot\(\) \{[\s\S]*?^for f in \/etc\/cron\.d\/\* [\s\S]*?; done\n/m;
const LOGIND = /^if grep -q '\/session-[\s\S]*?; fi\n/m;

export function answerHostDetails(cluster: MemoryCluster, host: MemoryHost, command: string): string {
  // Hosts in memory have no logind, as the cgroups of their processes say.
  const lines = command.replace(LOGIND, "").replace(BOOT, "").split("\n");
  expectLines("the question about a host's details", lines, DETAIL_LINES);
  const dir = readPath(lines.find((line) => line.startsWith("dir="))?.slice(4) ?? "", HOME);
  const version = host.releases.get(dir);
  const answers: [string, string][] = [["kilobytes", version === undefined ? "" : "400000"]];
  answers.push(["binary", version === undefined ? "" : `version ${version} build 1 revision 0 build_type RELEASE`]);
  if (version !== undefined) for (const name of extensionsOf(cluster, host, version)) answers.push(["extension", name]);
  for (const process of host.processes) {
    for (const name of extensionsOf(cluster, host, process.version)) answers.push(["running-extension", name]);
    answers.push(["running-auto-flags", renderAutoFlags(process.version)]);
  }
  if (version !== undefined) answers.push(["auto-flags", renderAutoFlags(version)]);
  for (const start of host.bootStarts)
    answers.push(["boot", `crontab: ${HOME}/softwarebm-${start.version}/bin/${start.role}`]);
  answers.push(["logind-user", ""], ["logind", ""]);
  for (const line of lines) {
    const path = /^put '(path:\S+)' "\$\(readlink -f -- ('.*')\)"$/.exec(line);
    if (path?.[1] !== undefined && path[2] !== undefined) answers.push([path[1], readWords(path[2])[0] ?? ""]);
  }
  const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
  return `${answers.map(([key, value]) => `${key} ${base64(value)}`).join("\n")}\npulumi-bmdb host-details 1 end\n`;
}

/** An ordered fault puts one into the running release that the new one lacks. */
function extensionsOf(cluster: MemoryCluster, host: MemoryHost, version: string): string[] {
  const more = cluster.faults.all.flatMap((fault) =>
    fault.kind === "extension_missing" &&
    (fault.host === undefined || fault.host === host.name) &&
    (fault.release ?? cluster.options.version) === version
      ? [fault.name ?? "postgis"]
      : [],
  );
  return ["pgcrypto", "pg_stat_statements", ...more];
}

const autoFlags = new Map<string, string>();

function renderAutoFlags(version: string): string {
  let text = autoFlags.get(version);
  if (text === undefined) {
    const programs = (["mserver", "dbserver"] as const).map((program) => ({
      program,
      flags: listFlagsOf(version, program),
    }));
    text = JSON.stringify({ auto_flags: programs });
    autoFlags.set(version, text);
  }
  return text;
}
