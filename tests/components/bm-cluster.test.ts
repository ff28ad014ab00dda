// What BmCluster registers, seen by Pulumi's mocks. They promote a secret leaf to its whole object, so which leaves are
// secret is asserted in protect-inputs.test.ts, and that no key lies in a real state in tests/e2e/upgrade.test.ts.

import * as pulumi from "@pulumi/pulumi";
import { BmCluster } from "../../components/bm-cluster";
import type { BmClusterArgs } from "../../components/bm-cluster-args";

const KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
const hostKey = (seed: string): string => {
  const type = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0 ", "latin1");
  return `ssh-ed25519 ${Buffer.concat([type, Buffer.alloc(32, seed)]).toString("base64")}`;
};

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const args = (changes: Partial<BmClusterArgs> = {}): BmClusterArgs => ({
  version: "2.18.0.0",
  nodes: [
    { name: "db1", host: "10.0.0.1", roles: ["mserver", "dbserver"] },
    { name: "db2", host: pulumi.output("10.0.0.2"), sshHost: "203.0.113.2", roles: ["mserver"] },
    { name: "db3", host: "10.0.0.3", roles: ["mserver", "dbserver"], ports: { mserverHttp: 10001 } },
  ],
  ssh: {
    privateKey: KEY,
    passphrase: "open sesame",
    knownHosts: `10.0.0.1 ${hostKey("a")}\n203.0.113.2 ${hostKey("b")}\n`,
    hosts: { db3: { hostKey: `${hostKey("c")} root@db3` } },
  },
  ...changes,
});

async function register(given: BmClusterArgs, isPreview = false, options?: pulumi.ComponentResourceOptions) {
  const registered: Registered[] = [];
  // Mocks do not tell options; a transformation sees them.
  const made: pulumi.ResourceTransformationArgs[] = [];
  const watch: pulumi.ResourceTransformation = (resource) => {
    made.push(resource);
    return undefined;
  };
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, phase: "adopted" } };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    isPreview,
  );
  const cluster = new BmCluster("prod", given, { ...options, transformations: [watch] });
  // Until everything is registered: the next test brings a monitor of its own.
  await pulumi.runtime.disconnect();
  return {
    cluster,
    made,
    // In the order of names: they are registered as their inputs become known.
    commands: registered
      .filter(({ type }) => type === "command:remote:Command")
      .sort((a, b) => a.name.localeCompare(b.name)),
    resource: only(registered.filter(({ type }) => type === "pulumi-nodejs:dynamic/bmdb:ClusterVersion")),
  };
}

const settled = <T>(output: pulumi.Output<T>): Promise<unknown> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });

function only<T>(list: readonly T[]): T {
  const [first, ...others] = list;
  if (first === undefined || others.length > 0) throw new Error(`one is expected, ${list.length} were registered`);
  return first;
}

const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";
const isMarkedSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && SECRET_SIGNATURE in value;
/** What is inside a secret, or the value itself. */
const inside = (value: unknown): unknown =>
  isMarkedSecret(value) ? (value as { readonly value: unknown }).value : value;

test("every node gets one staging command, named after it", async () => {
  const { commands } = await register(args());
  expect(commands.map(({ name }) => name)).toEqual(["prod-stage-db1", "prod-stage-db2", "prod-stage-db3"]);
});

test("every staging command connects with the host key of its node, once, as a secret", async () => {
  const { commands } = await register(args());
  expect(commands.every(({ inputs }) => isMarkedSecret(inputs["connection"]))).toBe(true);
  const connections = commands.map(({ inputs }) => inside(inputs["connection"]));
  expect(connections).toMatchObject([
    { host: "10.0.0.1", port: 22, user: "bigmath", hostKey: hostKey("a"), dialErrorLimit: 1, perDialTimeout: 15 },
    { host: "203.0.113.2", hostKey: hostKey("b") },
    { host: "10.0.0.3", hostKey: hostKey("c") },
  ]);
  // A passphrase for a key that is in the clear is refused by the plugin.
  expect(connections[0]).not.toHaveProperty("privateKeyPassword");
});

test("no staging command has triggers, a delete or an update, which would run after the upgrade", async () => {
  const { commands } = await register(args());
  for (const { inputs } of commands) {
    expect(Object.keys(inputs).sort()).toEqual(["addPreviousOutputInEnv", "connection", "create", "logging", "stdin"]);
    expect(inputs["addPreviousOutputInEnv"]).toBe(false);
    expect(inputs["create"]).toContain("'stage BMDB 2.18.0.0'");
    expect(inputs["stdin"]).toContain("version='2.18.0.0'");
  }
});

test("the staging script has the sha256 of the release that is asked for", async () => {
  const sha256 = { "2.16.0.0": "a".repeat(64), "2.18.0.0": "b".repeat(64) };
  const { commands } = await register(args({ release: { sha256 } }));
  expect(commands[0]?.inputs["stdin"]).toContain(`given_sha256='${"b".repeat(64)}'`);
});

test("an extension command that is a secret makes the script one", async () => {
  const { commands } = await register(args({ release: { extensions: pulumi.secret("install --token 4711") } }));
  expect(isMarkedSecret(commands[0]?.inputs["stdin"])).toBe(true);
});

