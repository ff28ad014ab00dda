// The main job on the real engine: one cluster's life, from a wrong adoption to `destroy`. The tests build on each other.

import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack, findCluster, planIn } from "./cluster-stack";
import type { TestStack } from "./harness";

let cluster: TestCluster;
let stack: TestStack;

beforeAll(async () => {
  cluster = await startTestCluster();
  stack = await createClusterStack(cluster.args("2.16.0.0"));
});

afterAll(async () => {
  await stack?.remove();
  await cluster?.remove();
});

test("adopting with the wrong version stated changes nothing, twice", async () => {
  await cluster.mark();
  for (const attempt of [1, 2]) {
    const result = await stack.up({ program: clusterProgram(cluster.args("2.18.0.0")) });
    expect([attempt, result.isOk]).toEqual([attempt, false]);
    expect(result.text).toContain('Write version: "2.16.0.0"');
    expect(findCluster(await stack.exportState())).toBeUndefined();
  }
  expect(await cluster.story()).toEqual([]);
});

test("adopting stores what runs and changes no process", async () => {
  const result = await stack.up({ program: clusterProgram(cluster.args("2.16.0.0")) });
  expect(result.text).toContain("adopted: 6 processes run 2.16.0.0");
  expect(result.outputs["version"]?.value).toBe("2.16.0.0");
  expect(await cluster.story()).toEqual([]);
});

test("a second up has no changes, and neither has an edit that does not concern the cluster", async () => {
  const again = await stack.up();
  expect(again.changes).toEqual({ same: 6 });
  const edited = await stack.up({ program: clusterProgram(cluster.args("2.16.0.0"), { greeting: "hello" }) });
  expect(edited.changes).toEqual({ same: 6 });
});

test("no key lies in the state in the clear", async () => {
  const state = JSON.stringify(await stack.exportState());
  expect(state).toContain("ciphertext");
  expect(state).not.toContain("PRIVATE KEY");
});

test("the preview of a bump shows every process in order and changes nothing", async () => {
  const result = await stack.preview({ program: clusterProgram(cluster.args("2.18.0.0")) });
  const plan = planIn(result);
  expect(plan.split("\n")[0]).toMatch(/^2\.16\.0\.0 → 2\.18\.0\.0: 6 processes, 31 steps, about \d+ /);
  const restarts = [...plan.matchAll(/restart (\w+ \w+)/g)].map((match) => match[1]);
  expect(restarts.slice(0, 3).sort()).toEqual(["MServer db1", "MServer db2", "MServer db3"]);
  expect(restarts.slice(3)).toEqual(["DBServer db1", "DBServer db2", "DBServer db3"]);
  expect(plan.indexOf("promote AutoFlags")).toBeGreaterThan(plan.indexOf("restart DBServer db3"));
  expect(plan).toContain("point of no return");
  expect(await cluster.story()).toEqual([]);
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.16.0.0"));
});

test("an up after the bump restarts every process once, in the order of the plan, then promotes and upgrades the catalog", async () => {
  const plan = planIn(await stack.preview({ program: clusterProgram(cluster.args("2.18.0.0")) }));
  const planned = [...plan.matchAll(/restart (MServer|DBServer) (\w+)/g)].map(
    (match) => `${match[1]?.toLowerCase()} ${match[2]}`,
  );
  const result = await stack.up();
  expect(result.text).toContain("6 processes on 2.18.0.0, finalized");
  expect(await cluster.story()).toEqual([
    ...planned.flatMap((process) => [`stop ${process} 2.16.0.0`, `start ${process} 2.18.0.0`]),
    "promote 2",
    "upgrade bsql",
  ]);
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
  expect(result.outputs["finalized"]?.value).toBe(true);
  const passing = result.diagnostics.filter(
    (diagnostic) => diagnostic.isEphemeral && diagnostic.urn.endsWith("ClusterVersion::prod"),
  );
  expect(passing.length).toBeGreaterThan(6);
  for (const { message } of passing) expect(message).toMatch(/^\d+\/31 /);
});

test("the state says how the run went", async () => {
  await cluster.mark();
  const state = findCluster(await stack.exportState());
  expect(state?.outputs?.["lastRun"]).toMatchObject({
    outcome: "done",
    summary: expect.stringContaining("31 of 31 steps done"),
    report: expect.stringMatching(/\.html$/),
  });
});

test("an up after the upgrade has no changes", async () => {
  expect((await stack.up()).changes).toEqual({ same: 6 });
  expect(await cluster.story()).toEqual([]);
});

test("a refresh of a healthy cluster finds no drift", async () => {
  const refreshed = await stack.refresh();
  expect(refreshed.changes).toEqual({ same: 6 });
  expect((await stack.up()).changes).toEqual({ same: 6 });
});

test("a downgrade is refused before anything is contacted", async () => {
  const result = await stack.up({ program: clusterProgram(cluster.args("2.16.0.0")) });
  expect(result.isOk).toBe(false);
  expect(result.text).toContain("version: 2.16.0.0 is older than 2.18.0.0");
  expect(await cluster.story()).toEqual([]);
});

test("destroy leaves the cluster running", async () => {
  const result = await stack.destroy();
  expect(result.isOk).toBe(true);
  expect(await cluster.story()).toEqual([]);
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
});
