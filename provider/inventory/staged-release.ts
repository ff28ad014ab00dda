// What one host holds ready: the wanted release, and what our last act on each process was.

import { type Parsed, parsed, unparsed } from "../model/fact";
import type { StagedRelease } from "../model/inventory";
import { quoteWord } from "../model/quote";
import { parseProcessVersion } from "./parse/process-version";

/** A path of the release on a host; a leading `~/` is the ssh user's home, expanded there. */
export const releaseDirWord = (installDir: string, version: string): string => {
  const path = installDir.replaceAll("{version}", version);
  return path.startsWith("~/") ? `"$HOME"/${quoteWord(path.slice(2))}` : quoteWord(path);
};

export interface HostRelease {
  readonly staged: StagedRelease;
  /** Per role the release that an act of ours was to start, when that act did not end well or its process was not proven yet. */
  readonly inHand: Readonly<Record<string, string>>;
  /** Roles whose process an act of ours is stopping or starting at this moment, whichever run launched it. */
  readonly actsUnderWay: readonly string[];
}

export function buildStagedReleaseCommand(installDir: string, version: string): string {
  return [
    `dir=${releaseDirWord(installDir, version)}`,
    // As /proc will show the binaries that run from there.
    'real=$(cd "$dir" 2>/dev/null && pwd -P) && dir=$real',
    // printf and not echo, which would read backslashes in the file as its own.
    'printf "dir %s\\n" "$dir"',
    // A staging that is still under way, or was interrupted: whatever lies there is not ready.
    'if [ -e "$dir/.pulumi-bmdb-staging" ]; then echo "metadata none"; elif [ -r "$dir/version_metadata.json" ]; then printf "metadata %s\\n" "$(tr -d "\\n" <"$dir/version_metadata.json")"; else echo "metadata none"; fi',
    'if [ -x "$dir/bin/mserver" ] && [ -x "$dir/bin/dbserver" ] && [ -x "$dir/bin/bm-admin" ]; then echo "binaries yes"; else echo "binaries no"; fi',
    'for role in mserver dbserver; do if [ -r "$HOME/.pulumi-bmdb/$role.act" ]; then echo "act $role $(head -n 1 "$HOME/.pulumi-bmdb/$role.act")"; fi; done',
    // As the launch of an act asks, so that a pid that was given to somebody else is not taken for one.
    'for role in mserver dbserver; do if [ -s "$HOME/.pulumi-bmdb/$role.act.pid" ]; then pid=$(cat "$HOME/.pulumi-bmdb/$role.act.pid"); if [ -d "/proc/$pid" ] && grep -q "$role.act.sh" "/proc/$pid/cmdline" 2>/dev/null; then echo "acting $role"; fi; fi; done',
    "echo end",
  ].join("\n");
}

export function parseStagedRelease(output: string): Parsed<HostRelease> {
  const lines = output.split("\n").filter((line) => line !== "");
  if (lines.at(-1) !== "end") return unparsed("the host's answer about its releases is cut off");
  const after = (word: string): string | undefined =>
    lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
  const dir = after("dir");
  const metadata = after("metadata");
  if (!dir?.startsWith("/") || metadata === undefined)
    return unparsed("the host's answer about its releases is not understood");
  const release = parseProcessVersion(metadata);
  const inHand: Record<string, string> = {};
  for (const line of lines) {
    const match = /^act (mserver|dbserver) act \S+ (\S+)$/.exec(line);
    if (match?.[1] && match[2]) inHand[match[1]] = match[2];
  }
  return parsed({
    staged: { dir, version: release.ok ? release.value.release : null, hasBinaries: after("binaries") === "yes" },
    inHand,
    actsUnderWay: lines.flatMap((line) => /^acting (mserver|dbserver)$/.exec(line)?.[1] ?? []),
  });
}
