// The part of an act that ends what a process leaves behind: BSQL's processes outlive a DBServer that was killed, hold
// its port, and would keep the new one from starting.
//
// Only what is surely its own is touched: what descended from it before the stop or descends from that, and what runs
// from the release that it ran and holds the BSQL port. A stranger on that port is named, never ended.

/** For `within`, in hundredths of a second. */
export interface ChildrenLimits {
  readonly childrenLimit: number;
  readonly stopLimit: number;
  readonly stopSeconds: number;
  readonly killLimit: number;
}

/** Functions; `say`, `fail`, `gone`, `ticks`, `within` and `listening` are there. A process is `PID:TICKS`. */
export function childrenFunctions(bsqlPort: number | undefined): string[] {
  const hex = bsqlPort === undefined ? "" : bsqlPort.toString(16).toUpperCase().padStart(4, "0");
  return [
    `alive() { [ "$(ticks "\${1%%:*}")" = "\${1#*:}" ] && ! gone "\${1%%:*}"; }`,
    // No program is started per process: a busy host has thousands.
    `processes() { for stat in /proc/[0-9]*/stat; do { read -r line <"$stat"; } 2>/dev/null || continue; case $line in *") "*) ;; *) continue;; esac; id=\${stat#/proc/}; set -f; set -- \${line##*) }; set +f; echo "\${id%/stat} $2 \${20}"; done; }`,
    `descendants() { processes | awk -v roots=" $* " '{ parent[$1] = $2; ticks[$1] = $3 } END { for (id in parent) { up = id; for (n = 0; n < 64 && up in parent && !index(roots, " " up " "); n++) up = parent[up]; if (n > 0 && index(roots, " " up " ")) print id ":" ticks[id] } }'; }`,
    'sockets() { ls -l "/proc/$1/fd" 2>/dev/null | sed -n "s/.*socket:\\[\\([0-9]*\\)\\].*/\\1/p"; }',
    // `PID` of whoever of us holds a socket of these inodes.
    `owners() { ls -l /proc/[0-9]*/fd 2>/dev/null | awk -v inodes=" $* " '/^\\/proc\\// { split($1, part, "/"); id = part[3] } match($0, /socket:\\[[0-9]+\\]/) { inode = substr($0, RSTART + 8, RLENGTH - 9); if (index(inodes, " " inode " ")) print id }' | sort -u; }`,
    `bsql_inodes() { listening | awk -v port=":${hex}" 'port != ":" && substr($1, length($1) - 4) == port { print $2 }'; }`,
    `of_release() { exe=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1; case \${exe% (deleted)} in */bin/mserver|*/bin/dbserver) return 1;; "$old"/*) [ -n "$old" ];; *) return 1;; esac; }`,
    'bsql_left() { inodes=$(bsql_inodes | tr "\\n" " "); [ -n "$inodes" ] || return 0; for each in $(owners $inodes); do if of_release "$each"; then echo "$each:$(ticks "$each")"; fi; done; }',
    `left() { here=; for each in $kin; do if alive "$each"; then echo "$each"; here="$here \${each%%:*}"; fi; done; [ -z "$here" ] || descendants $here; bsql_left; }`,
    'none_left() { rest=$(left | sort -u | tr "\\n" " "); [ -z "$rest" ]; }',
    `signal_rest() { for each in $rest; do if alive "$each"; then kill "-$1" "\${each%%:*}" 2>/dev/null; fi; done; }`,
    "none_left_killing() { none_left || { signal_rest KILL; return 1; }; }",
    `names() { for each in "$@"; do comm=$(tr -dc "[:print:]" 2>/dev/null <"/proc/\${each%%:*}/comm"); [ -z "$comm" ] || printf "%s (%s) " "\${each%%:*}" "$comm"; done; }`,
  ];
}

/** Before the stop: the process `$pid` still shows what it started. */
export const rememberChildren = [
  `oldexe=$(readlink "/proc/$pid/exe" 2>/dev/null); old=$oldexe; old=\${old% (deleted)}; case $old in */bin/*) old=\${old%/bin/*};; *) old=;; esac`,
  "kin=$(descendants \"$pid\" | tr '\\n' ' ')",
];

/** After the end of `$pid`. */
export const endChildren = ({ childrenLimit, stopLimit, stopSeconds, killLimit }: ChildrenLimits): string[] => [
  "if ! none_left; then",
  '  say "left behind $(names $rest)"',
  `  if ! within ${childrenLimit} none_left; then`,
  '    say "ending $(names $rest)"; signal_rest TERM',
  `    within ${stopLimit} none_left || { say "killed $(names $rest)after ${stopSeconds} s"; within ${killLimit} none_left_killing || fail "processes that it left behind do not end, not even by SIGKILL: $(names $rest)"; }`,
  "  fi",
  '  say "nothing is left behind"',
  "fi",
];
