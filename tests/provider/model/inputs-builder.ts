// Inputs that are right, for tests that make one thing wrong.

import { generateKeyPairSync } from "node:crypto";
import type { ClusterInputs } from "../../../provider/model/cluster-inputs";

export const hostKeyOf = (seed: string): string => {
  const head = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0 ", "latin1");
  return `ssh-ed25519 ${Buffer.concat([head, Buffer.alloc(32, seed)]).toString("base64")}`;
};

export const PRIVATE_KEY: string = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey;

export const ENCRYPTED_KEY: string = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey;

export const node = (index: number, changes: object = {}) => ({
  name: `db${index}`,
  host: `10.0.0.${index}`,
  roles: ["mserver", "dbserver"] as const,
  ...changes,
});

export const KNOWN_HOSTS: string = [1, 2, 3, 4]
  .map((index) => `10.0.0.${index} ${hostKeyOf(String(index))}\n`)
  .join("");

export const inputs = (changes: object = {}): ClusterInputs => ({
  version: "2.18.0.0",
  nodes: [node(1), node(2), node(3)],
  ssh: { privateKey: PRIVATE_KEY, knownHosts: KNOWN_HOSTS },
  ...changes,
});

export const ssh = (changes: object = {}): object => ({ ...inputs().ssh, ...changes });
