// What the staging script does with what it finds: nothing, a look, the rest of an earlier run, or everything. Fixed text
// like staging-functions.ts.

export const DECIDING = `
check_sha256() {
  expected=$(field sha256 "$1")
  [ -z "$given_sha256" ] || [ "$given_sha256" = "$expected" ]
}

# Exits when nothing is left to be done; returns when the lock is needed.
judge_staged() {
  marker=$final/$staged_marker
  [ "$(field version "$marker")" = "$version" ] || die "$final holds $(field version "$marker") by our marker, not $version." "" "Look who renamed it. Move it away if no process uses it, then run pulumi up again."
  check_sha256 "$marker" || die "$final was staged from an archive with sha256 $expected; release.sha256 now says $given_sha256." "One of the two is not the release that was meant." "Correct release.sha256; or, if no process uses $final, move it away and run pulumi up again."
  if [ "$(field extensions "$marker")" = "$extensions_hash" ]; then
    say "release $version already staged in $final"
    exit 0
  fi
  if [ -z "$extensions" ]; then
    say "release $version already staged in $final; the command that release.extensions once held was run there"
    exit 0
  fi
  if is_in_use "$final"; then
    die "release.extensions changed, and process $user_pid runs from $final." "Files under a running process are never changed." "Put the former command back; give the new one together with the next version; then run pulumi up again."
  fi
}

judge_foreign() {
  has_programs "$final" || die "$final is not of our making, and its bin/$missing is missing or not executable." "What lies there is never changed by us." "Complete it, or move it away if no process uses it, then run pulumi up again."
  is_this_release "$final" || die "$final is not of our making, and its version_metadata.json does not say $version." "What lies there is never changed by us." "Move it away if no process uses it, or set release.installDir to another place, then run pulumi up again."
  say "release $version found in $final, verified, left as it is"
  if [ -n "$extensions" ]; then say "the command of release.extensions was not run there"; fi
  exit 0
}

look() {
  case $(state_of_final) in
    staged) judge_staged ;;
    foreign) judge_foreign ;;
    other) die "$final is not a directory." "" "Move it away, or set release.installDir to another place, then run pulumi up again." ;;
    started) ;;
    absent)
      if runs_elsewhere; then
        say "release $version already runs from $elsewhere, verified, left as it is; nothing staged in $final"
        exit 0
      fi
      ;;
  esac
}

main() {
  exec </dev/null
  umask 022
  child= work= held=
  started=$(date +%s)
  state=$HOME/.pulumi-bmdb
  log=$state/staging-$version.log
  parent=$(dirname "$final")
  look
  trap cleanup EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  take_lock
  # Another run may have finished while this one waited.
  look
  # The lock is ours, so what other runs left beside the final place belongs to nobody.
  rm -rf "$final".staging.*
  (umask 077 && : >>"$log")
  case $(state_of_final) in
    staged)
      run_extensions
      verify_programs
      write_marker "$final/$staged_marker"
      say "release $version staged in $final"
      exit 0
      ;;
    started)
      if is_in_use "$final"; then
        die "process $user_pid runs from $final, which was never completed." "Files under a running process are never changed." "Stop that process, then run pulumi up again."
      fi
      if [ "$(field version "$final/$staging_marker")" = "$version" ] && check_sha256 "$final/$staging_marker"; then
        say "going on with $final, which an earlier run unpacked"
        finish
        exit 0
      fi
      # Ours, incomplete, unused, and of another archive: nobody can miss it.
      mv "$final" "$final.staging.discarded"
      rm -rf "$final.staging.discarded"
      ;;
  esac
  work=$final.staging.$$
  mkdir -p "$parent" && mkdir -m 700 "$work" || die "$work could not be created." "" "Make $parent writable for the ssh user, or set release.installDir to another place, then run pulumi up again."
  download
  unpack
  finish
}
`;
