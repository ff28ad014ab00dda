// A DBServer that does not come back: the roll stops there, the state tells the truth, and the next up does the rest and only the rest.

import { findBrokenRules } from "../support/broken-rules";
import { findMissing } from "../support/failure-text";
import { startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack, findCluster, planIn } from "./cluster-stack";
import { startByHand } from "./faults/by-hand";
import type { TestStack } from "./harness";

let cluster: TestCluster;
let stack: TestStack;
/** How many events there were before the roll. */
let begin = 0;

beforeAll(async () => {
  cluster = await startTestCluster();
  stack = await createClusterStack(cluster.args("2.16.0.0"));
  expect((await stack.up()).isOk).toBe(true);
  await cluster.mark();
  begin = (await cluster.sandbox.events()).length;
});

afterAll(async () => {
  await stack?.remove();
  await cluster?.remove();
});

test("the roll stops at the DBServer that dies at its start, and says what to do", async () => {
  await cluster.sandbox.setFaults([{ kind: "crash_at_start", host: "db2", role: "dbserver", version: "2.18.0.0" }]);
  const result = await stack.up({ program: clusterProgram(cluster.args("2.18.0.0")) });
  expect(result.isOk).toBe(false);
  expect(result.text).toContain("DiedAtStart   stopped at step 19 of 31, prove DBServer db2 is back");
  const words = {
    code: "DiedAtStart",
    what: [/DBServer db2 was started from 2\.18\.0\.0/],
    left: /^Nothing else was stopped/,
  };
  expect(findMissing(result.text, words)).toEqual([]);
  expect(result.text).toContain("then run `pulumi up`; it starts this process first");
  expect(result.text).toMatch(/→ 19 {2}prove DBServer db2 is back/);
  const story = await cluster.story();
  expect(story.filter((line) => line.includes("dbserver"))).toEqual([
    "stop dbserver db1 2.16.0.0",
    "start dbserver db1 2.18.0.0",
    "stop dbserver db2 2.16.0.0",
    "start dbserver db2 2.18.0.0",
    "crash dbserver db2 2.18.0.0",
  ]);
  expect(story.some((line) => line.startsWith("promote"))).toBe(false);
});

test("the state describes the live mix, never the target", async () => {
  const state = findCluster(await stack.exportState());
  expect(state?.inputs?.["version"]).toBe("2.16.0.0");
  expect(state?.outputs?.["version"]).toBe("2.16.0.0 ×1, 2.18.0.0 ×4, down ×1");
  expect(state?.outputs?.["processes"]).toMatchObject({
    "DBServer db1": "2.18.0.0-b1",
    "DBServer db2": "down",
    "DBServer db3": "2.16.0.0-b1",
  });
  expect(state?.outputs?.["phase"]).toBe("upgrading");
});

test("going back to the old release in the middle is refused", async () => {
  const result = await stack.up({ program: clusterProgram(cluster.args("2.16.0.0")) });
  expect(result.isOk).toBe(false);
  expect(result.text).toContain("BMDB does not support a downgrade");
});

test("the next preview shows only what is left, the repair first", async () => {
  const plan = planIn(await stack.preview({ program: clusterProgram(cluster.args("2.18.0.0")) }));
  const changes = [...plan.matchAll(/\d {2}(start|restart) (\w+ \w+)/g)].map((match) => `${match[1]} ${match[2]}`);
  expect(changes).toEqual(["start DBServer db2", "restart DBServer db3"]);
});

test("after the cause is gone the next up does the rest and only the rest", async () => {
  await cluster.sandbox.setFaults([]);
  await cluster.mark();
  const result = await stack.up();
  expect(result.text).toContain("6 processes on 2.18.0.0, finalized");
  expect(await cluster.story()).toEqual([
    "start dbserver db2 2.18.0.0",
    "stop dbserver db3 2.16.0.0",
    "start dbserver db3 2.18.0.0",
    "promote 2",
    "upgrade bsql",
  ]);
  expect((await stack.up()).changes).toEqual({ same: 6 });
  const processes = ["mserver", "dbserver"].flatMap((role) => ["db1", "db2", "db3"].map((host) => `${role} ${host}`));
  const roll = { begin, processes, target: "2.18.0.0", inHand: ["dbserver db2"], isFinished: true };
  expect(findBrokenRules(await cluster.sandbox.events(), roll)).toEqual([]);
});

test("after a failure in the middle refresh still works, and corrects the state where a person did something since", async () => {
  await cluster.sandbox.setFaults([{ kind: "crash_at_start", host: "db1", role: "mserver", version: "2.20.0.0" }]);
  const args = cluster.args("2.20.0.0");
  // What breaks first, whichever MServer leads, ends the roll with one down or some new.
  expect((await stack.up({ program: clusterProgram(args) })).isOk).toBe(false);
  await cluster.sandbox.setFaults([]);
  expect((await cluster.versions())["mserver db1"]).toBe("down");
  await startByHand(cluster, "db1", "mserver", "2.20.0.0");
  expect((await stack.refresh()).isOk).toBe(true);
  const state = findCluster(await stack.exportState());
  expect(state?.outputs?.["processes"]).toMatchObject({
    "MServer db1": "2.20.0.0-b1",
    "DBServer db1": "2.18.0.0-b1",
  });
  expect(state?.inputs?.["version"]).toMatch(/^2\.18\.0\.0 ×[345], 2\.20\.0\.0 ×[123]$/);
  expect(state?.outputs?.["phase"]).toBe("upgrading");
});

test("destroy forgets a half-upgraded cluster, and stops nothing", async () => {
  const versions = await cluster.versions();
  await cluster.mark();
  const result = await stack.destroy();
  expect([result.isOk, result.isOk ? "" : result.text]).toEqual([true, ""]);
  expect(findCluster(await stack.exportState())).toBeUndefined();
  expect(await cluster.story()).toEqual([]);
  expect(await cluster.versions()).toEqual(versions);
});
