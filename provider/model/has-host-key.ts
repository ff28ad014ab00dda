// Whether known_hosts has a key for an address, before anything is dialled.

import { createHmac } from "node:crypto";

export function hasHostKey(knownHosts: string, host: string, port: number): boolean {
  const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase();
  return knownHosts.split(/\r?\n/).some((line) => {
    const [names, type, base64] = line.trim().split(/\s+/);
    if (names === undefined || type === undefined || base64 === undefined || /^[#@]/.test(names)) return false;
    return names.split(",").some((pattern) => matches(pattern, name));
  });
}

function matches(pattern: string, name: string): boolean {
  const [, mark, salt, hash] = pattern.split("|");
  if (mark !== "1" || salt === undefined || hash === undefined) return pattern.toLowerCase() === name;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}
