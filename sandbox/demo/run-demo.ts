// The demo: a cluster of real processes on this machine, adopted and upgraded by the real Pulumi CLI.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planHosts } from "../cli/layouts";
import { renderTable } from "../cli/print";
import { readDescription } from "../description";
import { type Sandbox, startSandbox } from "../sandbox";
import { type ProcessStatus, readStatus } from "../status";
import { ensureCommandPlugin } from "../toolchain/command-plugin";
import { ensureToolchain } from "../toolchain/ensure-toolchain";
import { findPackageRoot } from "../toolchain/package-root";
import { fileBackendEnv } from "../toolchain/pulumi-env";
import { renderElapsed } from "../toolchain/terminal-progress";
import { createDemoCli, type DemoCli, Interrupted } from "./demo-cli";
import { renderHeading, renderNote } from "./narrate";
import { prepareProject } from "./prepare-project";

export interface DemoOptions {
  /** A DBServer that does not come back, and the `up` that finishes once the cause is gone. */
  readonly isFailureShown: boolean;
  /** Leaves the sandbox running and everything in place. */
  readonly isKept: boolean;
}

const OLD = "2.16.0.0";
const NEW = "2.18.0.0";

/** Resolves with whether the cluster ended where it should. Cleans up after itself, also after Ctrl-C. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const startedAtMs = Date.now();
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "bmdb-demo-")));
  const interruption = watchSignals();
  let sandbox: Sandbox | undefined;
  let explainKept: (sandbox: Sandbox) => void = () => undefined;
  try {
    const heading = createHeadings();
    heading("A Pulumi to work with");
    const { cli, explain } = await setUpPulumi(dir);
    interruption.onSignal(cli.interrupt);
    explainKept = explain;

    heading(`A cluster of three hosts on ${OLD}, made of processes of this machine`);
    sandbox = await startSandbox({
      dir: join(dir, "sandbox"),
      hosts: planHosts({ layout: "colocated" }),
      version: OLD,
    });
    interruption.throwIfAny();
    await showProcesses(sandbox);

    heading("Adopt it: the first `pulumi up` verifies the cluster and changes nothing in it");
    await cli.prepare(["stack", "init", "demo"]);
    await cli.prepare(["config", "set", "sandbox", sandbox.dir]);
    await cli.prepare(["config", "set", "bmdbVersion", OLD]);
    await cli.mustSucceed(["up", "--yes", "--skip-preview"]);

    heading(`Ask for ${NEW}: the preview shows every step, in order`);
    await cli.prepare(["config", "set", "bmdbVersion", NEW]);
    await cli.mustSucceed(["preview"]);

    if (options.isFailureShown) await showFailure(sandbox, cli, heading);
    else heading("Upgrade it, one process at a time");
    await cli.mustSucceed(["up", "--yes", "--skip-preview"]);

    heading("The cluster now");
    const isUpgraded = (await showProcesses(sandbox)).every(({ version }) => version === NEW);
    say(`\n${isUpgraded ? `Every process runs ${NEW}.` : `Not every process runs ${NEW}.`} ${took(startedAtMs)}`);
    return isUpgraded;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say(renderNote("\nInterrupted."));
    return false;
  } finally {
    if (options.isKept && sandbox !== undefined) explainKept(sandbox);
    else {
      await sandbox?.stop();
      rmSync(dir, { recursive: true, force: true });
    }
    interruption.stop();
  }
}

async function showFailure(sandbox: Sandbox, cli: DemoCli, heading: (text: string) => void): Promise<void> {
  const host = sandbox.hosts[1]?.name ?? "";
  heading(`Upgrade it, but the DBServer of ${host} will not start on ${NEW}`);
  await sandbox.setFaults([{ kind: "crash_at_start", host, role: "dbserver", version: NEW }]);
  const code = await cli.show(["up", "--yes", "--skip-preview"]);
  if (code === 0) throw new Error(`The upgrade did not notice that the DBServer of ${host} does not start.`);
  say("");
  await showProcesses(sandbox);

  heading("The cause is gone: the same `pulumi up` does the rest, and only the rest");
  await sandbox.setFaults([]);
}

async function setUpPulumi(dir: string): Promise<{ cli: DemoCli; explain: (sandbox: Sandbox) => void }> {
  const toolchain = await ensureToolchain();
  const plugin = await ensureCommandPlugin(toolchain);
  const packageRoot = findPackageRoot();
  const projectDir = join(dir, "project");
  const [stateDir, homeDir] = [join(dir, "state"), join(dir, "pulumi-home")];
  for (const each of [stateDir, homeDir]) mkdirSync(each);
  prepareProject(join(packageRoot, "examples", "sandbox"), projectDir, packageRoot);
  // Type checking an example that the package's own tests check would only cost time.
  const own = { ...fileBackendEnv(stateDir, "demo"), PULUMI_HOME: homeDir, PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
  const env: Record<string, string> = { ...plugin.env, ...own };
  say(`pulumi ${toolchain.version}: ${toolchain.pulumi}`);
  say(`plugin of @pulumi/command: ${plugin.description}`);
  say(`project (a copy of examples/sandbox): ${projectDir}`);
  return {
    cli: createDemoCli(toolchain.pulumi, projectDir, env),
    explain: (sandbox) => {
      const file = join(dir, "env.sh");
      const lines = Object.entries({ ...own, PATH: env["PATH"] ?? "" }).map(
        ([name, value]) => `export ${name}='${value}'`,
      );
      writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
      say(`\nIt goes on running. To use it:      . ${file} && cd ${projectDir} && pulumi preview`);
      say(`To see it:                          npx pulumi-bmdb sandbox status --dir ${sandbox.dir}`);
      say(`To end it and delete everything:    npx pulumi-bmdb sandbox down --dir ${sandbox.dir} && rm -r ${dir}`);
    },
  };
}

async function showProcesses(sandbox: Sandbox): Promise<ProcessStatus[]> {
  const description = readDescription(sandbox.dir);
  const statuses = description === undefined ? [] : await readStatus(sandbox.dir, description);
  const rows = statuses.map(({ host, role, version, pid, state }) => [
    host,
    role === "mserver" ? "MServer" : "DBServer",
    version ?? "-",
    String(pid ?? "-"),
    state,
  ]);
  say(renderTable(["host", "process", "version", "pid", "state"], rows));
  return statuses;
}

/** Ctrl-C ends the demo at the next safe place, so that the sandbox is stopped and nothing is left running. */
function watchSignals() {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  let seen: NodeJS.Signals | undefined;
  let forward: (signal: NodeJS.Signals) => void = () => undefined;
  const listener = (signal: NodeJS.Signals) => {
    if (seen === undefined) say(renderNote("\nStopping; the sandbox is cleaned up."));
    seen = signal;
    forward(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    onSignal: (listen: (signal: NodeJS.Signals) => void) => {
      forward = listen;
      if (seen !== undefined) forward(seen);
    },
    throwIfAny: () => {
      if (seen !== undefined) throw new Interrupted("interrupted");
    },
    stop: () => {
      for (const signal of signals) process.removeListener(signal, listener);
    },
  };
}

function createHeadings(): (text: string) => void {
  let step = 0;
  return (text) => say(renderHeading(++step, text));
}

function took(startedAtMs: number): string {
  return renderNote(`(${renderElapsed(Date.now() - startedAtMs)})`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
