// Real Pulumi stacks for tests: the real CLI and engine, state in a temporary directory, nothing of the user's own Pulumi.
//
// Inline programs run inside the jest process (no language host); the provider plugin is a process of its own that resolves
// `pulumi-bmdb/provider` from the repository root, so it runs what is in dist/. `npm test` builds that first.
//
// A resource that fails is an ordinary result here. An inline program that itself throws is not: the SDK leaves rejections behind that jest
// counts against the whole file. Programs that are meant to throw are run by `exampleDir` or `runPulumi`, in a process of their own.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ConfigValue,
  type EngineEvent,
  LocalWorkspace,
  type OutputMap,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { ensureCommandPlugin } from "../../sandbox/toolchain/command-plugin";
import { ensureToolchain } from "../../sandbox/toolchain/ensure-toolchain";
import { findPackageRoot } from "../../sandbox/toolchain/package-root";
import { fileBackendEnv } from "../../sandbox/toolchain/pulumi-env";
import { type ProcessOptions, type ProcessResult, runProcess } from "../../sandbox/toolchain/run-process";
import { collectDiagnostics, type Diagnostic } from "./diagnostics";

export const REPO_ROOT = findPackageRoot(__dirname);

export type StackConfig = Readonly<Record<string, string | ConfigValue>>;

export interface PulumiStackOptions {
  /** An inline program. Either this or `exampleDir`. */
  readonly program?: PulumiFn;
  /** A directory with a Pulumi.yaml; its program is run by the language host. */
  readonly exampleDir?: string;
  readonly config?: StackConfig;
  readonly env?: Readonly<Record<string, string>>;
  /** Uses our stand-in for the plugin of @pulumi/command even where the official one is at hand. @default false */
  readonly isCommandStandInForced?: boolean;
  /** @default "test" */
  readonly stackName?: string;
  /** Of an inline program. @default "test" */
  readonly projectName?: string;
}

export interface OperationOptions {
  /** Replaces the inline program, from this operation on. */
  readonly program?: PulumiFn;
  /** Set before the operation. */
  readonly config?: StackConfig;
  readonly target?: string[];
  /** Of `preview`: fail when anything would change. */
  readonly expectNoChanges?: boolean;
}

export interface OperationResult {
  readonly isOk: boolean;
  /** All that the CLI printed, as in a CI log. */
  readonly text: string;
  /** What the engine did or would do, e.g. `{ create: 2, same: 1 }`. */
  readonly changes: Readonly<Record<string, number>>;
  readonly outputs: OutputMap;
  /** Messages in the order in which they came, passing ones (`isEphemeral`) included. */
  readonly diagnostics: readonly Diagnostic[];
  readonly events: readonly EngineEvent[];
}

/** One resource as the state holds it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

export interface TestStack {
  readonly stack: Stack;
  /** Temporary; holds the backend and the Pulumi home. */
  readonly dir: string;
  /** The environment for `runPulumi` on this stack. */
  readonly env: Readonly<Record<string, string>>;
  preview(options?: OperationOptions): Promise<OperationResult>;
  up(options?: OperationOptions): Promise<OperationResult>;
  refresh(options?: OperationOptions): Promise<OperationResult>;
  destroy(options?: OperationOptions): Promise<OperationResult>;
  /** The resources as they lie in the state file: secrets encrypted, unless asked for in the clear. */
  exportState(options?: { readonly isDecrypted?: boolean }): Promise<readonly StateResource[]>;
  /** Forgets the stack. Resources that still exist are left alone: `destroy` first if they matter. */
  remove(): Promise<void>;
}

