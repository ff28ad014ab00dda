import * as pulumi from "@pulumi/pulumi";
import { protectSsh, refuseSecrets, throwIfSecret } from "../../components/protect-inputs";

/** The parts of an output that the SDK itself works with. */
interface Inside {
  promise(): Promise<unknown>;
  readonly isSecret: Promise<boolean>;
}
const inside = (value: unknown): Inside => pulumi.output(value) as unknown as Inside;
const isSecret = (value: unknown): Promise<boolean> => inside(value).isSecret;
const partOf = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], value);

const node = { name: "db1", host: "10.0.0.1", roles: ["mserver" as const] };

test("keys and passphrase become secrets, and nothing else does", async () => {
  const ssh = protectSsh({
    user: "bigmath",
    privateKey: "one",
    passphrase: "two",
    knownHosts: "three",
    hosts: { db1: { hostKey: "four", privateKey: "five" }, db2: { hostKey: "six" } },
    bastion: { host: "jump", privateKey: "seven" },
  });
  const paths = [
    ["user"],
    ["privateKey"],
    ["passphrase"],
    ["knownHosts"],
    ["hosts", "db1", "hostKey"],
    ["hosts", "db1", "privateKey"],
    ["hosts", "db2"],
    ["bastion", "host"],
    ["bastion", "privateKey"],
  ];
  const secrets = await Promise.all(
    paths.map(async (path) => ((await isSecret(partOf(ssh, ...path))) ? path.join(".") : "")),
  );
  expect(secrets.filter((path) => path !== "")).toEqual([
    "privateKey",
    "passphrase",
    "hosts.db1.privateKey",
    "bastion.privateKey",
  ]);
});

test("what is not given is not added", () => {
  expect(Object.keys(protectSsh({ agentSocketPath: "/agent" }))).toEqual(["agentSocketPath"]);
});

test("of an output the keys become secrets part by part", async () => {
  const ssh = protectSsh(pulumi.output({ user: "bigmath", privateKey: "one", hosts: { db1: { privateKey: "five" } } }));
  expect(await isSecret(ssh["privateKey"])).toBe(true);
  expect(await isSecret(ssh["hosts"])).toBe(true);
  expect(await isSecret(ssh["user"])).toBe(false);
  expect(await inside(ssh["privateKey"]).promise()).toBe("one");
});

test("a node with a secret in it is refused, because Pulumi would hide the whole list", () => {
  expect(() => throwIfSecret(true, 1)).toThrow(/^nodes\[1\]: holds a secret\./);
  expect(() => throwIfSecret(false, 1)).not.toThrow();
});

test("a node without one passes as it is", async () => {
  const [first] = refuseSecrets([{ ...node, host: pulumi.output("10.0.0.1") }]);
  expect(await inside(first).promise()).toEqual(node);
  expect(await isSecret(first)).toBe(false);
});
