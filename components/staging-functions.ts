// The fixed part of the staging script: POSIX sh, the same for every release and host. What differs is set as
// variables before it by staging-script.ts. It must run in dash, bash and busybox sh alike.
//
// No `${…}` in here, so that the text stays plain inside a template.

/** Names in the release directory. The staged marker is written last: a directory without it is not ready. */
export const STAGED_MARKER = ".pulumi-bmdb-staged";
export const STAGING_MARKER = ".pulumi-bmdb-staging";

export const REPORTING = String.raw`
say() { printf '%s\n' "$1"; }

# what was seen, why that matters (may be empty), what to do next
die() {
  {
    printf 'staging release %s stopped\n  what  %s\n' "$version" "$1"
    if [ -n "$2" ]; then printf '  why   %s\n' "$2"; fi
    printf '  next  %s\n' "$3"
  } >&2
  exit 1
}

seconds_left() {
  left=$((seconds - $(date +%s) + started))
  if [ "$left" -lt 1 ]; then
    die "it took longer than $seconds s." "" "What was complete is kept. Raise release.timeout if the download is slow, then run pulumi up again."
  fi
}

# Runs a program until it ends or the time is up. In the background, because a shell handles a signal only
# between foreground programs, and an interrupted download must be cleaned up at once.
limited() {
  seconds_left
  if timeout -k 1 5 true 2>/dev/null; then
    timeout -k 5 "$left" "$@" &
  else
    "$@" &
  fi
  child=$!
  code=0
  wait "$child" || code=$?
  child=
  return "$code"
}

# The last lines of a log, without what could steer a terminal.
# What tar and gzip say first is the cause; their last words are that they end.
first_error() { grep -v -e 'Ignoring unknown' -e '^$' "$1" | head -n 1 | tr -cd '\40-\176'; }
tail_of() { tail -n 5 "$1" | tr -cd '\11\12\40-\176'; }

cleanup() {
  if [ -n "$child" ]; then kill "$child" 2>/dev/null || :; fi
  if [ -n "$work" ]; then rm -rf "$work"; fi
  if [ -n "$held" ]; then rm -f "$held"; fi
}
`;

export const LOCKING = `
boot_id() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo none; }
# When a process started, so that a pid that was given to another one is not taken for it.
start_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

is_alive() {
  [ "$2" = "$(boot_id)" ] && [ -d "/proc/$1" ] && [ "$3" = "$(start_of "$1")" ]
}

refuse_lock() {
  die "another staging run holds $lock on this host." "Two runs would unpack into the same directory." "Wait until it has finished, then run pulumi up again."
}

# One staging run per user and host. flock where there is one: the kernel gives it back however a run ends.
take_lock() {
  # Of two runs that begin together, one finds it made.
  mkdir -m 700 "$state" 2>/dev/null || [ -d "$state" ] || die "$state could not be created." "" "Give the ssh user a home directory that it may write to, then run pulumi up again."
  lock=$state/staging.lock
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$lock"
    seconds_left
    flock -w "$left" 9 || refuse_lock
    return 0
  fi
  # A link is made at once with its content, the owner; so no lock is ever seen without one.
  owner="$$ $(boot_id) $(start_of $$)"
  until ln -s "$owner" "$lock.link" 2>/dev/null; do
    other=$(readlink "$lock.link") || other=
    # shellcheck disable=SC2086
    if [ -n "$other" ] && ! is_alive $other; then
      # Of several runs that see the dead owner, one moves its link away. If it was a new owner's, it goes back.
      if mv "$lock.link" "$lock.link.$$" 2>/dev/null; then
        if [ "$(readlink "$lock.link.$$")" = "$other" ]; then rm -f "$lock.link.$$"; else mv "$lock.link.$$" "$lock.link"; fi
      fi
      continue
    fi
    left=$((seconds - $(date +%s) + started))
    [ "$left" -ge 1 ] || refuse_lock
    sleep 1
  done
  held=$lock.link
}
`;

export const LOOKING = String.raw`
# Asked without the lock too: another run may finish between two of the questions. It writes the one marker before it
# takes the other away, so the third question finds what the first was too early for.
state_of_final() {
  if [ ! -e "$final" ]; then
    if [ -L "$final" ]; then echo other; else echo absent; fi
  elif [ -f "$final/$staged_marker" ]; then echo staged
  elif [ -f "$final/$staging_marker" ]; then echo started
  elif [ -f "$final/$staged_marker" ]; then echo staged
  elif [ -e "$final" ] && [ ! -d "$final" ]; then echo other
  elif [ -z "$(ls -A "$final" 2>/dev/null)" ]; then echo absent
  else echo foreign
  fi
}

field() { sed -n "s/^$1=//p" "$2" | head -n 1; }

# What version_metadata.json says about itself: "2.18.0.0 68".
metadata_of() {
  [ -r "$1/version_metadata.json" ] || return 1
  number=$(sed -n 's/.*"version_number"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$1/version_metadata.json" | head -n 1)
  number_build=$(sed -n 's/.*"build_number"[[:space:]]*:[[:space:]]*"\{0,1\}\([0-9A-Za-z_]*\).*/\1/p' "$1/version_metadata.json" | head -n 1)
  [ -n "$number" ]
}

is_this_release() {
  metadata_of "$1" || return 1
  [ "$number" = "$release" ] || return 1
  [ -z "$build" ] || [ "$number_build" = "$build" ]
}

# Sets user_pid when a process runs from the directory. Where processes cannot be seen, it may be in use.
is_in_use() {
  user_pid=unknown
  [ -e /proc/self/exe ] || return 0
  real=$(cd "$1" && pwd -P) || return 0
  for entry in /proc/[0-9]*; do
    program=$(readlink "$entry/exe" 2>/dev/null) || program=
    if [ -z "$program" ]; then
      # Another user's process: only its command line can be read.
      program=$(tr '\0' '\n' 2>/dev/null <"$entry/cmdline" | head -n 1) || program=
    fi
    case $program in "$real"/* | "$final"/*) user_pid=$(basename "$entry"); return 0 ;; esac
  done
  return 1
}

# Sets elsewhere when every BMDB process of this host runs this very release from one other directory.
runs_elsewhere() {
  elsewhere=
  pids=$(pgrep -x 'mserver|dbserver' 2>/dev/null) || return 1
  for pid in $pids; do
    program=$(readlink "/proc/$pid/exe" 2>/dev/null) || return 1
    directory=$(dirname "$(dirname "$program")")
    [ -z "$elsewhere" ] || [ "$elsewhere" = "$directory" ] || return 1
    elsewhere=$directory
  done
  [ -n "$elsewhere" ] && has_programs "$elsewhere" && is_this_release "$elsewhere"
}

has_programs() {
  for missing in mserver dbserver bm-admin; do
    [ -f "$1/bin/$missing" ] && [ -x "$1/bin/$missing" ] || return 1
  done
}
`;
