import { generateKeyPairSync } from "node:crypto";
import { buildConnection } from "../../components/build-connection";

const HOST_KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0 ", "latin1"), Buffer.alloc(32, "k")]).toString("base64")}`;
const node = { index: 2, name: "db3", host: "10.0.0.3" };
const cipher = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" } as const;
const { privateKey: encryptedKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: cipher,
  publicKeyEncoding: { type: "spki", format: "pem" },
});

test("without a host key there is no connection, only a problem with its path", () => {
  expect(buildConnection({ privateKey: "x" }, node)).toEqual({
    problem: "nodes[2]: no host key is known for db3 (10.0.0.3:22)",
  });
});

test("a key of another port is not a key of this one", () => {
  const knownHosts = `10.0.0.3 ${HOST_KEY}`;
  expect(buildConnection({ knownHosts, port: 2222 }, node)).toHaveProperty("problem");
  expect(buildConnection({ knownHosts }, node)).toHaveProperty("connection.hostKey", HOST_KEY);
});

test("a revoked key is no key", () => {
  const knownHosts = `10.0.0.3 ${HOST_KEY}\n@revoked * ${HOST_KEY}`;
  expect(buildConnection({ knownHosts }, node)).toHaveProperty("problem");
});

test("a bastion without a host key is a problem too", () => {
  const ssh = { hosts: { db3: { hostKey: HOST_KEY } }, bastion: { host: "jump" } };
  expect(buildConnection(ssh, node)).toEqual({
    problem: "ssh.bastion.hostKey: no host key is known for the bastion (jump:22)",
  });
});

test("settings of the node win, those of ssh fill in", () => {
  const hosts = { db3: { hostKey: HOST_KEY, port: 2222, privateKey: "own" } };
  const built = buildConnection({ user: "me", privateKey: "common", hosts }, { ...node, sshHost: "public" });
  expect(built).toMatchObject({ connection: { host: "public", port: 2222, user: "me", privateKey: "own" } });
});

test("the passphrase goes with an encrypted key, and with no other", () => {
  const hosts = { db3: { hostKey: HOST_KEY } };
  const passphrase = "open sesame";
  expect(buildConnection({ hosts, passphrase, privateKey: encryptedKey }, node)).toHaveProperty(
    "connection.privateKeyPassword",
    passphrase,
  );
  expect(buildConnection({ hosts, passphrase, privateKey: "clear" }, node)).not.toHaveProperty(
    "connection.privateKeyPassword",
  );
});
