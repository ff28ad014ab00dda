// Looks an address up in a known_hosts text, before anything is dialled.

import { createHmac } from "node:crypto";

/** Strongest first, where a host has several. */
const TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/** One key of the host as "type base64", or undefined when known_hosts has none. */
export function findHostKey(knownHosts: string, host: string, port: number): string | undefined {
  const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase();
  const keys = knownHosts.split(/\r?\n/).flatMap((line) => {
    const [names, type, base64] = line.trim().split(/\s+/);
    // Lines that begin with "@" revoke a key or name an authority: neither is the key of a host.
    if (names === undefined || type === undefined || base64 === undefined || /^[#@]/.test(names)) return [];
    return names.split(",").some((pattern) => isMatch(pattern, name)) ? [{ type, text: `${type} ${base64}` }] : [];
  });
  const rank = (type: string): number => (TYPES.includes(type) ? TYPES.indexOf(type) : TYPES.length);
  return keys.sort((a, b) => rank(a.type) - rank(b.type))[0]?.text;
}

function isMatch(pattern: string, name: string): boolean {
  const [, mark, salt, hash] = pattern.split("|");
  if (mark !== "1" || salt === undefined || hash === undefined) return pattern.toLowerCase() === name;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}