/** A Pulumi home and a file backend in a new temporary directory, and the environment that uses them. */
export async function createPulumiEnv(extra: Readonly<Record<string, string>> = {}, isCommandStandInForced = false) {
  const toolchain = await ensureToolchain();
  const plugin = await ensureCommandPlugin(toolchain, { isStandInForced: isCommandStandInForced });
  const dir = mkdtempSync(join(tmpdir(), "bmdb-pulumi-"));
  const backendDir = join(dir, "state");
  const home = join(dir, "home");
  for (const each of [backendDir, home]) mkdirSync(each);
  const env: Record<string, string> = {
    ...plugin.env,
    ...fileBackendEnv(backendDir, "a passphrase for tests"),
    PULUMI_HOME: home,
    ...extra,
  };
  return { dir, env, toolchain, plugin, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Runs the plain CLI, as a user would, to its end. */
export async function runPulumi(
  args: readonly string[],
  options: ProcessOptions & { readonly env: Readonly<Record<string, string>> },
): Promise<ProcessResult> {
  const toolchain = await ensureToolchain();
  return runProcess(toolchain.pulumi, ["--non-interactive", ...args], options);
}

export async function createPulumiStack(options: PulumiStackOptions): Promise<TestStack> {
  const { dir, env, toolchain, remove } = await createPulumiEnv(options.env, options.isCommandStandInForced);
  const stackName = options.stackName ?? "test";
  const workspace = {
    // The Automation API adds these to the environment of this process, so the user's PULUMI_… variables must be blanked out.
    envVars: { ...blankPulumiVariables(), ...env },
    pulumiCommand: await PulumiCommand.get({ root: join(toolchain.binDir, "..") }),
  };
  const stack =
    options.exampleDir === undefined
      ? await LocalWorkspace.createOrSelectStack(
          {
            stackName,
            projectName: options.projectName ?? "test",
            program: options.program ?? (async () => undefined),
          },
          workspace,
        )
      : await LocalWorkspace.createOrSelectStack({ stackName, workDir: options.exampleDir }, workspace);
  await setConfig(stack, options.config);

  const operate = async (
    run: (onEvent: (event: EngineEvent) => void) => Promise<RawResult>,
    settings: OperationOptions,
  ) => {
    if (settings.program !== undefined) stack.workspace.program = settings.program;
    await setConfig(stack, settings.config);
    return collectResult(run);
  };
  return {
    stack,
    dir,
    env,
    preview: (settings = {}) =>
      operate(async (onEvent) => {
        const { target, expectNoChanges } = settings;
        const result = await stack.preview({ onEvent, ...pick({ target, expectNoChanges }) });
        return { stdout: result.stdout, changes: result.changeSummary };
      }, settings),
    up: (settings = {}) =>
      operate(async (onEvent) => {
        const result = await stack.up({ onEvent, ...pick({ target: settings.target }) });
        return { stdout: result.stdout, changes: result.summary.resourceChanges, outputs: result.outputs };
      }, settings),
    refresh: (settings = {}) =>
      operate(async (onEvent) => {
        const result = await stack.refresh({ onEvent, ...pick({ target: settings.target }) });
        return { stdout: result.stdout, changes: result.summary.resourceChanges };
      }, settings),
    destroy: (settings = {}) =>
      operate(async (onEvent) => {
        const result = await stack.destroy({ onEvent, ...pick({ target: settings.target }) });
        return { stdout: result.stdout, changes: result.summary.resourceChanges };
      }, settings),
    exportState: async ({ isDecrypted = false } = {}) => {
      const flags = isDecrypted ? ["--show-secrets"] : [];
      const args = ["stack", "export", "--stack", stackName, ...flags];
      const { code, stdout, stderr } = await runPulumi(args, { cwd: stack.workspace.workDir, env });
      if (code !== 0) throw new Error(`pulumi stack export: ${stderr}`);
      return (JSON.parse(stdout) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
    },
    remove: async () => {
      await stack.workspace.removeStack(stackName, { force: true });
      remove();
    },
  };
}

interface RawResult {
  readonly stdout: string;
  readonly changes?: Readonly<Record<string, number>> | undefined;
  readonly outputs?: OutputMap;
}

async function collectResult(
  run: (onEvent: (event: EngineEvent) => void) => Promise<RawResult>,
): Promise<OperationResult> {
  const events: EngineEvent[] = [];
  const seen = () => ({ events, diagnostics: collectDiagnostics(events) });
  try {
    const { stdout, changes = {}, outputs = {} } = await run((event) => events.push(event));
    return { isOk: true, text: stdout, changes, outputs, ...seen() };
  } catch (error) {
    const text = readCliOutput(error instanceof Error ? error.message : String(error));
    return { isOk: false, text, changes: {}, outputs: {}, ...seen() };
  }
}

/** The Automation API's error holds the CLI's output twice, between its own words. */
function readCliOutput(message: string): string {
  return / stderr: ([\s\S]*?)\n err\?: /.exec(message)?.[1] ?? message;
}

async function setConfig(stack: Stack, config: StackConfig = {}): Promise<void> {
  for (const [key, value] of Object.entries(config)) {
    await stack.setConfig(key, typeof value === "string" ? { value } : value);
  }
}

function blankPulumiVariables(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => name.startsWith("PULUMI_"));
  return Object.fromEntries(names.map((name) => [name, ""]));
}

/** Without the keys that are undefined: the Automation API takes a key that is there for a wish. */
function pick<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
