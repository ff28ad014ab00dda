import { parseDesired } from "../../../provider/model/parse-desired";
import { ENCRYPTED_KEY, hostKeyOf, inputs, KNOWN_HOSTS, node, PRIVATE_KEY, ssh } from "./inputs-builder";

const problemsOf = (changes: object): string[] => {
  const parsed = parseDesired(inputs(changes));
  return "problems" in parsed ? parsed.problems : [];
};

test("what is not said gets the procedure's defaults", () => {
  const parsed = parseDesired(inputs());
  expect(parsed).toEqual({
    warnings: [],
    desired: {
      version: "2.18.0.0",
      nodes: [1, 2, 3].map((index) => ({
        name: `db${index}`,
        host: `10.0.0.${index}`,
        sshHost: `10.0.0.${index}`,
        zone: undefined,
        roles: ["mserver", "dbserver"],
        ports: { mserverRpc: 11000, mserverHttp: 10000, dbserverRpc: 9100, dbserverHttp: 9000, bsql: 5433 },
      })),
      ssh: {
        user: "bigmath",
        port: 22,
        privateKey: PRIVATE_KEY,
        passphrase: undefined,
        agentSocketPath: undefined,
        knownHosts: KNOWN_HOSTS,
        hosts: {},
        bastion: undefined,
      },
      release: {
        url: "https://downloads.bigmath.com/bigmath-{version}.tar.gz",
        sha256: {},
        installDir: "~/softwarebm-{version}",
        extensions: undefined,
        timeoutMs: 900_000,
      },
      process: { mserver: {}, dbserver: {} },
      adminUi: { scheme: "http", ca: undefined, access: "direct" },
      bmAdmin: { host: undefined, certsDir: undefined, timeoutMs: 180_000 },
      bsql: undefined,
      policy: {
        pauseMs: 60_000,
        pollIntervalMs: 2000,
        firstPollIntervalMs: 250,
        returnPollIntervalMs: 1000,
        actPollIntervalMs: 300,
        heartbeatAgeMaxMs: 10_000,
        followerLagMaxMs: 10_000,
        allowInterruption: false,
        waive: {},
        drainLeaders: true,
        drainTimeoutMs: 180_000,
        onDrainTimeout: "proceed",
        timeouts: {
          stopMs: 60_000,
          startMs: 300_000,
          returnMs: 600_000,
          gateMs: 600_000,
          sshMs: 20_000,
          pageMs: 5000,
          leaseMs: 60_000,
          bsqlUpgradeMs: 1_800_000,
          killMs: 10_000,
          portsMs: 30_000,
          childrenMs: 10_000,
          appearMs: 10_000,
          actMs: 90_000,
          startCheckMs: 45_000,
          handOverMs: 30_000,
          blacklistMs: 60_000,
          bsqlRestMs: 300_000,
          bmAdminGraceMs: 30_000,
          autoFlagsMs: 10_000,
        },
      },
      finalize: "auto",
    },
  });
});

test("what is said wins over the defaults", () => {
  const parsed = parseDesired(
    inputs({
      nodes: [node(1, { sshHost: "203.0.113.1", zone: "a", ports: { bsql: 5434 } }), node(2), node(3)],
      ssh: ssh({ knownHosts: `${KNOWN_HOSTS}203.0.113.1 ${hostKeyOf("x")}`, port: 22, user: "me" }),
      release: { sha256: { "2.18.0.0": "A".repeat(64) }, timeout: "1h" },
      policy: { pause: "0s", timeouts: { gate: "1m30s" } },
      finalize: "manual",
    }),
  );
  expect(parsed).toMatchObject({
    desired: {
      nodes: [{ sshHost: "203.0.113.1", zone: "a", ports: { mserverRpc: 11000, bsql: 5434 } }, {}, {}],
      ssh: { user: "me" },
      release: { sha256: { "2.18.0.0": "a".repeat(64) }, timeoutMs: 3_600_000 },
      policy: { pauseMs: 0, timeouts: { gateMs: 90_000, stopMs: 60_000 } },
      finalize: "manual",
    },
  });
});

test.each<[string, object]>([
  ["a version with a build", { version: "2.18.0.0-b68" }],
  ["one MServer: it is the planner who refuses to restart it", { nodes: [node(1)] }],
  ["two MServers where an interruption is allowed", { nodes: [node(1), node(2)], policy: { allowInterruption: true } }],
  ["an agent in place of a key", { ssh: ssh({ privateKey: undefined, agentSocketPath: "/run/agent" }) }],
  [
    "a key per node in place of a common one",
    { nodes: [node(1)], ssh: ssh({ privateKey: undefined, hosts: { db1: { privateKey: PRIVATE_KEY } } }) },
  ],
  ["an encrypted key with its passphrase", { ssh: ssh({ privateKey: ENCRYPTED_KEY, passphrase: "open sesame" }) }],
  [
    "a host key of its own",
    {
      ssh: ssh({
        knownHosts: "",
        hosts: {
          db1: { hostKey: hostKeyOf("1") },
          db2: { hostKey: hostKeyOf("2") },
          db3: { hostKey: `${hostKeyOf("3")} root@db3` },
        },
      }),
    },
  ],
  ["an IPv6 address", { nodes: [node(1, { host: "fd00::1", sshHost: "10.0.0.1" })] }],
  ["an address with a login and a query", { release: { url: "https://me:pw@a/b-{version}.tgz?x=1&y=2" } }],
  [
    "two processes of a kind on one host, on ports of their own",
    {
      nodes: [
        node(1),
        node(2),
        node(3),
        node(4, {
          host: "10.0.0.1",
          sshHost: "10.0.0.4",
          roles: ["dbserver"],
          ports: { dbserverRpc: 9101, dbserverHttp: 9001, bsql: 5434 },
        }),
      ],
    },
  ],
])("%s is fine", (_title, changes) => {
  expect(problemsOf(changes)).toEqual([]);
});

test("all problems are found at once", () => {
  const problems = problemsOf({
    version: "2.18",
    nodes: [node(1, { name: "DB1", roles: ["tserver"] }), node(2), node(2)],
    ssh: { knownHosts: "", port: 0 },
    release: { timeout: "60" },
    finalise: "auto",
  });
  expect(problems.map((problem) => problem.slice(0, problem.indexOf(": ")))).toEqual([
    "version",
    "nodes[0].name",
    "nodes[0].roles[0]",
    "ssh.port",
    "release.timeout",
    "finalise",
    "nodes[2].name",
    "nodes[2].host",
    "nodes[1]",
    "nodes[2]",
    "ssh",
  ]);
});

test("an even number of MServers is a warning, an odd one is none", () => {
  const four = parseDesired(inputs({ nodes: [1, 2, 3, 4].map((index) => node(index)) }));
  expect(four).toMatchObject({ warnings: ["nodes: 4 MServers survive no more failures than 3; use an odd number"] });
  expect(parseDesired(inputs())).toMatchObject({ warnings: [] });
});

test.each([[undefined], [null], ["text"], [[]], [7]])("%j in place of inputs is a problem, not a crash", (nothing) => {
  expect(parseDesired(nothing)).toHaveProperty("problems.length");
});

test("what Pulumi and the provider add for themselves is not the user's", () => {
  expect(problemsOf({ __provider: "text", __ctx: {} })).toEqual([]);
});
