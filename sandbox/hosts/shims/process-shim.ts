import { shellQuote } from "../quote";

/**
 * `pgrep` and `pkill` of a host: the machine's pgrep does the matching, and only pids of this host are kept.
 *
 * A process is of the host when it carries the host's mark in its environment, or when its binary or its
 * working directory lies below the host's directory (a process may be started with an environment of its own).
 * `-n`, `-o`, `-c` and `-d` are done here, because they must look at what is left, not at the whole machine.
 */
export function renderProcessShim(program: "pgrep" | "pkill", realPgrep: string): string {
  return `#!/bin/sh
# Made by the sandbox: ${program} that reaches only the processes of this host.
program=${program}
real=${shellQuote(realPgrep)}
${BODY}`;
}

// Everything below is text of a POSIX shell script; it must run in dash, bash and busybox sh.
const BODY = String.raw`
signal=TERM pick= count= delimiter='
' echo_names= quiet=

# The arguments that are left for pgrep, quoted for eval.
passed=
pass() {
  passed="$passed '$(printf %s "$1" | sed "s/'/'\\\\''/g")'"
}

# -xo and the like: takes out the letters that are done here.
split_letters() {
  letters=\${1#-}
  kept=
  while [ -n "$letters" ]; do
    rest=\${letters#?}
    letter=\${letters%"$rest"}
    letters=$rest
    case $letter in
      n) pick=newest ;;
      o) pick=oldest ;;
      c) count=1 ;;
      e) if [ "$program" = pkill ]; then echo_names=1; else kept=$kept$letter; fi ;;
      d | F | g | G | P | s | t | u | U | r | q)
        value=$letters
        letters=
        if [ -z "$value" ]; then
          value=$2
          used=2
        fi
        case $letter in
          d) delimiter=$value ;;
          q) ;;
          *)
            pass "-$letter"
            pass "$value"
            ;;
        esac
        ;;
      *) kept=$kept$letter ;;
    esac
  done
  if [ -n "$kept" ]; then pass "-$kept"; fi
}

while [ $# -gt 0 ]; do
  used=1
  case $1 in
    --)
      while [ $# -gt 0 ]; do pass "$1"; shift; done
      break
      ;;
    --newest) pick=newest ;;
    --oldest) pick=oldest ;;
    --count) count=1 ;;
    --echo) echo_names=1 ;;
    --quiet) quiet=1 ;;
    --signal=*) signal=\${1#*=} ;;
    --signal) signal=$2 used=2 ;;
    --delimiter=*) delimiter=\${1#*=} ;;
    --delimiter) delimiter=$2 used=2 ;;
    --*) pass "$1" ;;
    -[0-9]* | -[A-Z][A-Z]*)
      if [ "$program" = pkill ]; then signal=\${1#-}; else split_letters "$1" "\${2-}"; fi
      ;;
    -?*) split_letters "$1" "\${2-}" ;;
    *) pass "$1" ;;
  esac
  shift
  if [ "$used" = 2 ] && [ $# -gt 0 ]; then shift; fi
done
signal=\${signal#SIG}

newline='
'
belongs() {
  environment=$(tr '\0' '\n' 2>/dev/null <"/proc/$1/environ") 2>/dev/null
  case "$newline$environment$newline" in
    *"\${newline}BMDB_SANDBOX_ID=$BMDB_SANDBOX_ID$newline"*)
      # The mark decides where it is there at all: a process of another host may stand in this one's directory.
      case "$newline$environment$newline" in
        *"\${newline}BMDB_SANDBOX_HOST=$BMDB_SANDBOX_HOST$newline"*) return 0 ;;
        *"\${newline}BMDB_SANDBOX_HOST="*) return 1 ;;
      esac
      ;;
  esac
  case "$(readlink "/proc/$1/exe" 2>/dev/null)" in "$BMDB_SANDBOX_ROOT"/*) return 0 ;; esac
  case "$(readlink "/proc/$1/cwd" 2>/dev/null)" in "$BMDB_SANDBOX_ROOT" | "$BMDB_SANDBOX_ROOT"/*) return 0 ;; esac
  return 1
}

started_at() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null)
  set -- \${stat##*) }
  printf %s "\${20-0}"
}

found=$(eval "$real $passed")
code=$?
if [ $code -gt 1 ]; then exit $code; fi

kept_lines= kept_count=0 best=
while IFS= read -r line; do
  pid=\${line%% *}
  if [ -z "$pid" ] || [ "$pid" = $$ ] || ! belongs "$pid"; then continue; fi
  if [ -n "$pick" ]; then
    at=$(started_at "$pid")
    case $pick in newest) better=-ge ;; *) better=-lt ;; esac
    if [ -n "$best" ] && ! [ "$at" $better "$best" ]; then continue; fi
    best=$at kept_lines= kept_count=0
  fi
  kept_lines=$kept_lines$line$newline
  kept_count=$((kept_count + 1))
done <<END_OF_FOUND
$found
END_OF_FOUND

if [ "$program" = pkill ]; then
  signalled=0
  while IFS= read -r line; do
    pid=\${line%% *}
    if [ -z "$pid" ]; then continue; fi
    name=$(cat "/proc/$pid/comm" 2>/dev/null)
    # A process that ended in between is not an error: it is what was asked for.
    if kill -s "$signal" "$pid" 2>/dev/null; then
      signalled=$((signalled + 1))
      if [ -n "$echo_names" ]; then echo "$name killed (pid $pid)"; fi
    fi
  done <<END_OF_KEPT
$kept_lines
END_OF_KEPT
  if [ -n "$count" ]; then echo "$signalled"; fi
  [ "$signalled" -gt 0 ]
  exit
fi

if [ -n "$count" ]; then
  echo "$kept_count"
elif [ "$kept_count" -gt 0 ] && [ -z "$quiet" ]; then
  first=1
  while IFS= read -r line; do
    if [ -z "$line" ]; then continue; fi
    if [ -n "$first" ]; then printf %s "$line"; else printf '%s%s' "$delimiter" "$line"; fi
    first=
  done <<END_OF_KEPT
$kept_lines
END_OF_KEPT
  echo
fi
[ "$kept_count" -gt 0 ]
`.replaceAll("\\${", "${");
