// Ctrl-C, and a CLI that is killed, in the middle of a roll: the process in hand is seen back, nothing further is stopped,
// no orphan goes on, and the next up does the rest.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prepareProject } from "../../sandbox/demo/prepare-project";
import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { createPulumiEnv, REPO_ROOT, runPulumi } from "./harness";

jest.setTimeout(240_000);

type Environment = Awaited<ReturnType<typeof createPulumiEnv>>;
let cluster: TestCluster;
let environment: Environment;
let project: string;

const cli = (...args: string[]) => runPulumi([...args, "--stack", "test"], { cwd: project, env: environment.env });

beforeEach(async () => {
  cluster = await startTestCluster();
  environment = await createPulumiEnv();
  project = join(environment.dir, "project");
  mkdirSync(project);
  prepareProject(join(REPO_ROOT, "examples/sandbox"), project, REPO_ROOT);
  await runPulumi(["stack", "init", "test"], { cwd: project, env: environment.env });
  await cli("config", "set", "sandbox", cluster.sandbox.dir);
  await cli("config", "set", "bmdbVersion", "2.16.0.0");
  const adopted = await cli("up", "--yes", "--skip-preview");
  if (adopted.code !== 0) throw new Error(`${adopted.stdout}\n${adopted.stderr}`);
  await cli("config", "set", "bmdbVersion", "2.18.0.0");
  await cluster.mark();
});

afterEach(async () => {
  await cluster?.remove();
  environment?.remove();
});

/** An `up` in a process of its own, and what it printed. */
function startUp(): { child: ChildProcess; ended: Promise<number | null>; text: () => string } {
  const child = spawn(
    environment.toolchain.pulumi,
    ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "test"],
    {
      cwd: project,
      env: { ...process.env, ...environment.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return {
    child,
    ended: new Promise((resolve) => child.on("exit", (code) => resolve(code))),
    text: () => Buffer.concat(chunks).toString(),
  };
}

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`it did not come to this within a minute: ${what}`);
}

/** The plugin processes of this project's engine. */
const findPlugins = (): string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dynamic-provider") &&
        readlinkSync(`/proc/${pid}/cwd`) === project
      );
    } catch {
      return false;
    }
  });

const hasStarted = (text: string) => async () => (await cluster.story()).includes(text);
const stopsIn = (story: readonly string[]) => story.filter((line) => line.startsWith("stop "));

async function expectRestAfter(before: readonly string[]): Promise<void> {
  const finished = await cli("up", "--yes", "--skip-preview");
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
  const up = startUp();
  await until("the first DBServer restarts", hasStarted("start dbserver db1 2.18.0.0"));
  up.child.kill("SIGINT");
  expect(await up.ended).not.toBe(0);
  expect(up.text()).toContain("RunStopped");
  expect(up.text()).toContain("DBServer db1     2.18.0.0-b1");
  const story = await cluster.story();
  expect(stopsIn(story)).toHaveLength(4);
  expect(Object.values(await cluster.versions())).not.toContain("down");
  expect(findPlugins()).toEqual([]);
  await expectRestAfter(story);
});

test("a CLI that is killed leaves no orphan that upgrades on", async () => {
  const up = startUp();
  await until(
    "the second MServer restarts",
    async () => (await cluster.story()).filter((line) => line.startsWith("start")).length >= 2,
  );
  up.child.kill("SIGKILL");
  await up.ended;
  await until("the plugin ends", () => findPlugins().length === 0);
  const story = await cluster.story();
  expect(stopsIn(story).length).toBeLessThanOrEqual(3);
  expect(Object.values(await cluster.versions())).not.toContain("down");
  await cli("cancel", "--yes");
  await expectRestAfter(story);
});
