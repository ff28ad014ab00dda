// Promoted AutoFlags that take effect only at the next start of a process: a second roll, planned by itself, and not
// forgotten when the first run fails after its promotion.

import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack, findCluster, planIn } from "./cluster-stack";
import type { TestStack } from "./harness";

let cluster: TestCluster;
let stack: TestStack;

beforeAll(async () => {
  cluster = await startTestCluster();
  stack = await createClusterStack(cluster.args("2.16.0.0"));
  await stack.up();
  await cluster.sandbox.setFaults([
    { kind: "promotion_needs_restart" },
    { kind: "bsql_upgrade_conflicts", times: 1, text: "Invalid argument: there is no such migration" },
  ]);
  await cluster.mark();
});

afterAll(async () => {
  await stack?.remove();
  await cluster?.remove();
});

test("a run that fails after its promotion remembers which processes need one more restart", async () => {
  const result = await stack.up({ program: clusterProgram(cluster.args("2.18.0.0")) });
  expect(result.isOk).toBe(false);
  expect(result.text).toContain("the promoted AutoFlags take effect after one more restart");
  const state = findCluster(await stack.exportState());
  expect(Object.keys(state?.outputs?.["awaitingRestart"] ?? {})).toHaveLength(6);
  expect(state?.outputs).toMatchObject({ phase: "upgrading", finalized: false });
  expect(await cluster.story()).toContain("promote 2");
});

test("the next preview shows that roll, in the order of any other", async () => {
  await cluster.mark();
  const plan = planIn(await stack.preview());
  expect(plan.split("\n")[0]).toMatch(/^restart on 2\.18\.0\.0: 6 processes, \d+ steps/);
  expect(plan).toContain("once more on 2.18.0.0, so that promoted AutoFlags take effect");
  expect(await cluster.story()).toEqual([]);
});

test("the next up restarts every process once and finishes what is left of the finalisation", async () => {
  await cluster.sandbox.setFaults([]);
  const result = await stack.up();
  expect(result.text).toContain("6 processes on 2.18.0.0, finalized");
  const story = await cluster.story();
  expect(story.filter((line) => line.startsWith("start"))).toHaveLength(6);
  expect(story.slice(0, 6).join()).not.toContain("dbserver");
  expect(story.slice(-2)).toEqual(["promote nothing", "upgrade bsql"]);
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
  const state = findCluster(await stack.exportState());
  expect(state?.outputs).toMatchObject({ phase: "finished", finalized: true });
  expect(state?.outputs).not.toHaveProperty("awaitingRestart");
});

test("after it nothing is left to do", async () => {
  expect((await stack.up()).changes).toEqual({ same: 6 });
});

// Two more rolls: only where there is time for them.
const testLong = process.env["BMDB_TEST_LONG"] === "1" ? test : () => undefined;

testLong(
  "a promotion without a failure ends with the phase that says so, and the next up does only the restarts",
  async () => {
    await cluster.sandbox.setFaults([{ kind: "promotion_needs_restart" }]);
    const first = await stack.up({ program: clusterProgram(cluster.args("2.20.0.0")) });
    expect(first.isOk).toBe(true);
    expect(first.outputs["phase"]?.value).toBe("restart needed");
    expect(first.outputs["finalized"]?.value).toBe(false);
    expect(first.text).toContain("restart needed: 6 processes");
    await cluster.sandbox.setFaults([]);
    await cluster.mark();
    const second = await stack.up();
    expect(second.outputs["phase"]?.value).toBe("finished");
    expect(second.outputs["finalized"]?.value).toBe(true);
    const story = await cluster.story();
    expect(story.filter((line) => line.startsWith("start"))).toHaveLength(6);
    expect(story.join()).not.toMatch(/promote|bsql/);
  },
);
