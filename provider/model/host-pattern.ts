// Which host names a line of known_hosts is about, as OpenSSH reads them.

import { createHmac } from "node:crypto";

/** The name that known_hosts has for an address: the port is part of it unless it is ssh's own. */
export const nameInKnownHosts = (host: string, port: number): string =>
  (port === 22 ? host : `[${host}]:${port}`).toLowerCase();

/** Why this is no list of names, or undefined when it can be matched. */
export function whyNotHostNames(names: string): string | undefined {
  if (!names.startsWith("|")) return undefined;
  const [, version, salt, hash, ...rest] = names.split("|");
  if (version !== "1") return `its hash is of kind ${JSON.stringify(version)}; only |1| is known`;
  const isDigest = (text: string | undefined) => Buffer.from(text ?? "", "base64").length === 20;
  return rest.length === 0 && isDigest(salt) && isDigest(hash) ? undefined : "its hashed name is broken";
}

/** A comma list with `*`, `?` and `!`, or one hashed name. A negation that matches overrules the rest. */
export function matchesHostNames(names: string, host: string, port: number): boolean {
  const name = nameInKnownHosts(host, port);
  if (names.startsWith("|")) return whyNotHostNames(names) === undefined && matchesHash(names, name);
  const patterns = names.toLowerCase().split(",");
  if (patterns.some((pattern) => pattern.startsWith("!") && matchesPattern(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matchesPattern(pattern, name));
}

function matchesHash(names: string, name: string): boolean {
  const [, , salt, hash] = names.split("|");
  const digest = createHmac("sha1", Buffer.from(salt ?? "", "base64"))
    .update(name, "utf8")
    .digest();
  return digest.equals(Buffer.from(hash ?? "", "base64"));
}

// Not a regular expression made of the pattern: `*a*a*a*b` would take one for ever.
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let patternAt = 0;
  let star = -1;
  let retryAt = 0;
  while (at < text.length) {
    const wanted = pattern[patternAt];
    if (wanted === "*") {
      star = patternAt++;
      retryAt = at;
    } else if (wanted === "?" || wanted === text[at]) {
      patternAt++;
      at++;
    } else if (star >= 0) {
      patternAt = star + 1;
      at = ++retryAt;
    } else return false;
  }
  while (pattern[patternAt] === "*") patternAt++;
  return patternAt === pattern.length;
}
