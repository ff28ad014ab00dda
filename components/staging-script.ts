// Builds the script that puts one release onto one host (spec I1 to I4). Pure: text in, text out.
//
// It may be run any number of times and by several runs at once. A directory has its final name only when it
// is completely unpacked, counts as staged only with our marker in it, and is never written to while a process
// runs from it. What it prints is short and free of secrets, because Pulumi shows and stores it.

import { createHash } from "node:crypto";
import { quoteWord } from "../provider/model/quote";
import { parseVersion, withoutBuild } from "../provider/model/version";
import { DECIDING } from "./staging-decisions";
import { LOCKING, LOOKING, REPORTING, STAGED_MARKER, STAGING_MARKER } from "./staging-functions";
import { FETCHING, INSTALLING } from "./staging-steps";

export interface StagingOptions {
  readonly version: string;
  /** `{version}` stands for the release, here and in `installDir`. */
  readonly url: string;
  /** Of the archive; without it the `.sha256` beside the archive decides. */
  readonly sha256?: string;
  readonly installDir: string;
  /** Command that is run in the new release (spec I4). */
  readonly extensions?: string;
  readonly timeoutSeconds: number;
}

/** Raises RangeError for what cannot be staged; its message names the argument and never shows an address. */
export function buildStagingScript(options: StagingOptions): string {
  const { version, extensions } = options;
  const release = parseVersion(version);
  if (release === undefined) throw new RangeError("version: is not a version");
  const url = options.url.replaceAll("{version}", version);
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || /[\s"\\\u0000-\u001f\u007f]/.test(url)) {
    throw new RangeError("release.url: is not an http or https address");
  }
  if (!(options.timeoutSeconds >= 1)) throw new RangeError("release.timeout: is less than a second");
  const settings: Readonly<Record<string, string>> = {
    version: quoteWord(version),
    release: quoteWord(withoutBuild(version)),
    build: quoteWord(release.build === undefined ? "" : String(release.build)),
    url: quoteWord(url),
    sha256_url: quoteWord(besideArchive(url)),
    shown_url: quoteWord(`${address.protocol}//${address.host}${address.pathname}`),
    is_private_url: quoteWord(/[?@]/.test(url) ? "yes" : ""),
    given_sha256: quoteWord(options.sha256?.toLowerCase() ?? ""),
    final: directory(options.installDir.replaceAll("{version}", version)),
    extensions: quoteWord(extensions ?? ""),
    extensions_hash: quoteWord(
      extensions === undefined ? "none" : createHash("sha256").update(extensions).digest("hex"),
    ),
    seconds: quoteWord(String(Math.ceil(options.timeoutSeconds))),
    retry_seconds: quoteWord("2"),
    staged_marker: quoteWord(STAGED_MARKER),
    staging_marker: quoteWord(STAGING_MARKER),
  };
  return [
    `# Puts BMDB ${version} in place beside the release that runs here, and touches nothing else.`,
    "set -eu",
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ...[REPORTING, LOCKING, LOOKING, FETCHING, INSTALLING, DECIDING].map((part) => part.trim()),
    // Last, so that a script that arrives cut off does nothing.
    "main",
    "",
  ].join("\n");
}

/** `~/` is the home directory of whoever runs the script; the rest is one quoted word. */
function directory(path: string): string {
  if (path.startsWith("~/")) return `"$HOME"/${quoteWord(path.slice(2))}`;
  if (!path.startsWith("/")) throw new RangeError('release.installDir: must be absolute or begin with "~/"');
  return quoteWord(path);
}

/** A query or fragment stays at the end. */
function besideArchive(url: string): string {
  return url.replace(/^([^?#]*)/, "$1.sha256");
}
