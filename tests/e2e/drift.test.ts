// Drift: what a person did to the cluster, or what broke by itself, shows in refresh and in the preview after it, and `up` repairs it.
// The tests build on each other.

import { stage } from "../support/roll";
import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { type CliProject, createCliProject, until } from "./cli-project";
import { findCluster } from "./cluster-stack";
import { startByHand, stopByHand } from "./faults/by-hand";

let cluster: TestCluster;
let project: CliProject;

const checkDrift = () => project.cli("refresh", "--preview-only", "--expect-no-changes", "--diff");
const stateVersion = async () => findCluster(await project.exportState())?.inputs?.["version"];

beforeAll(async () => {
  cluster = await startTestCluster();
  project = await createCliProject(cluster);
  await project.adopt();
  await cluster.mark();
});

afterAll(async () => {
  await cluster?.remove();
  project?.remove();
});

test("the drift check of a healthy cluster ends with success", async () => {
  const { code, stdout, stderr } = await checkDrift();
  expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
});

test("a process that is down is drift: the check fails, and the preview shows its start", async () => {
  await cluster.sandbox.exec("db2", "pkill dbserver");
  await until("db2 is down", async () => (await cluster.versions())["dbserver db2"] === "down");
  const checked = await checkDrift();
  expect(checked.code).not.toBe(0);
  expect(checked.stdout).toContain('"2.16.0.0" => "2.16.0.0 ×5, down ×1"');
  expect(await stateVersion()).toBe("2.16.0.0");

  const diff = await project.cli("preview", "--refresh", "--diff");
  expect(diff.stdout).toMatch(/version +: "2\.16\.0\.0 ×5, down ×1" => "2\.16\.0\.0"/);
  const preview = await project.cli("preview", "--refresh");
  expect(preview.stdout).toMatch(/start DBServer db2 +it is down/);
  expect(preview.stdout).not.toContain("promote");
});

test("an up after a refresh starts what is down, and changes nothing else", async () => {
  await cluster.mark();
  expect((await project.cli("refresh", "--yes")).code).toBe(0);
  expect(await stateVersion()).toBe("2.16.0.0 ×5, down ×1");
  const { code, stdout } = await project.up();
  expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
  expect(await cluster.story()).toEqual(["start dbserver db2 2.16.0.0"]);
  expect((await checkDrift()).code).toBe(0);
});

test("releases that a person mixed show as a mix, and going on to the new one finishes his work", async () => {
  await project.want("2.18.0.0");
  const up = project.startUp();
  await until("the first MServer runs the new release", async () =>
    (await cluster.story()).some((line) => /^start mserver \w+ 2\.18/.test(line)),
  );
  up.child.kill("SIGKILL");
  await up.ended;
  await until("the plugin ends", () => project.findPlugins().length === 0);
  await project.cli("cancel", "--yes");
  // The state knows nothing of it: as if a person had done it.
  expect(await stateVersion()).toMatch(/^2\.16\.0\.0$/);
  expect((await project.cli("refresh", "--yes")).code).toBe(0);
  expect(await stateVersion()).toMatch(/^2\.16\.0\.0 ×[45], 2\.18\.0\.0 ×[12]$/);
  const preview = await project.cli("preview", "--diff");
  expect(preview.stdout).toMatch(/version +: "2\.16\.0\.0 ×\d, 2\.18\.0\.0 ×\d" => "2\.18\.0\.0"/);
  const { code, stdout } = await project.up();
  expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
  expect((await checkDrift()).code).toBe(0);
});

describe("a release that a person rolled by hand on all processes, without promoting AutoFlags", () => {
  const NEXT = "2.20.0.0";

  beforeAll(async () => {
    await stage(cluster, NEXT);
    for (const role of ["mserver", "dbserver"] as const)
      for (const { name } of cluster.sandbox.hosts) {
        await stopByHand(cluster, name, role);
        await startByHand(cluster, name, role, NEXT);
      }
    await cluster.mark();
  });

  test("is drift: the check fails and shows that it is not finalised", async () => {
    const checked = await checkDrift();
    expect(checked.code).not.toBe(0);
    expect(checked.stdout).toContain('version: "2.18.0.0" => "2.20.0.0, not finalized"');
    expect((await project.cli("refresh", "--yes")).code).toBe(0);
    expect(findCluster(await project.exportState())?.outputs).toMatchObject({
      version: NEXT,
      finalized: false,
      finalizedVersion: "2.18.0.0",
    });
  });

  test("is not taken back by a program that still wants the release before", async () => {
    const { code, stdout, stderr } = await project.up();
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("does not support a downgrade");
    expect(await cluster.story()).toEqual([]);
  });

  test("is finished by an up: the preview shows the finalisation alone, and only that is done", async () => {
    await project.want(NEXT);
    const diff = await project.cli("preview", "--diff");
    expect(diff.stdout).toMatch(/version +: "2\.20\.0\.0, not finalized" => "2\.20\.0\.0"/);
    const preview = await project.cli("preview");
    expect(preview.stdout).toMatch(/promote AutoFlags/);
    expect(preview.stdout).toMatch(/upgrade the BSQL catalog/);
    expect(preview.stdout).not.toMatch(/\d +(restart|start) (MServer|DBServer)/);
    const { code, stdout } = await project.up();
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    expect(await cluster.story()).toEqual([expect.stringMatching(/^promote \d+$/), "upgrade bsql"]);
    expect(findCluster(await project.exportState())?.outputs).toMatchObject({ version: NEXT, finalized: true });
    expect((await checkDrift()).code).toBe(0);
  });
});

test("a cluster that cannot be reached is an error, and the state stays as it was", async () => {
  const before = await project.exportState();
  await cluster.sandbox.stop();
  const { code, stdout, stderr } = await project.cli("refresh", "--yes");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("ClusterUnreachable");
  expect(findCluster(await project.exportState())?.outputs).toEqual(findCluster(before)?.outputs);
});
