import { writeFileSync } from "node:fs";
import { utils } from "ssh2";

export interface KeyPair {
  /** OpenSSH private key, PEM. */
  readonly privateKey: string;
  /** One authorized_keys line: type and base64, no comment. */
  readonly publicKey: string;
}

export function createKeyPair(file: string): KeyPair {
  const pair = utils.generateKeyPairSync("ed25519");
  writeFileSync(file, pair.private, { mode: 0o600 });
  return { privateKey: pair.private, publicKey: publicKeyOf(pair.private) };
}

export function knownHostsText(hosts: readonly { address: string; sshPort: number; hostKey: string }[]): string {
  return hosts.map((host) => `[${host.address}]:${host.sshPort} ${host.hostKey}\n`).join("");
}

function publicKeyOf(privateKey: string): string {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}
