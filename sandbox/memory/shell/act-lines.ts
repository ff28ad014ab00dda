// Lines of an act that only prepare: functions, and what is remembered of the process before its stop. Hosts in memory have
// no children of processes, so what looks after them finds nothing.

const FUNCTIONS =
  "say|fail|ticks|gone|now|within|listening|alive|processes|descendants|sockets|owners|bsql_inodes|of_release|bsql_left|left|none_left|signal_rest|none_left_killing|names|busy|started_again|free|numbers";

export const PREPARING_LINES: readonly (string | RegExp)[] = [
  "umask 077",
  'cd "$HOME/.pulumi-bmdb" || exit 1',
  new RegExp(`^(?:${FUNCTIONS})\\(\\) \\{.*\\}$`),
  /^(?:oldexe=\$\(readlink "\/proc\/\$pid\/exe" 2>\/dev\/null\); old=\$oldexe|old=\$\(readlink "\/proc\/\$pid\/exe" 2>\/dev\/null\)); old=\$\{old% \(deleted\)\}; case \$old in .* esac$/,
  "kin=$(descendants \"$pid\" | tr '\\n' ' ')",
  `inodes=$(for each in "$pid" $kin; do sockets "\${each%%:*}"; done | tr "\\n" " ")`,
  'ports=$(listening | awk -v inodes=" $inodes" \'index(inodes, " " $2 " ") { print $1 }\' | sort -u)',
  "if ! none_left; then",
  /^ {2}(?:say "|if ! within|fi$)/,
  /^ {4}(?:say "ending|within \d+ none_left)/,
  "fi",
  "# end of act",
];
