// The lease on the real CLI: of two stacks that upgrade one cluster at the same moment exactly one rolls, and a run that was
// killed with everything that belongs to it keeps the next one waiting for the term, no longer.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prepareProject } from "../../sandbox/demo/prepare-project";
import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { createPulumiEnv, REPO_ROOT, runPulumi } from "./harness";

type Environment = Awaited<ReturnType<typeof createPulumiEnv>>;
let cluster: TestCluster;
const operators: Operator[] = [];

/** One person with a machine, a project and a stack of his own. */
interface Operator {
  readonly environment: Environment;
  readonly project: string;
  cli(...args: string[]): ReturnType<typeof runPulumi>;
  startUp(): { readonly child: ChildProcess; readonly ended: Promise<number | null>; text(): string };
}

async function addOperator(stack: string): Promise<Operator> {
  const environment = await createPulumiEnv();
  const project = join(environment.dir, "project");
  mkdirSync(project);
  prepareProject(join(REPO_ROOT, "examples/sandbox"), project, REPO_ROOT);
  const program = join(project, "index.ts");
  // A short term, because the test waits for it.
  writeFileSync(
    program,
    readFileSync(program, "utf8").replace('{ pause: "3s" }', '{ pause: "500ms", timeouts: { lease: "12s" } }'),
  );
  const options = { cwd: project, env: environment.env };
  const cli: Operator["cli"] = (...args) => runPulumi([...args, "--stack", stack], options);
  await runPulumi(["stack", "init", stack], options);
  await cli("config", "set", "sandbox", cluster.sandbox.dir);
  await cli("config", "set", "bmdbVersion", "2.16.0.0");
  const adopted = await cli("up", "--yes", "--skip-preview");
  if (adopted.code !== 0) throw new Error(`${adopted.stdout}\n${adopted.stderr}`);
  await cli("config", "set", "bmdbVersion", "2.18.0.0");
  const operator: Operator = {
    environment,
    project,
    cli,
    startUp() {
      const child = spawn(
        environment.toolchain.pulumi,
        ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack],
        // A process group of its own: all that the CLI starts can be killed with it.
        {
          cwd: project,
          env: { ...process.env, ...environment.env },
          stdio: ["ignore", "pipe", "pipe"],
          detached: true,
        },
      );
      const chunks: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
      return {
        child,
        ended: new Promise((resolve) => child.on("exit", (code) => resolve(code))),
        text: () => Buffer.concat(chunks).toString(),
      };
    },
  };
  operators.push(operator);
  return operator;
}

beforeEach(async () => {
  cluster = await startTestCluster();
});
afterEach(async () => {
  for (const { environment } of operators.splice(0)) environment.remove();
  await cluster?.remove();
});

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 900; tries += 1) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`it did not come to this within 90 s: ${what}`);
}

const stopsIn = (story: readonly string[]) => story.filter((line) => line.startsWith("stop "));
const leases = (operator: Operator): string[] =>
  readdirSync(join(operator.project, ".pulumi-bmdb"))
    .filter((file) => file.endsWith(".jsonl"))
    .flatMap((file) => readFileSync(join(operator.project, ".pulumi-bmdb", file), "utf8").split("\n"))
    .filter((line) => line.includes('"event":"lease_'));

test("of two stacks that upgrade at the same moment exactly one rolls, and the other is refused with its owner's name", async () => {
  const [ada, bob] = [await addOperator("ada"), await addOperator("bob")];
  await cluster.mark();
  const ups = [ada.startUp(), bob.startUp()];
  const codes = await Promise.all(ups.map(({ ended }) => ended));
  expect(codes.map((code) => code === 0).sort()).toEqual([false, true]);
  const winner = codes[0] === 0 ? 0 : 1;
  const loserText = ups[1 - winner]?.text() ?? "";
  expect(loserText).toContain("LeaseHeld");
  expect(loserText).toContain(`The lease on this cluster is held by bmdb-sandbox/${winner === 0 ? "ada" : "bob"} (`);
  expect(ups[winner]?.text()).toContain("6 processes on 2.18.0.0, finalized");
  const story = await cluster.story();
  expect(stopsIn(story)).toHaveLength(6);
  expect(new Set(stopsIn(story)).size).toBe(6);
  expect(story.slice(-2)).toEqual(["promote 2", "upgrade bsql"]);
  // The lease is free: whoever was refused only stores what is the case now.
  const loser = winner === 0 ? bob : ada;
  expect((await loser.cli("up", "--yes", "--skip-preview")).code).toBe(0);
  expect(stopsIn(await cluster.story())).toHaveLength(6);
});

test("after SIGKILL of all that the first operator runs, the next up waits for the term, takes over and does the rest", async () => {
  const [ada, bob] = [await addOperator("ada"), await addOperator("bob")];
  await cluster.mark();
  const up = ada.startUp();
  await until("the second MServer is started", async () => {
    const story = await cluster.story();
    return story.filter((line) => line.startsWith("start mserver")).length >= 2;
  });
  if (up.child.pid === undefined) throw new Error("the CLI has no pid");
  killTree(up.child.pid);
  await up.ended;
  const finished = await bob.cli("up", "--yes", "--skip-preview");
  expect(finished.stdout).toContain("waiting for the lease of bmdb-sandbox/ada (");
  expect(finished.stdout).toContain("took over the lease of bmdb-sandbox/ada (");
  expect(finished.stdout).toContain("6 processes on 2.18.0.0, finalized");
  const story = await cluster.story();
  expect(stopsIn(story)).toHaveLength(6);
  expect(new Set(stopsIn(story)).size).toBe(6);
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
  expect(leases(bob).some((line) => line.includes('"takenOverFrom"'))).toBe(true);
});

/** The process, and whatever it started, wherever that put itself. */
function killTree(root: number): void {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended by itself.
    }
  }
  const isOurs = (pid: number): boolean => {
    for (let at = pid, depth = 0; depth < 50; depth += 1) {
      if (at === root) return true;
      const parent = parents.get(at);
      if (parent === undefined) return false;
      at = parent;
    }
    return false;
  };
  for (const pid of [...parents.keys()].filter(isOurs)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}
