// The steps of the staging script that fetch and install a release. Fixed text like staging-functions.ts.

export const FETCHING = String.raw`
# An address that may hold a password or a signature is handed over by a descriptor: every user of the host can read
# command lines. One without is an argument, which is what an operator expects to find in a process list.
#
# Without descriptor 9, the lock: what outlives a killed run writes into a directory that the next run throws away.
# post_install.sh keeps it, because two of them in one directory must not meet.
fetch_once() {
  if command -v curl >/dev/null 2>&1; then
    if [ -n "$is_private_url" ]; then
      limited curl -sSfL --connect-timeout 20 --speed-time 60 --speed-limit 1 -o "$2" -K /dev/fd/3 3<<END_OF_URL 2>"$work/error" 9>&-
url = "$1"
END_OF_URL
    else
      limited curl -sSfL --connect-timeout 20 --speed-time 60 --speed-limit 1 -o "$2" "$1" 2>"$work/error" 9>&-
    fi
  elif command -v wget >/dev/null 2>&1; then
    if [ -n "$is_private_url" ]; then
      limited wget -q -T 60 -t 1 -O "$2" -i /dev/fd/3 3<<END_OF_URL 2>"$work/error" 9>&-
$1
END_OF_URL
    else
      limited wget -q -T 60 -t 1 -O "$2" "$1" 2>"$work/error" 9>&-
    fi
  else
    die "there is neither curl nor wget on this host." "" "Install one of them, then run pulumi up again."
  fi
}

# Sets reason when it fails. A server's refusal is final; what the network did may be over in a moment.
fetch() {
  for attempt in 1 2 3; do
    fetch_code=0
    fetch_once "$1" "$2" || fetch_code=$?
    [ "$fetch_code" -ne 0 ] || return 0
    rm -f "$2"
    case $fetch_code in
      22 | 8) reason="the server answered with an error"; return 1 ;;
      6) reason="the server's name could not be resolved" ;;
      7 | 4) reason="the server could not be reached" ;;
      18 | 28 | 124 | 137) reason="the download broke off or took too long" ;;
      35 | 51 | 58 | 60 | 5) reason="the server's certificate could not be verified" ;;
      23 | 3) reason="the file could not be written"; return 1 ;;
      *) reason="the download failed (exit code $fetch_code)" ;;
    esac
    seconds_left
    if [ "$attempt" -lt 3 ]; then sleep "$retry_seconds"; fi
  done
  return 1
}

hash_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1" | cut -d ' ' -f 1
  else die "there is neither sha256sum nor shasum on this host." "Without one the archive cannot be checked." "Install coreutils, then run pulumi up again."
  fi
}

download() {
  archive=$work/release.tar.gz
  say "download $shown_url"
  fetch "$url" "$archive" || die "$shown_url could not be downloaded: $reason." "" "Nothing was changed. Check release.url, and that this host reaches it, then run pulumi up again."
  expected=$given_sha256
  source=release.sha256
  if [ -z "$expected" ]; then
    source="the .sha256 beside the archive"
    fetch "$sha256_url" "$work/sha256" || die "no sha256 is known for $version: the program gives none, and $shown_url has no .sha256 beside it ($reason)." "An archive that nobody vouches for is never installed." "Set release.sha256[\"$version\"], then run pulumi up again."
    expected=$(head -n 1 "$work/sha256" | tr 'A-F' 'a-f' | sed -n 's/^\([0-9a-f]\{64\}\)\([[:space:]].*\)\{0,1\}$/\1/p')
    [ -n "$expected" ] || die "the .sha256 beside $shown_url does not begin with 64 hexadecimal digits." "" "Nothing was changed. Correct it, or set release.sha256[\"$version\"], then run pulumi up again."
  fi
  seen=$(hash_of "$archive")
  [ "$seen" = "$expected" ] || die "the archive's sha256 is $seen; $source says $expected." "It is damaged, or not the release that was meant." "Nothing was changed. Compare with the publisher's value; then correct release.sha256, or run pulumi up again."
  say "sha256 $seen is as $source says"
}
`;

