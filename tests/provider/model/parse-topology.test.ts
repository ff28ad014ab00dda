import { findUnequalVersions } from "../../../provider/model/check-topology";
import { findTopologyProblems, parseTopology } from "../../../provider/model/parse-topology";
import { UNKNOWN_VALUE } from "../../../provider/model/unknown-value";
import { member, topologyInputs } from "../../support/build-topology";
import { hostKeyOf, PRIVATE_KEY } from "./inputs-builder";

const OUTSIDE = { mservers: "10.9.0.1:11000", adminHost: "10.9.0.1", releaseDir: "~/softwarebm-2.16.0.0" };
const withKeyOf = (octet: number, host: string, key: string) =>
  member(octet, { ssh: { ...member(octet).ssh, hosts: { [host]: { hostKey: hostKeyOf(key) } } } });

function parsed(inputs: unknown) {
  const result = parseTopology(inputs);
  if (!("desired" in result)) throw new Error(result.problems.join("\n"));
  return result.desired;
}

test("each cluster is declared as if it stood alone, with the links of all and the others as its peers", () => {
  const { members, links } = parsed(topologyInputs({ lagTimeout: "90s" }));
  expect(members.map(({ name }) => name)).toEqual(["east", "west"]);
  expect(members[0]?.desired.xdcr).toEqual({
    self: "east",
    links,
    clusters: {
      west: {
        mservers: "10.2.0.1:11000,10.2.0.2:11000,10.2.0.3:11000",
        httpPort: 10000,
        adminHost: "10.2.0.1",
        releaseDir: "~/softwarebm-2.18.0.0",
        certsDir: undefined,
      },
    },
    lagTimeoutMs: 90_000,
    isFinishedElsewhere: true,
  });
  expect(members[0]?.desired.ssh.hosts).toEqual({
    west: { port: 22, hostKey: hostKeyOf("2"), privateKey: PRIVATE_KEY },
  });
});

test("a peer is reached where its own program reaches it, with its own directories and ports", () => {
  const west = member(2, {
    nodes: [
      { name: "a", host: "10.2.0.1", roles: ["dbserver"] },
      {
        name: "b",
        host: "10.2.0.2",
        sshHost: "203.0.113.2",
        roles: ["mserver"],
        ports: { mserverRpc: 7100, mserverHttp: 7000 },
      },
    ],
    ssh: {
      privateKey: PRIVATE_KEY,
      port: 2222,
      hosts: { a: { hostKey: hostKeyOf("a") }, b: { hostKey: hostKeyOf("b"), port: 2200 } },
    },
    release: { installDir: "/opt/bmdb/{version}" },
    bmAdmin: { certsDir: "/etc/bmdb/certs" },
    policy: { allowInterruption: true },
  });
  const { desired } = parsed(topologyInputs({ clusters: { east: member(1), west } })).members[0] ?? {};
  expect(desired?.xdcr?.clusters["west"]).toEqual({
    mservers: "10.2.0.2:7100",
    httpPort: 7000,
    adminHost: "203.0.113.2",
    releaseDir: "/opt/bmdb/2.18.0.0",
    certsDir: "/etc/bmdb/certs",
  });
  expect(desired?.ssh.hosts["west"]).toMatchObject({ port: 2200, hostKey: hostKeyOf("b") });
});

test("targets come before sources", () => {
  const links = [{ group: "g1", source: "east", target: "west" }];
  expect(parsed(topologyInputs({ links })).members.map(({ name }) => name)).toEqual(["west", "east"]);
});

test("every cluster knows the external ones", () => {
  const { members } = parsed({
    clusters: { east: withKeyOf(1, "far", "9"), west: withKeyOf(2, "far", "9") },
    links: [...topologyInputs().links, { group: "g3", source: "far", target: "east" }],
    external: { far: OUTSIDE },
  });
  expect(members.map(({ desired }) => Object.keys(desired.xdcr?.clusters ?? {}))).toEqual([
    ["west", "far"],
    ["east", "far"],
  ]);
});

