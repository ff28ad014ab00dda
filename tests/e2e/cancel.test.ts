// Ctrl-C, and a CLI that is killed, in the middle of a roll: the process in hand is seen back, nothing further is stopped,
// no orphan goes on, and the next up does the rest.

import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { type CliProject, createCliProject, until } from "./cli-project";

jest.setTimeout(240_000);

let cluster: TestCluster;
let project: CliProject;

beforeEach(async () => {
  cluster = await startTestCluster();
  project = await createCliProject(cluster);
  await project.adopt();
  await project.want("2.18.0.0");
  await cluster.mark();
});

afterEach(async () => {
  await cluster?.remove();
  project?.remove();
});

const hasStarted = (text: string) => async () => (await cluster.story()).includes(text);
const stopsIn = (story: readonly string[]) => story.filter((line) => line.startsWith("stop "));

async function expectRestAfter(before: readonly string[]): Promise<void> {
  const finished = await project.up();
  expect(finished.stdout).toContain("6 processes on 2.18.0.0, finalized");
  const story = await cluster.story();
  expect(story.slice(0, before.length)).toEqual(before);
  // Each process once in all, whatever happened in between.
  expect(stopsIn(story)).toHaveLength(6);
  expect(new Set(stopsIn(story)).size).toBe(6);
  expect(story.slice(-2)).toEqual(["promote 2", "upgrade bsql"]);
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
}

test("Ctrl-C ends the roll after the process in hand, and the next up does the rest", async () => {
  const up = project.startUp();
  await until("the first DBServer restarts", hasStarted("start dbserver db1 2.18.0.0"));
  up.child.kill("SIGINT");
  expect(await up.ended).not.toBe(0);
  expect(up.text()).toContain("RunStopped");
  expect(up.text()).toContain("DBServer db1     2.18.0.0-b1");
  const story = await cluster.story();
  expect(stopsIn(story)).toHaveLength(4);
  expect(Object.values(await cluster.versions())).not.toContain("down");
  expect(project.findPlugins()).toEqual([]);
  await expectRestAfter(story);
});

test("a CLI that is killed leaves no orphan that upgrades on", async () => {
  const up = project.startUp();
  await until(
    "the second MServer restarts",
    async () => (await cluster.story()).filter((line) => line.startsWith("start")).length >= 2,
  );
  up.child.kill("SIGKILL");
  await up.ended;
  await until("the plugin ends", () => project.findPlugins().length === 0);
  const story = await cluster.story();
  expect(stopsIn(story).length).toBeLessThanOrEqual(3);
  expect(Object.values(await cluster.versions())).not.toContain("down");
  await project.cli("cancel", "--yes");
  await expectRestAfter(story);
});
