// Whether a host is who we think it is: the keys that are known of it, and the verdict on the one it offers.
// Only an equal key is a match; whatever cannot be read, compared or is not supported leaves the host unknown.

import { matchesHostNames } from "./host-pattern";
import { describeHostKey, type HostKey, parseHostKey, parseKnownHostsLine } from "./known-hosts-line";

export interface KnownHostKey extends HostKey {
  /** Where it was read, for a message: `known_hosts line 12`. */
  readonly from: string;
  /** Counted from 1; 0 for a key that the program gives by itself. */
  readonly line: number;
}

export interface LineProblem {
  readonly line: number;
  readonly why: string;
}

export interface HostKeyLookup {
  readonly keys: readonly KnownHostKey[];
  readonly revoked: readonly KnownHostKey[];
  /** Lines about this host that are not used: `@cert-authority`. */
  readonly unsupported: readonly LineProblem[];
  /** Lines that cannot be read, whichever host they are about. */
  readonly malformed: readonly LineProblem[];
}

/**
 * What `text` (a known_hosts file) says of a host. With another port than 22 only names with the port count
 * (`[host]:2222`): a key of whatever listens on port 22 says nothing about another port.
 */
export function lookupHostKey(text: string, host: string, port: number): HostKeyLookup {
  const keys: KnownHostKey[] = [];
  const revoked: KnownHostKey[] = [];
  const unsupported: LineProblem[] = [];
  const malformed: LineProblem[] = [];
  for (const [index, content] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    const read = parseKnownHostsLine(content);
    if (read.kind === "nothing") continue;
    if (read.kind === "malformed") malformed.push({ line, why: read.why });
    else if (matchesHostNames(read.names, host, port)) {
      const known = { ...read.key, line, from: `known_hosts line ${line}` };
      if (read.kind === "cert_authority")
        unsupported.push({ line, why: "@cert-authority is not supported; add the host's own key" });
      else (read.kind === "revoked" ? revoked : keys).push(known);
    }
  }
  return { keys, revoked, unsupported, malformed };
}

export interface KnownHostKeys extends HostKeyLookup {
  /** What to ask the host for, so that one with several keys offers one that is known. Empty: anything. */
  readonly algorithms: readonly string[];
}

/** A key that the program gives for this host stands in place of known_hosts' ones; revocations there hold all the same. */
export function knownKeysFor(access: {
  readonly text: string | undefined;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string | undefined;
  readonly host: string;
  readonly port: number;
}): KnownHostKeys {
  const lookup = lookupHostKey(access.text ?? "", access.host, access.port);
  if (access.hostKey === undefined) return { ...lookup, algorithms: algorithmsOf(lookup.keys) };
  const read = parseKnownHostsLine(`* ${access.hostKey.trim()}`);
  if (read.kind !== "key") {
    const why = read.kind === "malformed" ? read.why : "it is not a key";
    return { ...lookup, keys: [], algorithms: [], malformed: [...lookup.malformed, { line: 0, why }] };
  }
  const keys = [{ ...read.key, line: 0, from: "the program's hostKey" }];
  return { ...lookup, keys, algorithms: algorithmsOf(keys) };
}

// An RSA key is one key with several signatures. The ones with SHA-1 are never asked for: they can be forged.
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

const algorithmsOf = (keys: readonly HostKey[]): string[] => {
  const types = new Set(keys.map((key) => key.type));
  return Object.entries(ALGORITHMS).flatMap(([type, algorithms]) => (types.has(type) ? algorithms : []));
};

export type HostKeyVerdict =
  | { readonly kind: "match"; readonly line: number; readonly seen: string }
  /** No key of this type is known. `why` says what stood in the way, when something did. */
  | { readonly kind: "unknown"; readonly seen: string; readonly why: string | undefined }
  /** A key of this type is known, and it is another one. */
  | { readonly kind: "changed"; readonly line: number; readonly seen: string; readonly expected: string }
  | { readonly kind: "revoked"; readonly line: number; readonly seen: string; readonly expected: string };

/** `offered` is the key as ssh sends it, or that in base64. Texts for messages: `ssh-ed25519 SHA256:…`. */
export function judgeHostKey(known: HostKeyLookup, offered: Buffer | string): HostKeyVerdict {
  const key = parseHostKey(offered);
  if (key === undefined) return { kind: "unknown", seen: "something that is not a host key", why: undefined };
  const seen = describeHostKey(key);
  const isSame = (each: HostKey): boolean => each.bytes.equals(key.bytes);
  const revoked = known.revoked.find(isSame);
  if (revoked)
    return { kind: "revoked", line: revoked.line, seen, expected: `any other key (${revoked.from} revokes it)` };
  const match = known.keys.find(isSame);
  if (match) return { kind: "match", line: match.line, seen };
  const others = known.keys.filter((each) => each.type === key.type);
  const [first] = others;
  if (first === undefined) return { kind: "unknown", seen, why: explainUnknown(known) };
  const expected = others.map((each) => `${describeHostKey(each)} (${each.from})`).join(" or ");
  return { kind: "changed", line: first.line, seen, expected };
}

function explainUnknown(known: HostKeyLookup): string | undefined {
  const reasons = [
    ...new Set(known.keys.map((key) => `only a key of type ${key.type} is known (${key.from})`)),
    ...known.unsupported.map(({ line, why }) => `known_hosts line ${line}: ${why}`),
    ...known.malformed.map(({ line, why }) =>
      line === 0 ? `the program's hostKey cannot be used: ${why}` : `known_hosts line ${line} cannot be read: ${why}`,
    ),
  ];
  return reasons.length === 0 ? undefined : reasons.slice(0, 3).join("; ");
}
