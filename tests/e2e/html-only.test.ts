// A BMDB without JSON, on the real engine: versions come over ssh, everything else from the HTML pages. How far replicas
// lag no page tells, so nothing is stopped until the program says that this is known and accepted. The tests build on each other.

import type { BmClusterArgs } from "../../components/bm-cluster-args";
import { upgradeCluster } from "../../provider/engine";
import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import { parseDesired } from "../../provider/model/parse-desired";
import { startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack, planIn } from "./cluster-stack";
import type { TestStack } from "./harness";

let cluster: TestCluster;
let stack: TestStack;

beforeAll(async () => {
  cluster = await startTestCluster({ htmlOnly: true });
  stack = await createClusterStack(cluster.args("2.16.0.0"));
});

afterAll(async () => {
  await stack?.remove();
  await cluster?.remove();
});

const policyWith = (more: ClusterInputs["policy"]) => ({ ...cluster.inputs("2.18.0.0").policy, ...more });
const program = (policy: ClusterInputs["policy"], more: Partial<ClusterInputs> = {}) =>
  clusterProgram(cluster.args("2.18.0.0", { policy: policyWith(policy), ...more } as Partial<BmClusterArgs>));
const waiver = { waive: { every_follower_is_current: "no JSON pages" } };

test("a cluster is adopted on what its hosts show", async () => {
  const result = await stack.up();
  expect(result.text).toContain("adopted: 6 processes run 2.16.0.0");
  expect(result.outputs["version"]?.value).toBe("2.16.0.0");
  await cluster.mark();
});

test("without a waiver nothing is stopped, because how far replicas lag is not known", async () => {
  const result = await stack.up({ program: program({ timeouts: { ...policyWith({}).timeouts, gate: "3s" } }) });
  expect(result.isOk).toBe(false);
  expect(result.text).toContain("every_follower_is_current");
  expect(result.text).toContain("lags is not known: there is no such page");
  expect(await cluster.story()).toEqual([]);
});

test("the preview says where versions come from, and what is waived", async () => {
  const result = await stack.preview({ program: program(waiver) });
  const plan = planIn(result);
  expect(plan).toContain("versions come over ssh");
  expect(plan).toContain("waived every_follower_is_current");
  expect(plan).toContain("no JSON pages");
});

test("with the waiver every process is restarted once, and proven over ssh", async () => {
  const result = await stack.up({ program: program(waiver, { finalize: "manual" }) });
  expect(result.isOk).toBe(true);
  expect(result.outputs["version"]?.value).toBe("2.18.0.0");
  const story = await cluster.story();
  expect(story.filter((line) => line.startsWith("stop")).map((line) => line.split(" ")[1])).toEqual([
    ...["mserver", "mserver", "mserver"],
    ...["dbserver", "dbserver", "dbserver"],
  ]);
  const starts = story.filter((line) => line.startsWith("start"));
  expect([starts.length, new Set(starts).size]).toEqual([6, 6]);
  expect(story.some((line) => line.startsWith("promote"))).toBe(false);
});

test("AutoFlags are not promoted while one host does not show what runs on it", async () => {
  await cluster.mark();
  const { nodes, ssh, ...inputs } = cluster.inputs("2.18.0.0", { policy: policyWith(waiver) });
  const [db1] = cluster.sandbox.hosts;
  const nobody = "127.0.0.99";
  const parsed = parseDesired({
    ...inputs,
    nodes: nodes.map((node) => (node.name === "db1" ? { ...node, sshHost: nobody } : node)),
    ssh: { ...ssh, knownHosts: `${cluster.sandbox.knownHosts}\n[${nobody}]:${db1?.sshPort} ${db1?.hostKey}\n` },
  });
  if (!("desired" in parsed)) throw new Error(parsed.problems.join("\n"));
  const upgrade = upgradeCluster(
    {
      desired: parsed.desired,
      sink: { emit: () => undefined },
      signal: new AbortController().signal,
      workingDirectory: undefined,
    },
    { finalizedVersion: undefined, adoptedVersion: undefined },
    () => undefined,
  );
  await expect(upgrade).rejects.toMatchObject({
    text: {
      what: expect.stringContaining("MServer db1 could not be asked for its version: it has no page that tells it"),
      next: expect.stringContaining("reachable over ssh"),
    },
  });
  expect(await cluster.story()).toEqual([]);
});

test("with every host in sight the upgrade is finished", async () => {
  const result = await stack.up({ program: program(waiver) });
  expect(result.text).toContain("6 processes on 2.18.0.0, finalized");
  expect(await cluster.story()).toEqual(["promote 2", "upgrade bsql"]);
});

test("afterwards there is nothing left to do", async () => {
  expect((await stack.up()).changes).toEqual({ same: 6 });
});
