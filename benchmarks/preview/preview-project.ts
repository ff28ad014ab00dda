// A project as a user has it, with a stack that is up: what is left is to preview it again and again.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { prepareProject } from "../../sandbox/demo/prepare-project";
import { ensureCommandPlugin } from "../../sandbox/toolchain/command-plugin";
import { ensureToolchain } from "../../sandbox/toolchain/ensure-toolchain";
import { findPackageRoot } from "../../sandbox/toolchain/package-root";
import { fileBackendEnv } from "../../sandbox/toolchain/pulumi-env";
import { runProcess } from "../../sandbox/toolchain/run-process";

const LIMIT_MS = 120_000;
const ROOT = findPackageRoot(__dirname);

export interface PreviewProject {
  /** Milliseconds of a preview that finds nothing to do. Raises when it finds something. */
  preview(): Promise<number>;
}

/** The sandbox's example, or the same program around a provider that does nothing. */
export async function createPreviewProject(
  kind: "product" | "empty",
  sandboxDir: string,
  version: string,
  parent: string,
  signal: AbortSignal,
): Promise<PreviewProject> {
  const sources = join(parent, `${kind}-sources`);
  const project = join(parent, kind);
  const state = join(parent, `${kind}-state`);
  const home = join(parent, `${kind}-home`);
  for (const dir of [sources, state, home]) mkdirSync(dir);
  const program = readFileSync(join(ROOT, "examples/sandbox/index.ts"), "utf8");
  const source = kind === "product" ? program : program.replace('"pulumi-bmdb"', '"./empty-cluster"');
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
  writeFileSync(join(sources, "index.js"), transpileModule(source, { compilerOptions }).outputText);
  // Compiled, and not by ts-node at each preview: the seconds of a type check would hide the difference.
  writeFileSync(
    join(sources, "Pulumi.yaml"),
    "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n",
  );
  if (kind === "empty") copyFileSync(join(__dirname, "empty-cluster.js"), join(sources, "empty-cluster.js"));
  prepareProject(sources, project, ROOT);

  const toolchain = await ensureToolchain();
  const plugin = await ensureCommandPlugin(toolchain);
  const env = { ...plugin.env, ...fileBackendEnv(state, "a passphrase for a benchmark"), PULUMI_HOME: home };
  const pulumi = async (...args: string[]): Promise<number> => {
    signal.throwIfAborted();
    const startedMs = performance.now();
    const { code, stdout, stderr } = await runProcess(toolchain.pulumi, ["--non-interactive", ...args], {
      cwd: project,
      env,
      timeoutMs: LIMIT_MS,
    });
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} (${kind}): ${stdout}\n${stderr}`);
    return performance.now() - startedMs;
  };
  await pulumi("stack", "init", "bench");
  await pulumi("config", "set", "sandbox", sandboxDir);
  await pulumi("config", "set", "bmdbVersion", version);
  await pulumi("up", "--yes", "--skip-preview");
  return { preview: () => pulumi("preview", "--expect-no-changes") };
}
