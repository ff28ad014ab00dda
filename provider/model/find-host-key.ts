// One key of a host as a line, for the staging commands: their plugin knows no known_hosts.

import { knownKeysFor } from "./known-hosts";

/** Strongest first, where a host has several. Other types are not asked for by our own ssh either. */
const TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/** "type base64", or undefined when no usable key of the host is known. `hostKey`, when given, is the only candidate. */
export function findHostKey(access: {
  readonly text: string | undefined;
  readonly hostKey: string | undefined;
  readonly host: string;
  readonly port: number;
}): string | undefined {
  const { keys, revoked } = knownKeysFor(access);
  const usable = keys.filter(
    (key) => TYPES.includes(key.type) && !revoked.some((other) => other.bytes.equals(key.bytes)),
  );
  const [best] = usable.sort((a, b) => TYPES.indexOf(a.type) - TYPES.indexOf(b.type));
  return best && `${best.type} ${best.bytes.toString("base64")}`;
}