export const INSTALLING = String.raw`
has_room() {
  needed=$(($(wc -c <"$archive") / 1024 * 4 + 4))
  free=$(df -Pk "$parent" 2>/dev/null | awk 'END { print $4 }')
  case $free in '' | *[!0-9]*) return 0 ;; esac
  [ "$free" -ge "$needed" ] || die "$parent has $((free / 1024)) MiB free; unpacking needs about $((needed / 1024)) MiB." "A full disk would stop the processes that run here." "Nothing was changed. Free space on this host, then run pulumi up again."
}

# Into a directory beside the final one, so that a rename, which is all or nothing, ends it.
unpack() {
  has_room
  mkdir "$work/tree"
  limited tar -xzof "$archive" -C "$work/tree" 2>"$work/error" 9>&- || die "the archive could not be unpacked: $(first_error "$work/error")." "" "Nothing was changed. Free space on this host, or correct release.url and release.sha256, then run pulumi up again."
  root=$work/tree
  if [ ! -e "$root/bin/post_install.sh" ]; then
    set -- "$root"/*
    if [ $# -eq 1 ] && [ -d "$1" ]; then root=$1; fi
  fi
  [ -f "$root/bin/post_install.sh" ] || die "there is no bin/post_install.sh in the archive, neither at its top nor in its one top directory." "It is not a BMDB release." "Nothing was changed. Check release.url, then run pulumi up again."
  if metadata_of "$root" && ! is_this_release "$root"; then
    die "the archive holds $number build $number_build, not $version." "" "Nothing was changed. Check release.url and what lies there, then run pulumi up again."
  fi
  write_marker "$root/$staging_marker"
  if [ -d "$final" ]; then rmdir "$final" || die "$final came into being meanwhile." "" "Look who made it, then run pulumi up again."; fi
  mv "$root" "$final"
  rm -rf "$work"
  say "unpacked to $final"
}

write_marker() {
  printf 'version=%s\nsha256=%s\nextensions=%s\n' "$version" "$expected" "$extensions_hash" >"$1.$$"
  mv -f "$1.$$" "$1"
}

ending_of() {
  case $1 in 124 | 137) echo "did not finish in $seconds s (release.timeout)" ;; *) echo "failed (exit code $1)" ;; esac
}

# At the final place, because it writes absolute paths into the programs. An interrupted run is repeated.
post_install() {
  chmod +x "$final/bin/post_install.sh"
  : >"$log"
  limited sh -c 'cd "$1" && exec ./bin/post_install.sh' sh "$final" >"$log" 2>&1 || {
    how=$(ending_of $?)
    tail_of "$log" >&2
    die "bin/post_install.sh $how in $final." "Its programs cannot be started yet; the running release was not touched." "Its whole output is in $log. Correct the cause, then run pulumi up again; it goes on with this step."
  }
  say "post_install.sh done"
}

run_extensions() {
  [ -n "$extensions" ] || return 0
  : >"$log"
  # By the environment, because every user of the host can read command lines. Without descriptor 9: what the
  # command leaves running must not keep the lock.
  PULUMI_BMDB_EXTENSIONS=$extensions
  export PULUMI_BMDB_EXTENSIONS
  limited sh -c 'cd "$1" && eval "$PULUMI_BMDB_EXTENSIONS"' sh "$final" >"$log" 2>&1 9>&- || die "the command of release.extensions $(ending_of $?) in $final." "The extensions belong into the new release before any process runs it (I4)." "Its output is in $log on this host. Correct the cause, then run pulumi up again; it goes on from there."
  say "extensions done"
}

verify_programs() {
  has_programs "$final" || die "$final/bin/$missing is missing or not executable." "" "Move $final away if no process uses it, then run pulumi up again."
  answer=$(limited "$final/bin/mserver" --version 2>&1) || answer="it failed: $answer"
  pattern="(^|[^0-9.])$(printf %s "$release" | sed 's/\./[.]/g')([^0-9.]|\$)"
  build_pattern="(build |-b)$build([^0-9]|\$)"
  if ! printf '%s\n' "$answer" | grep -Eq -e "$pattern" || { [ -n "$build" ] && ! printf '%s\n' "$answer" | grep -Eq -e "$build_pattern"; }; then
    die "$final/bin/mserver --version does not name $version: $(printf '%s\n' "$answer" | head -n 1 | tr -cd '\40-\176' | cut -c 1-200)" "" "Check that the archive is the release that was meant. Move $final away, then run pulumi up again."
  fi
}

finish() {
  post_install
  run_extensions
  verify_programs
  write_marker "$final/$staged_marker"
  rm -f "$final/$staging_marker"
  say "release $version staged in $final"
}
`;