test("a script without secrets is readable in a diff", async () => {
  const { commands } = await register(args());
  expect(isMarkedSecret(commands[0]?.inputs["stdin"])).toBe(false);
});

test("a bastion is reached with its own host key", async () => {
  const ssh = { ...args().ssh, bastion: { host: "203.0.113.2", user: "jump" } };
  const { commands } = await register(args({ ssh }));
  expect(inside(commands[0]?.inputs["connection"])).toMatchObject({
    proxy: { host: "203.0.113.2", user: "jump", port: 22, hostKey: hostKey("b"), privateKey: KEY },
  });
});

test("the version resource waits for all staging commands", async () => {
  const { made } = await register(args());
  const [resource, ...commands] = made.filter(({ type }) => type !== "bmdb:index:BmCluster").reverse();
  expect(commands).toHaveLength(3);
  expect(resource?.opts.dependsOn).toEqual(commands.map((command) => command.resource).reverse());
});

test("the staging commands wait for what the program says", async () => {
  const dependsOf = async (options?: pulumi.ComponentResourceOptions) => {
    const { made } = await register(args(), false, options);
    return made.filter(({ type }) => type === "command:remote:Command").map(({ opts }) => opts.dependsOn);
  };
  expect(await dependsOf({ dependsOn: [] })).toEqual([[], [], []]);
  expect(await dependsOf()).toEqual([undefined, undefined, undefined]);
});

test("the version resource gets the arguments as they are, and what the provider needs besides", async () => {
  const { resource } = await register(args({ policy: { pause: "5s" }, finalize: "manual" }));
  expect(resource.inputs).toMatchObject({ version: "2.18.0.0", policy: { pause: "5s" }, finalize: "manual" });
  expect(resource.inputs["__ctx"]).toEqual({
    urn: expect.stringContaining("pulumi-nodejs:dynamic/bmdb:ClusterVersion::prod"),
    dryRun: false,
  });
  expect((await register(args(), true)).resource.inputs["__ctx"]).toMatchObject({ dryRun: true });
});

test("keys are secret, nodes are not", async () => {
  const { resource } = await register(args());
  expect(resource.inputs["nodes"]).toEqual([
    { name: "db1", host: "10.0.0.1", roles: ["mserver", "dbserver"] },
    { name: "db2", host: "10.0.0.2", sshHost: "203.0.113.2", roles: ["mserver"] },
    { name: "db3", host: "10.0.0.3", roles: ["mserver", "dbserver"], ports: { mserverHttp: 10001 } },
  ]);
  expect(isMarkedSecret(resource.inputs["ssh"])).toBe(true);
  const { ssh, ...others } = resource.inputs;
  expect(JSON.stringify(others)).not.toContain("c2VjcmV0");
  expect(inside(ssh)).toMatchObject({ privateKey: KEY, passphrase: "open sesame" });
});

test("ssh as an output of something else is protected too", async () => {
  const { resource, commands } = await register(args({ ssh: pulumi.output(args().ssh) }));
  expect(isMarkedSecret(resource.inputs["ssh"])).toBe(true);
  expect(inside(resource.inputs["ssh"])).toMatchObject({ privateKey: KEY });
  expect(inside(commands[0]?.inputs["connection"])).toMatchObject({ privateKey: KEY });
});

test("addresses are computed from the arguments", async () => {
  const { cluster } = await register(args({ adminUi: { scheme: "https" } }));
  expect(await settled(cluster.mserverAddresses)).toBe("10.0.0.1:11000,10.0.0.2:11000,10.0.0.3:11000");
  expect(await settled(cluster.adminUrls)).toEqual([
    "https://10.0.0.1:10000/",
    "https://10.0.0.2:10000/",
    "https://10.0.0.3:10001/",
  ]);
});

test.each([true, false])("protect: %s holds for the children as well", async (protect) => {
  const { made } = await register(args(), false, { protect });
  const isProtected = made.map(({ resource }) => (resource as unknown as { readonly __protect?: boolean }).__protect);
  expect(isProtected).toEqual(made.map(() => protect));
  expect(made).toHaveLength(5);
});

test("nodes as an output are refused with the reason", async () => {
  const nodes = pulumi.output(args().nodes) as unknown as BmClusterArgs["nodes"];
  await expect(register(args({ nodes }))).rejects.toThrow(/^nodes: a plain list is needed/);
});

test("nodes that are wrong otherwise are left to the provider's check", async () => {
  const nodes = [
    { name: "db1", host: "10.0.0.1", roles: ["mserver"] },
    { name: "db1", host: "10.0.0.2" },
    null,
  ] as unknown as BmClusterArgs["nodes"];
  const { commands, resource } = await register(args({ nodes }));
  expect(commands.map(({ name }) => name)).toEqual(["prod-stage-db1"]);
  expect(resource.inputs["nodes"]).toHaveLength(3);
});

test("in a preview bad arguments still reach the provider's check, which names them all", async () => {
  const { commands, resource } = await register(args({ version: "2.18", ssh: {} }), true);
  expect(commands).toHaveLength(3);
  expect(commands[0]?.inputs["stdin"]).toContain("exit 1");
  expect(resource.inputs["version"]).toBe("2.18");
});
