#!/usr/bin/env bash
# BMDB's upgrade procedure as a plain loop over ssh, as a careful DBA writes it: what `npm run bench` compares a roll with.
#
#   VERSION=2.18.0.0 MSERVERS="db1 db2 db3" DBSERVERS="db1 db2 db3" benchmarks/loop.sh stage
#   VERSION=… MSERVERS=… DBSERVERS=… benchmarks/loop.sh roll
#
# Rule ids are those of the procedure. Lines that begin with @ say when something happened, in microseconds since the epoch.
set -euo pipefail

: "${VERSION:?the release to install}" "${MSERVERS:?addresses, separated by blanks}" "${DBSERVERS:?addresses}"
: "${PAUSE:=60}" "${SSH_USER:=bigmath}" "${SSH_PORT:=22}" "${SSH_KEY:=$HOME/.ssh/id_ed25519}"
: "${KNOWN_HOSTS:=$HOME/.ssh/known_hosts}" "${DOWNLOADS:=https://downloads.bigmath.com}"
: "${STOP_SECONDS:=60}" "${HEALTH_SECONDS:=600}" "${AUTO_FLAGS_SECONDS:=2}"

dir="softwarebm-$VERSION"
addresses=$(printf '%s:11000\n' $MSERVERS | paste -sd ,)

mark() { echo "@${EPOCHREALTIME/[.,]/} $*"; }
give_up() { echo "$*" >&2; exit 1; }

# A connection for each command; a host whose key is not in known_hosts is refused.
on() {
  local host=$1
  shift
  ssh -n -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o "UserKnownHostsFile=$KNOWN_HOSTS" \
    -o IdentitiesOnly=yes -i "$SSH_KEY" -p "$SSH_PORT" "$SSH_USER@$host" "$*"
}

page() { curl --silent --fail --max-time 5 "http://$1" | tr -d ' \n'; }

stage() { # I1, I2, I3
  local host
  for host in $(printf '%s\n' $MSERVERS $DBSERVERS | sort -u); do
    on "$host" "[ -e $dir/.post_install.sh.completed ] || { wget -q $DOWNLOADS/bigmath-$VERSION.tar.gz && mkdir -p $dir &&
      tar xf bigmath-$VERSION.tar.gz -C $dir && rm bigmath-$VERSION.tar.gz && cd $dir && ./bin/post_install.sh; }"
  done
}

stop() { # M1, D1
  on "$2" "pkill -x $1; for i in \$(seq $((STOP_SECONDS * 5))); do pgrep -x $1 >/dev/null || exit 0; sleep 0.2; done; exit 1" ||
    give_up "$1 on $2 does not end"
}

start() { # M2, M3, D2, D3
  on "$2" "cd $dir && { setsid ./bin/$1 --flagfile ~/conf/$1.conf >>~/logs/$1.out 2>&1 </dev/null & }"
}

# P1, M4, D4: it runs the new release, and the cluster's own pages complain about nothing.
is_healthy() {
  local role=$1 host=$2 masters servers health port=9000
  [ "$role" = mserver ] && port=10000
  page "$host:$port/api/v1/version" | grep -q "\"version_number\":\"$VERSION\"" || return 1
  masters=$(page "${MSERVERS%% *}:10000/api/v1/masters") || return 1
  [[ $masters != *'"error"'* && $masters == *'"role":"LEADER"'* ]] || return 1
  health=$(page "${MSERVERS%% *}:10000/api/v1/health-check") || return 1
  [[ $health == *'"dead_nodes":[]'* && $health == *'"under_replicated_tablets":[]'* ]] || return 1
  [ "$role" = mserver ] && return 0
  servers=$(page "${MSERVERS%% *}:10000/api/v1/tablet-servers") || return 1
  [[ $servers =~ \"$host:9000\":\{[^}]*\"status\":\"ALIVE\" ]]
}

upgrade() {
  local role=$1 host=$2 waited=0
  mark stopping "$role" "$host"
  stop "$role" "$host"
  start "$role" "$host"
  mark started "$role" "$host"
  until is_healthy "$role" "$host"; do
    [ $((waited += 1)) -le "$HEALTH_SECONDS" ] || give_up "$role on $host is not healthy after $HEALTH_SECONDS s"
    sleep 1
  done
  mark healthy "$role" "$host"
  sleep "$PAUSE" # P2, M5, D5
  mark done "$role" "$host"
}

admin() { on "${MSERVERS%% *}" "cd $dir && ./bin/bm-admin -mserver_addresses $addresses $*"; }

finalise() {
  admin promote_auto_flags | grep -Eq 'New AutoFlags were promoted|No new AutoFlags to promote' || # A1, A2
    give_up "promote_auto_flags failed"
  sleep "$AUTO_FLAGS_SECONDS" # A4
  local tries=0
  until admin -timeout_ms 180000 upgrade_bsql | grep -q 'BSQL successfully upgraded to the latest version'; do # B2, B3, B5
    [ $((tries += 1)) -lt 5 ] || give_up "upgrade_bsql failed"
    sleep 5
  done
}

roll() {
  local host
  mark begin
  for host in $MSERVERS; do upgrade mserver "$host"; done
  for host in $DBSERVERS; do upgrade dbserver "$host"; done
  finalise # only now, when every process runs the new release (A5)
  mark end
}

case ${1-} in
  stage | roll) "$1" ;;
  *) give_up "usage: loop.sh stage|roll" ;;
esac
