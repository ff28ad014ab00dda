import { createHmac } from "node:crypto";
import { utils } from "ssh2";
import { findHostKey } from "../../../provider/model/find-host-key";
import { hostKeyOf } from "./inputs-builder";

const [key, other] = [hostKeyOf("a"), hostKeyOf("b")];
const find = (text: string | undefined, changes: object = {}): string | undefined =>
  findHostKey({ text, hostKey: undefined, host: "db1", port: 22, ...changes });

test("the key of a host is found, as type and base64", () => {
  expect(find(`db2 ${other}\ndb1 ${key} a comment\n`)).toBe(key);
});

test("the key of another host is not", () => {
  expect(find(`db2 ${key}`)).toBeUndefined();
  expect(find(undefined)).toBeUndefined();
});

test("the key of another port is not", () => {
  expect(find(`db1 ${key}`, { port: 2222 })).toBeUndefined();
  expect(find(`[db1]:2222 ${key}`, { port: 2222 })).toBe(key);
});

test("a hashed name is recognised", () => {
  const salt = Buffer.from("salt of twenty bytes");
  const hash = createHmac("sha1", salt).update("db1").digest("base64");
  expect(find(`|1|${salt.toString("base64")}|${hash} ${key}`)).toBe(key);
});

test("the program's own key is the only candidate", () => {
  expect(find(`db1 ${key}`, { hostKey: `${other} root@db1` })).toBe(other);
});

test("a revoked key and the key of an authority are none", () => {
  expect(find(`db1 ${key}\n@revoked db1 ${key}`)).toBeUndefined();
  expect(find(`@cert-authority db1 ${key}`)).toBeUndefined();
});

test("of several the strongest is taken", () => {
  const [type, base64] = utils.generateKeyPairSync("rsa", { bits: 2048 }).public.split(" ");
  expect(find(`db1 ${type} ${base64}\ndb1 ${key}`)).toBe(key);
  expect(find(`db1 ${type} ${base64}`)).toBe(`${type} ${base64}`);
});
