import { generateKeyPairSync } from "node:crypto";
import { utils } from "ssh2";
import { isEncryptedKey, whyNotHostKey, whyNotPrivateKey } from "../../../provider/model/key-texts";
import { ENCRYPTED_KEY, hostKeyOf, PRIVATE_KEY } from "./inputs-builder";

const openssh = utils.generateKeyPairSync("ed25519");
const opensshEncrypted = utils.generateKeyPairSync("ed25519", {
  passphrase: "open sesame",
  cipher: "aes256-ctr",
  rounds: 16,
});
const { privateKey: rsa } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const { privateKey: rsaEncrypted } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "open sesame" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

test.each([
  ["OpenSSH", openssh.private, false],
  ["OpenSSH, encrypted", opensshEncrypted.private, true],
  ["PKCS#8", PRIVATE_KEY, false],
  ["PKCS#8, encrypted", ENCRYPTED_KEY, true],
  ["PKCS#1", rsa, false],
  ["PKCS#1, encrypted", rsaEncrypted, true],
  ["OpenSSH with Windows' line ends", openssh.private.replaceAll("\n", "\r\n"), false],
])("a key in the form of %s is one, and is known to be encrypted or not", (_title, key, isEncrypted) => {
  expect(whyNotPrivateKey(key)).toBeUndefined();
  expect(isEncryptedKey(key)).toBe(isEncrypted);
});

test.each([
  ["nothing", "", /^is empty$/],
  ["a word", "hunter2", /^is not a private key; a text that begins with/],
  ["PuTTY's form", "PuTTY-User-Key-File-3: ssh-ed25519", /^is a PuTTY key/],
  ["a certificate", "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----", /^is not a whole private key/],
  ["other things between its lines", "-----BEGIN PRIVATE KEY-----\n<html>\n-----END PRIVATE KEY-----", /not base64$/],
])("%s is not a private key", (_title, text, why) => {
  expect(whyNotPrivateKey(text)).toMatch(why);
  expect(isEncryptedKey(text)).toBe(false);
});

test.each([
  ["type and base64", hostKeyOf("a")],
  ["a comment behind them", `${hostKeyOf("a")} root@db1`],
  ["a line end behind them", `${hostKeyOf("a")}\n`],
  ["another type", utils.generateKeyPairSync("ecdsa", { bits: 256 }).public],
])("a host key may have %s", (_title, text) => {
  expect(whyNotHostKey(text)).toBeUndefined();
});

test.each([
  ["a fingerprint", "SHA256:abc", /^is not a host key; write its type/],
  ["a line of known_hosts", `10.0.0.1 ${hostKeyOf("a")}`, /without the host before it$/],
  ["two keys", `${hostKeyOf("a")}\n${hostKeyOf("b")}`, /^has more than one line/],
  ["a private key", PRIVATE_KEY, /^has more than one line/],
  ["the base64 of another type", hostKeyOf("a").replace("ssh-ed25519", "ssh-rsa"), /not the base64 of a ssh-rsa key$/],
  ["half the base64", hostKeyOf("a").slice(0, 20), /not the base64 of a ssh-ed25519 key$/],
])("a host key is not %s", (_title, text, why) => {
  expect(whyNotHostKey(text)).toMatch(why);
});
