// Is this text a private key, is it encrypted, is that a host key? By its form only, so that a swapped or
// truncated value is refused before anything is contacted. No message ever contains a part of the text.

const PEM = /^-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY-----\r?\n([\s\S]+?)\r?\n-----END \1PRIVATE KEY-----\s*$/;

export function whyNotPrivateKey(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return "is empty";
  if (trimmed.startsWith("PuTTY-User-Key-File"))
    return "is a PuTTY key; convert it with `puttygen KEY -O private-openssh`";
  if (/^(ssh|ecdsa|sk)-[a-z0-9@.-]+ /.test(trimmed)) return "is a public key; the private key is expected";
  if (/^(~|\.{0,2}\/)[^\n]*$/.test(trimmed))
    return "looks like a path; give the text of the key, for example with fs.readFileSync";
  if (!trimmed.includes("-----BEGIN "))
    return "is not a private key; a text that begins with -----BEGIN … PRIVATE KEY----- is expected";
  if (/\\n/.test(trimmed)) return "has \\n written out where lines should end; give the key with real line ends";
  const match = PEM.exec(trimmed);
  if (match === null) return "is not a whole private key; its last line must be -----END … PRIVATE KEY-----";
  return pemBody(match[2] ?? "") === undefined
    ? "is not a private key: what stands between its first and last line is not base64"
    : undefined;
}

/** True for a key that cannot be used without a passphrase. */
export function isEncryptedKey(text: string): boolean {
  const match = PEM.exec(text.trim());
  if (match === null) return false;
  if (match[1] === "ENCRYPTED " || /^Proc-Type: 4,ENCRYPTED/m.test(match[2] ?? "")) return true;
  if (match[1] !== "OPENSSH ") return false;
  // "openssh-key-v1\0", then the cipher's name with its length before it; "none" for a key in the clear.
  const bytes = pemBody(match[2] ?? "");
  if (bytes === undefined || bytes.length < 23) return false;
  const length = bytes.readUInt32BE(15);
  return bytes.toString("latin1", 19, 19 + length) !== "none";
}

function pemBody(text: string): Buffer | undefined {
  const base64 = text.replace(/^[A-Za-z0-9-]+: .*$/gm, "").replace(/\s/g, "");
  return base64 !== "" && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0
    ? Buffer.from(base64, "base64")
    : undefined;
}

/** A host key is one line: type and base64, and the base64 begins with that same type. */
export function whyNotHostKey(text: string): string | undefined {
  const [type, base64, ...rest] = text.trim().split(/[ \t]+/);
  if (/\n/.test(text.trim()))
    return "has more than one line; give one key, as `ssh-keyscan` prints it without the host";
  if (text.includes("PRIVATE KEY")) return "is a private key; the host's public key is expected";
  if (type === undefined || base64 === undefined || !/^(ssh|ecdsa|sk)-[a-z0-9@.-]+$/.test(type)) {
    return rest.length > 0 || base64 !== undefined
      ? 'is not a host key; write its type and its base64, like "ssh-ed25519 AAAA…", without the host before it'
      : 'is not a host key; write its type and its base64, like "ssh-ed25519 AAAA…"';
  }
  const bytes = Buffer.from(base64, "base64");
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  const isSame = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && bytes.toString("latin1", 4, 4 + length) === type;
  return isSame ? undefined : `is not a host key: its second word is not the base64 of a ${type} key`;
}
