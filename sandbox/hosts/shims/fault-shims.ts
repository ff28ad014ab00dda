// Programs that stand before the machine's own on a host that has a fault.

import { shellQuote } from "../quote";

/** `df` of a full disk: the real table with nothing available. */
export const renderFullDiskDf = (realDf: string): string => `#!/bin/sh
# Made by the sandbox: df of a disk that is full.
table=$(${shellQuote(realDf)} "$@") || exit
printf '%s\\n' "$table" | awk 'NR > 1 && NF >= 6 { $3 = $2; $4 = 0; $5 = "100%" } { print }'
`;

/** `tar` on a full disk: an archive comes out without its larger half. Everything but extraction is the real one's. */
export const renderFullDiskTar = (realTar: string): string => `#!/bin/sh
# Made by the sandbox: tar on a disk that is full.
real=${shellQuote(realTar)}
extracts=
case \${1-} in --*) ;; *x*) extracts=1 ;; esac
for word; do case $word in -x* | --extract | --get) extracts=1 ;; esac; done
if [ -z "$extracts" ]; then exec "$real" "$@"; fi
"$real" "$@" --exclude='*lib' --exclude='*share' || exit
echo "tar: lib/processes/mserver-main.js: Cannot write: No space left on device" >&2
echo "tar: Exiting with failure status due to previous errors" >&2
exit 2
`;

/** `date` of a host whose clock is off. A time that is given is shown as it is. */
export const renderDateShim = (realDate: string, offsetMs: number): string => `#!/bin/sh
# Made by the sandbox: date of a host whose clock is off by ${offsetMs} ms.
real=${shellQuote(realDate)}
for word; do case $word in -d* | --date* | -r* | --reference* | -s* | --set* | -f* | --file*) exec "$real" "$@" ;; esac; done
now=$(( $("$real" +%s%N) + ${offsetMs} * 1000000 ))
exec "$real" -d "@$((now / 1000000000)).$(printf %09d $((now % 1000000000)))" "$@"
`;

/** The machine's own crontab is never asked: it would be that of the sandbox's user. */
export const CRONTAB_SHIM = `#!/bin/sh
# Made by the sandbox: what this host starts at boot.
if [ "\${1-}" != -l ]; then
  echo "crontab: the sandbox's hosts only know crontab -l" >&2
  exit 1
fi
if [ -f "$BMDB_SANDBOX_ROOT/orders/crontab" ]; then exec cat "$BMDB_SANDBOX_ROOT/orders/crontab"; fi
echo "no crontab for bigmath" >&2
exit 1
`;