test.each<[string, object, string[]]>([
  [
    "a misspelt end",
    {
      links: [
        { group: "g1", source: "eest", target: "west" },
        { group: "g2", source: "west", target: "east" },
      ],
    },
    ['links[0].source: "eest" is neither one of `clusters` nor of `external`; did you mean "east"?'],
  ],
  [
    "a cluster that reads from itself",
    { links: [...topologyInputs().links, { group: "g3", source: "east", target: "east" }] },
    ['links[2]: "east" cannot replicate from itself'],
  ],
  [
    "two links of one group into one target",
    { links: [...topologyInputs().links, { group: "g1", source: "east", target: "west" }] },
    ["links[2]: is there twice; a group has one source on its target"],
  ],
  [
    "no link",
    { links: [] },
    [
      "links: is empty; name the replication groups, or make each cluster a BmCluster",
      "clusters.east: no link names it; make it a BmCluster of its own",
      "clusters.west: no link names it; make it a BmCluster of its own",
    ],
  ],
  [
    "a cluster that no link names",
    { clusters: { ...topologyInputs().clusters, alone: member(3) } },
    ["clusters.alone: no link names it; make it a BmCluster of its own"],
  ],
  [
    "an unusable name",
    { clusters: { ...topologyInputs().clusters, "We st": member(3) }, links: topologyInputs().links },
    [
      'clusters["We st"]: the name is not usable; lower-case letters, digits and inner hyphens are allowed',
      'clusters["We st"]: no link names it; make it a BmCluster of its own',
    ],
  ],
  [
    "manual finalisation",
    { clusters: { east: member(1), west: member(2, { finalize: "manual" }) } },
    [
      'clusters.west.finalize: "manual" and xdcr exclude each other: replication would stay paused until somebody finalises, while the source forgets what the target has not read',
    ],
  ],
  [
    "xdcr of its own",
    { clusters: { east: member(1), west: { ...member(2), xdcr: {} } } },
    ["clusters.west.xdcr: there is no such property"],
  ],
  [
    "what is wrong in a cluster itself",
    { clusters: { east: member(1, { version: "2.18" }), west: member(2, { policy: { pause: "60" } }) } },
    [
      'clusters.east.version: "2.18" is not a version; write it like "2.18.0.0" or "2.18.0.0-b68"',
      expect.stringContaining('clusters.west.policy.pause: "60"'),
    ],
  ],
  [
    "a host without a key, once",
    { clusters: { east: member(1), west: member(2, { ssh: { ...member(2).ssh, knownHosts: "" } }) } },
    [1, 2, 3].map((index) =>
      expect.stringContaining(`clusters.west.nodes[${index - 1}]: no host key is known for "db${index}"`),
    ),
  ],
  [
    "a node that is called like a cluster",
    {
      clusters: {
        east: member(1, {
          nodes: [{ name: "west", host: "10.1.0.1", roles: ["mserver", "dbserver"] }],
          policy: { allowInterruption: true },
        }),
        west: member(2),
      },
    },
    ['clusters.west: a node is called "west" too, and ssh.hosts could mean either; rename one'],
  ],
  [
    "another user",
    { clusters: { east: member(1), west: member(2, { ssh: { ...member(2).ssh, user: "ops" } }) } },
    ['clusters.west.ssh.user: is another one than that of "east"; the clusters of a topology are reached as one user'],
  ],
  [
    "an external cluster without a host key",
    { links: [...topologyInputs().links, { group: "g3", source: "far", target: "east" }], external: { far: OUTSIDE } },
    [expect.stringContaining('external.far.adminHost: no host key is known for "far"')],
  ],
  [
    "a link between external clusters",
    {
      clusters: { east: withKeyOf(1, "far", "9"), west: withKeyOf(2, "far", "9") },
      links: [
        ...topologyInputs().links,
        { group: "g3", source: "far", target: "far" },
        { group: "g4", source: "far", target: "off" },
      ],
      external: { far: OUTSIDE },
    },
    [
      'links[2]: "far" cannot replicate from itself',
      'links[3].target: "off" is neither one of `clusters` nor of `external`',
    ],
  ],
])("%s is told with its path", (_what, changes, problems) => {
  expect(findTopologyProblems(topologyInputs(changes))).toEqual(problems);
});

test("what is not known yet is not judged, and a topology is not made of it", () => {
  const unknown = topologyInputs({
    clusters: { east: member(1), west: member(2, { ssh: UNKNOWN_VALUE, nodes: UNKNOWN_VALUE }) },
  });
  expect(findTopologyProblems(unknown)).toEqual([]);
  expect(parseTopology(unknown)).toEqual({
    problems: ["clusters.west.nodes: is not known yet", "clusters.west.ssh: is not known yet"],
  });
});

test("clusters of different releases are told, because nothing could resume between them", () => {
  const mixed = topologyInputs({ clusters: { east: member(1), west: member(2, { version: "2.16.0.0" }) } });
  expect(findUnequalVersions(mixed)).toEqual([
    {
      path: ["clusters", "west", "version"],
      why: expect.stringContaining('"2.16.0.0" is another release than "2.18.0.0" of east'),
    },
  ]);
  expect(findUnequalVersions(topologyInputs())).toEqual([]);
});
