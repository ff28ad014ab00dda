// What XdcrTopology registers, and in which order the engine may carry it out, seen by Pulumi's mocks.

import * as pulumi from "@pulumi/pulumi";
import { XdcrTopology } from "../../components/xdcr-topology";
import type { XdcrTopologyArgs } from "../../components/xdcr-topology-args";
import { topologyInputs } from "../support/build-topology";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const args = (changes: Partial<XdcrTopologyArgs> = {}): XdcrTopologyArgs => ({
  ...(topologyInputs() as XdcrTopologyArgs),
  ...changes,
});

const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";
const inside = (value: unknown): unknown =>
  typeof value === "object" && value !== null && SECRET_SIGNATURE in value
    ? (value as unknown as { readonly value: unknown }).value
    : value;

async function register(given: XdcrTopologyArgs, options?: pulumi.ComponentResourceOptions) {
  const registered: Registered[] = [];
  const made = new Map<string, pulumi.ResourceTransformationArgs>();
  const watch: pulumi.ResourceTransformation = (resource) => {
    made.set(`${resource.type.split(":").at(-1)} ${resource.name}`, resource);
    return undefined;
  };
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, lastRun: { id: `run of ${name}` }, finalized: true } };
      },
      call: () => ({}),
    },
    "project",
    "stack",
  );
  const topology = new XdcrTopology("shop", given, { ...options, transformations: [watch] });
  await pulumi.runtime.disconnect();
  const dependsOf = async (key: string): Promise<string[]> => {
    const depends: unknown = await made.get(key)?.opts.dependsOn;
    const list = (Array.isArray(depends) ? depends : []) as pulumi.Resource[];
    return [...made].flatMap(([name, { resource }]) => (list.includes(resource) ? [name] : [])).sort();
  };
  return {
    topology,
    dependsOf,
    names: [...made.keys()],
    inputsOf: (name: string, type: string) =>
      registered.find((each) => each.name === name && each.type.endsWith(`:${type}`))?.inputs ?? {},
  };
}

const STAGING = ["east", "west"].flatMap((cluster) =>
  [1, 2, 3].map((index) => `Command shop-${cluster}-stage-db${index}`),
);

test("the releases are staged, then replication is paused, then each cluster is upgraded, then it is resumed", async () => {
  const { dependsOf } = await register(args());
  expect(await dependsOf("XdcrPause shop-pause")).toEqual(STAGING);
  expect(await dependsOf("ClusterVersion shop-east")).toEqual([...STAGING.slice(0, 3), "XdcrPause shop-pause"]);
  expect(await dependsOf("ClusterVersion shop-west")).toEqual([
    "BmCluster shop-east",
    ...STAGING.slice(3),
    "XdcrPause shop-pause",
  ]);
  expect(await dependsOf("XdcrResume shop-resume")).toEqual([
    "BmCluster shop-east",
    "BmCluster shop-west",
    "XdcrPause shop-pause",
  ]);
});

test("a target is upgraded before its source", async () => {
  const { dependsOf } = await register(args({ links: [{ group: "g1", source: "east", target: "west" }] }));
  expect(await dependsOf("ClusterVersion shop-east")).toContain("BmCluster shop-west");
  expect(await dependsOf("ClusterVersion shop-west")).not.toContain("BmCluster shop-east");
});

test("clusters wait for the pause only, when they are to be upgraded at the same time", async () => {
  const { dependsOf } = await register(args({ parallelClusters: true }));
  for (const name of ["east", "west"])
    expect((await dependsOf(`ClusterVersion shop-${name}`)).filter((each) => !each.startsWith("Command"))).toEqual([
      "XdcrPause shop-pause",
    ]);
});

test("what the program waits for keeps the staging waiting", async () => {
  const { dependsOf } = await register(args(), { dependsOn: [] });
  expect(await dependsOf("XdcrPause shop-pause")).toEqual(STAGING);
});

test("each cluster is told of all links and of the others, and leaves the resume to the topology", async () => {
  const { inputsOf } = await register(args({ lagTimeout: "90s" }));
  expect(inputsOf("shop-east", "ClusterVersion")["xdcr"]).toEqual({
    self: "east",
    links: args().links,
    clusters: {
      west: {
        mservers: "10.2.0.1:11000,10.2.0.2:11000,10.2.0.3:11000",
        adminHost: "10.2.0.1",
        releaseDir: "~/softwarebm-2.18.0.0",
      },
    },
    lagTimeout: "90s",
    finishedElsewhere: true,
  });
  const ssh = inside(inputsOf("shop-east", "ClusterVersion")["ssh"]);
  expect(ssh).toMatchObject({ hosts: { west: { port: 22, hostKey: expect.stringMatching(/^ssh-ed25519 /) } } });
});

test("pause and resume get the arguments as they are; the keys are secret and the nodes are not", async () => {
  const { inputsOf } = await register(args());
  for (const [name, type] of [
    ["shop-pause", "XdcrPause"],
    ["shop-resume", "XdcrResume"],
  ] as const) {
    const { clusters, links, __ctx } = inputsOf(name, type);
    expect(links).toEqual(args().links);
    expect(__ctx).toEqual({ urn: expect.stringContaining(`bmdb:${type}::${name}`), dryRun: false });
    expect(JSON.stringify(clusters)).toContain('"host":"10.1.0.1"');
  }
});

test("the resume is told what ran, so that it looks again after every run", async () => {
  const { inputsOf } = await register(args());
  expect(inputsOf("shop-resume", "XdcrResume")["ran"]).toEqual({
    pause: "run of shop-pause",
    east: "2.18.0.0, finalized; run run of shop-east",
    west: "2.18.0.0, finalized; run run of shop-west",
  });
});

test("an external cluster is passed on to every cluster", async () => {
  const external = { far: { mservers: "10.9.0.1:11000", adminHost: "10.9.0.1", releaseDir: "~/softwarebm-2.16.0.0" } };
  const { inputsOf } = await register(args({ external }));
  for (const name of ["shop-east", "shop-west"])
    expect(inputsOf(name, "ClusterVersion")["xdcr"]).toMatchObject({ clusters: external });
});

test("wrong links still reach the provider's check, which names every problem", async () => {
  const links = [{ group: "g1", source: "eest", target: "west" }];
  const { inputsOf, names } = await register(args({ links }));
  expect(inputsOf("shop-pause", "XdcrPause")["links"]).toEqual(links);
  expect(names).toContain("ClusterVersion shop-east");
});
