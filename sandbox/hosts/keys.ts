import { writeFileSync } from "node:fs";
import { utils } from "ssh2";

export interface KeyPair {
  /** OpenSSH private key, PEM. */
  readonly privateKey: string;
  /** One authorized_keys line: type and base64, no comment. */
  readonly publicKey: string;
}

/** ssh2 makes a malformed pair about once in two hundred times; such a one is thrown away. */
const TRIES_MAX = 20;

export function createKeyPair(file: string): KeyPair {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const { private: privateKey } = utils.generateKeyPairSync("ed25519");
    const publicKey = readPublicKey(privateKey);
    if (publicKey === undefined) continue;
    writeFileSync(file, privateKey, { mode: 0o600 });
    return { privateKey, publicKey };
  }
  throw new Error(`ssh2 made ${TRIES_MAX} malformed key pairs in a row`);
}

export function knownHostsText(hosts: readonly { address: string; sshPort: number; hostKey: string }[]): string {
  return hosts.map((host) => `[${host.address}]:${host.sshPort} ${host.hostKey}\n`).join("");
}

function readPublicKey(privateKey: string): string | undefined {
  try {
    const key = utils.parseKey(privateKey);
    return key instanceof Error ? undefined : `${key.type} ${key.getPublicSSH().toString("base64")}`;
  } catch {
    return undefined;
  }
}
