// A user's project on the plain CLI: the sandbox example, in a directory and a stack of its own, for tests that kill things.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prepareProject } from "../../sandbox/demo/prepare-project";
import type { ProcessResult } from "../../sandbox/toolchain/run-process";
import type { TestCluster } from "../support/sandbox-cluster";
import { createPulumiEnv, REPO_ROOT, runPulumi, type StateResource } from "./harness";

export interface RunningUp {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** What it has printed until now. */
  text(): string;
}

export interface CliProject {
  readonly dir: string;
  cli(...args: string[]): Promise<ProcessResult>;
  /** Adopts at 2.16.0.0 and fails loudly when that does not work. */
  adopt(): Promise<void>;
  want(version: string): Promise<void>;
  up(): Promise<ProcessResult>;
  /** An `up` in a process of its own, which the test may kill. */
  startUp(): RunningUp;
  /** Pids of the plugin processes of this project's engine. */
  findPlugins(): number[];
  exportState(): Promise<readonly StateResource[]>;
  remove(): void;
}

/** `policy`, as TypeScript, stands in the place of the example's own. */
export const createCliProject = (cluster: TestCluster, policy?: string): Promise<CliProject> =>
  openCliProject(
    "sandbox",
    { sandbox: cluster.sandbox.dir },
    policy === undefined ? [] : [[POLICY, `policy: ${policy}`]],
  );

/** What examples give as policy, to be replaced. */
export const POLICY = 'policy: { pause: "3s" }';

/** `changes`: texts of the example's program, each with what stands in its place. */
export async function openCliProject(
  example: string,
  config: Readonly<Record<string, string>>,
  changes: readonly (readonly [string, string])[] = [],
): Promise<CliProject> {
  const { dir, env, toolchain, remove } = await createPulumiEnv();
  const project = join(dir, "project");
  mkdirSync(project);
  prepareProject(join(REPO_ROOT, "examples", example), project, REPO_ROOT);
  const program = join(project, "index.ts");
  const edit = (text: string, [from, to]: readonly [string, string]): string => {
    if (!text.includes(from)) throw new Error(`the example ${example} does not say ${from}`);
    return text.replace(from, to);
  };
  writeFileSync(program, changes.reduce(edit, readFileSync(program, "utf8")));
  const cli = (...args: string[]) => runPulumi([...args, "--stack", "test"], { cwd: project, env });
  const upArgs = ["up", "--yes", "--skip-preview"];
  const want = async (version: string): Promise<void> => {
    await cli("config", "set", "bmdbVersion", version);
  };
  await runPulumi(["stack", "init", "test"], { cwd: project, env });
  for (const [key, value] of Object.entries(config)) await cli("config", "set", key, value);
  return {
    dir: project,
    cli,
    want,
    async adopt() {
      await want("2.16.0.0");
      const { code, stdout, stderr } = await cli(...upArgs);
      if (code !== 0) throw new Error(`${stdout}\n${stderr}`);
    },
    up: () => cli(...upArgs),
    startUp() {
      const child = spawn(toolchain.pulumi, [...upArgs, "--non-interactive", "--stack", "test"], {
        cwd: project,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const chunks: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
      const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
      return { child, ended, text: () => Buffer.concat(chunks).toString() };
    },
    findPlugins: () => findPluginsIn(project),
    async exportState() {
      const { stdout } = await cli("stack", "export");
      return (JSON.parse(stdout) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
    },
    remove,
  };
}

function findPluginsIn(project: string): number[] {
  const isPlugin = (pid: string): boolean => {
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return commandLine.includes("dynamic-provider") && readlinkSync(`/proc/${pid}/cwd`) === project;
    } catch {
      return false;
    }
  };
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && isPlugin(pid))
    .map(Number);
}

export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  limitSeconds = 60,
): Promise<void> {
  for (let tries = 0; tries < limitSeconds * 10; tries += 1) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`it did not come to this within ${limitSeconds} s: ${what}`);
}
