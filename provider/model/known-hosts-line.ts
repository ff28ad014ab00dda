// One line of known_hosts: `[@marker] names type base64 [comment]`.

import { createHash } from "node:crypto";
import { whyNotHostNames } from "./host-pattern";

export interface HostKey {
  /** `ssh-ed25519`, …: what the key itself says it is. */
  readonly type: string;
  readonly bytes: Buffer;
}

export type KnownHostsLine =
  | { readonly kind: "nothing" }
  | { readonly kind: "malformed"; readonly why: string }
  | { readonly kind: "key" | "revoked" | "cert_authority"; readonly names: string; readonly key: HostKey };

const MARKERS: Readonly<Record<string, "revoked" | "cert_authority">> = {
  "@revoked": "revoked",
  "@cert-authority": "cert_authority",
};

export function parseKnownHostsLine(line: string): KnownHostsLine {
  const words = line.trim().split(/[ \t]+/);
  if (words[0] === "" || words[0]?.startsWith("#")) return { kind: "nothing" };
  const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
  const kind = marker === undefined ? "key" : Object.hasOwn(MARKERS, marker) ? MARKERS[marker] : undefined;
  if (kind === undefined) return { kind: "malformed", why: "its marker is neither @revoked nor @cert-authority" };
  const [names, type, base64] = words;
  if (names === undefined || type === undefined || base64 === undefined)
    return { kind: "malformed", why: "it has no name, key type and key" };
  const whyNot = whyNotHostNames(names);
  if (whyNot !== undefined) return { kind: "malformed", why: whyNot };
  const key = parseHostKey(base64);
  if (key === undefined) return { kind: "malformed", why: "what stands in the place of its key is no key" };
  if (key.type !== type) return { kind: "malformed", why: "its key is of another type than it says" };
  return { kind, names, key };
}

/** A public key in the form that ssh sends and known_hosts keeps; undefined when it is not one. */
export function parseHostKey(key: Buffer | string): HostKey | undefined {
  if (typeof key === "string" && !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return undefined;
  const bytes = typeof key === "string" ? Buffer.from(key, "base64") : key;
  if (bytes.length < 8) return undefined;
  const length = bytes.readUInt32BE(0);
  // The type, and at least one more field behind it.
  if (length > 64 || bytes.length <= 4 + length + 4) return undefined;
  const type = bytes.toString("latin1", 4, 4 + length);
  return /^[a-z0-9@.-]{1,64}$/.test(type) ? { type, bytes } : undefined;
}

/** As `ssh-keygen -l` prints it. */
export const fingerprintOf = (bytes: Buffer): string =>
  `SHA256:${createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "")}`;

/** `ssh-ed25519 SHA256:…` */
export const describeHostKey = ({ type, bytes }: HostKey): string => `${type} ${fingerprintOf(bytes)}`;
