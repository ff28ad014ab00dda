// Where a process writes its log files, found out while it still runs and kept on its host: when it has died nobody tells.
//
// Three witnesses, each as good as it is there: the log file that it holds open, the flags that it was started with
// (its flag file included), and the place below its data directory that holds when no flag says another.

import type { Role } from "../model/desired";
import { quoteWord } from "../model/quote";

/** Shell lines that write `ROLE.log-dirs` into the current directory, one directory a line. They never fail. */
export function buildLogDirsLines(role: Role, args: readonly string[], pid: number | undefined): string[] {
  const flagFile = flagOf(args, "flagfile");
  const given = flagOf(args, "log_dir");
  const data = flagOf(args, "fs_data_dirs")?.split(",")[0];
  return [
    `flagfile=${quoteWord(flagFile ?? "")}; data=${quoteWord(data ?? "")}`,
    // Like gflags: `--name=value` or `--name value`, one or two dashes.
    `in_file() { [ -r "$flagfile" ] && sed -n "s/^[[:space:]]*--\\{0,1\\}$1[=[:space:]]\\{1,\\}//p" "$flagfile" | tail -n 1 | tr -d "\\"'"; }`,
    `[ -n "$data" ] || { data=$(in_file fs_data_dirs); data=\${data%%,*}; }`,
    "{",
    ...(pid === undefined
      ? []
      : [`ls -l /proc/${pid}/fd 2>/dev/null | sed -n 's|.* -> \\(/.*\\)/[^/]*INFO[^/]*$|\\1|p'`]),
    given === undefined ? "in_file log_dir" : `printf '%s\\n' ${quoteWord(given)}`,
    'if [ -n "$data" ]; then for each in "$data"/*-data/*/logs; do [ ! -d "$each" ] || printf "%s\\n" "$each"; done; fi',
    `} 2>/dev/null | grep '^/' | sort -u >${quoteWord(`${role}.log-dirs`)} || :`,
  ];
}

function flagOf(args: readonly string[], name: string): string | undefined {
  const index = args.findLastIndex((arg) => [`-${name}`, `--${name}`].includes(arg.split("=")[0] ?? ""));
  const [, ...value] = args[index]?.split("=") ?? [];
  return index < 0 ? undefined : value.length > 0 ? value.join("=") : args[index + 1];
}
