import { parseDesired, parseDesiredInPreview } from "../../../provider/model/parse-desired";
import { UNKNOWN_VALUE as UNKNOWN } from "../../../provider/model/unknown-value";
import { inputs, node, ssh } from "./inputs-builder";

const problemsOf = (changes: object): string[] => parseDesiredInPreview(inputs(changes)).problems;

test("inputs that are all known have no unknowns", () => {
  expect(parseDesiredInPreview(inputs())).toEqual({ problems: [], warnings: [], hasUnknowns: false });
});

test.each<[string, object]>([
  ["the version", { version: UNKNOWN }],
  ["all nodes", { nodes: UNKNOWN }],
  ["one node", { nodes: [UNKNOWN, node(2), node(3)] }],
  ["a host, and with it the name for ssh", { nodes: [node(1, { host: UNKNOWN }), node(2), node(3)] }],
  ["two hosts, which may differ", { nodes: [node(1, { host: UNKNOWN }), node(2, { host: UNKNOWN }), node(3)] }],
  ["the roles of a node", { nodes: [node(1, { roles: UNKNOWN }), node(2)] }],
  ["one role of a node", { nodes: [node(1, { roles: [UNKNOWN] }), node(2)] }],
  ["a port", { nodes: [node(1, { ports: { mserverRpc: UNKNOWN } }), node(2), node(3)] }],
  ["all of ssh", { ssh: UNKNOWN }],
  ["the key", { ssh: ssh({ privateKey: UNKNOWN }) }],
  ["known_hosts", { ssh: ssh({ knownHosts: UNKNOWN }) }],
  ["the settings of single hosts", { ssh: ssh({ knownHosts: "", hosts: UNKNOWN }) }],
  ["a host key", { nodes: [node(1)], ssh: ssh({ knownHosts: "", hosts: { db1: { hostKey: UNKNOWN } } }) }],
  ["a port for ssh", { ssh: ssh({ port: UNKNOWN }) }],
  ["the bastion", { ssh: ssh({ bastion: UNKNOWN }) }],
  ["a checksum", { release: { sha256: { "2.18.0.0": UNKNOWN } } }],
  ["all checksums", { release: { sha256: UNKNOWN } }],
  ["the policy, which may allow an interruption", { nodes: [node(1), node(2)], policy: UNKNOWN }],
  ["whether an interruption is allowed", { nodes: [node(1), node(2)], policy: { allowInterruption: UNKNOWN } }],
  ["a duration", { policy: { pause: UNKNOWN, timeouts: UNKNOWN } }],
  ["bm-admin's host", { bmAdmin: { host: UNKNOWN } }],
])("%s may be unknown", (_title, changes) => {
  expect(parseDesiredInPreview(inputs(changes))).toMatchObject({ problems: [], hasUnknowns: true });
  // Where everything must be known, the same is refused.
  const parsed = parseDesired(inputs(changes));
  expect("problems" in parsed && parsed.problems).toContainEqual(expect.stringMatching(/: is not known yet$/));
});

test("nothing may be known at all", () => {
  expect(parseDesiredInPreview(UNKNOWN)).toEqual({ problems: [], warnings: [], hasUnknowns: true });
});

test("what is known is checked with the same words", () => {
  const changes = {
    version: "2.18",
    nodes: UNKNOWN,
    polcy: UNKNOWN,
    policy: { pause: "60" },
    ssh: { port: 0, user: UNKNOWN },
  };
  expect(problemsOf(changes)).toEqual([
    'version: "2.18" is not a version; write it like "2.18.0.0" or "2.18.0.0-b68"',
    "ssh.port: 0 is not a whole number from 1 to 65535",
    'policy.pause: "60" has no unit; write "60s" for seconds',
    'polcy: there is no such property; did you mean "policy"?',
  ]);
});

test("a missing host key is found beside a host that is not known yet", () => {
  const nodes = [node(1, { host: UNKNOWN }), node(2, { host: "10.9.9.9" }), node(3)];
  expect(problemsOf({ nodes })).toEqual([expect.stringMatching(/^nodes\[1\]: no host key is known for "db2"/)]);
});

test("an even number of MServers is a warning in a preview too", () => {
  const { warnings } = parseDesiredInPreview(
    inputs({ nodes: [1, 2, 3, 4].map((index) => node(index, { zone: UNKNOWN })) }),
  );
  expect(warnings).toEqual(["nodes: 4 MServers survive no more failures than 3; use an odd number"]);
});
