import { shellQuote } from "../quote";

/** The address in the procedure. On a sandbox's host it leads to the sandbox's own download server. */
export const PUBLIC_DOWNLOADS = "https://downloads.bigmath.com";

/** `wget` or `curl` of a host: addresses of BMDB's downloads are mapped, everything else is passed on as it is. */
export function renderWgetShim(
  downloadsUrl: string,
  realWget: string | undefined,
  realCurl: string | undefined,
): string {
  const run = realWget !== undefined ? `exec ${shellQuote(realWget)} "$@"\n` : wgetByCurl(realCurl ?? "curl");
  return `${mapArguments("wget", downloadsUrl)}${run}`;
}

export function renderCurlShim(downloadsUrl: string, realCurl: string | undefined): string {
  const run =
    realCurl !== undefined ? `exec ${shellQuote(realCurl)} "$@"\n` : `echo 'sh: curl: not found' >&2\nexit 127\n`;
  return `${mapArguments("curl", downloadsUrl)}${run}`;
}

function mapArguments(program: string, downloadsUrl: string): string {
  return String.raw`#!/bin/sh
# Made by the sandbox: ${program} to which ${PUBLIC_DOWNLOADS} is the sandbox's download server.
count=$#
while [ "$count" -gt 0 ]; do
  case $1 in
    ${PUBLIC_DOWNLOADS}/*) set -- "$@" ${shellQuote(downloadsUrl)}"/\${1#${PUBLIC_DOWNLOADS}/}" ;;
    *) set -- "$@" "$1" ;;
  esac
  shift
  count=$((count - 1))
done
`.replaceAll("\\${", "${");
}

/** wget's plain forms by means of curl, for machines without wget. */
function wgetByCurl(curl: string): string {
  return String.raw`
url= output= quiet=
while [ $# -gt 0 ]; do
  case $1 in
    -q | --quiet | -nv | --no-verbose) quiet=1 ;;
    -qO-) quiet=1 output=- ;;
    -O-) output=- ;;
    -O | --output-document) output=$2; shift ;;
    -qO) quiet=1 output=$2; shift ;;
    --output-document=*) output=\${1#*=} ;;
    -T | --timeout | -t | --tries) shift ;;
    --timeout=* | --tries=* | -c | --continue | --no-check-certificate | -nc | --no-clobber) ;;
    -*)
      echo "wget: this machine has curl only; the sandbox's wget does not know the option $1: apt-get install wget" >&2
      exit 2
      ;;
    *) url=$1 ;;
  esac
  shift
done
if [ -z "$url" ]; then
  echo 'wget: missing URL' >&2
  exit 1
fi
name=\${url##*/}
set -- --fail --location --output "\${output:-\${name:-index.html}}" "$url"
if [ -n "$quiet" ]; then set -- --silent "$@"; else set -- --no-progress-meter "$@"; fi
${shellQuote(curl)} "$@"
case $? in
  0) exit 0 ;;
  22) exit 8 ;;
  23) exit 3 ;;
  *) exit 4 ;;
esac
`.replaceAll("\\${", "${");
}
