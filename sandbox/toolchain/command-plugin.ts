// The engine's plugin for `@pulumi/command`: the official one wherever it can be had, else the stand-in of sandbox/command-plugin.
//
// Either is put on PATH by the environment that is handed out, so that it also works with a Pulumi home of one's own.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { EnvHttpProxyAgent, request } from "undici";
import { findOnPath, isExecutable } from "./find-on-path";
import { findPackageRoot } from "./package-root";
import { prependToPath } from "./pulumi-env";
import { runProcess } from "./run-process";
import { type Toolchain, ToolchainError } from "./toolchain";

export interface CommandPlugin {
  readonly kind: "official" | "stand-in";
  /** For people: which one it is, and where. */
  readonly description: string;
  /** The toolchain's environment with the plugin in it. */
  readonly env: Readonly<Record<string, string>>;
}

export interface CommandPluginSettings {
  /** Takes the stand-in even where the official one is at hand: for the tests of the stand-in. @default false */
  readonly isStandInForced?: boolean;
  /** Asked whether anybody answers before Pulumi tries to download the plugin. */
  readonly downloadsUrl?: string;
  readonly packageRoot?: string;
  /** Where the user's own Pulumi keeps its plugins; only read. @default $PULUMI_HOME or ~/.pulumi */
  readonly userHome?: string;
}

const BINARY = "pulumi-resource-command";
const PLUGIN_DOWNLOADS = "https://get.pulumi.com/releases/plugins/";
const ANSWER_MS_MAX = 4000;
const INSTALL_MS_MAX = 120_000;
const RETRY_AFTER_MS = 10 * 60_000;

export async function ensureCommandPlugin(
  toolchain: Toolchain,
  settings: CommandPluginSettings = {},
): Promise<CommandPlugin> {
  if (settings.isStandInForced) return useStandIn(toolchain, settings, "as asked for");
  const version = readCommandVersion();
  const onPath = findOnPath(BINARY, toolchain.env["PATH"] ?? "");
  if (onPath !== undefined) return { kind: "official", description: `${onPath} (on PATH)`, env: toolchain.env };

  const ownHome = toolchain.env["PULUMI_HOME"] ?? "";
  const userHome = settings.userHome ?? process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const findInstalled = () =>
    [ownHome, userHome]
      .map((home) => join(home, "plugins", `resource-command-v${version}`))
      .find((dir) => isExecutable(join(dir, BINARY)));

  let dir = findInstalled();
  if (dir === undefined) {
    await installOfficial(toolchain, version, settings.downloadsUrl ?? PLUGIN_DOWNLOADS);
    dir = findInstalled();
  }
  if (dir !== undefined)
    return { kind: "official", description: `official ${version}, ${dir}`, env: withPath(toolchain, dir) };

  return useStandIn(toolchain, settings, `because the official ${version} cannot be downloaded here`);
}

function useStandIn(toolchain: Toolchain, settings: CommandPluginSettings, why: string): CommandPlugin {
  const dir = writeStandInLauncher(toolchain.cacheDir, settings.packageRoot ?? findPackageRoot());
  return {
    kind: "stand-in",
    description: `our stand-in, ${why} (${dir})`,
    // Without this the engine would ask the network for a plugin of the exact version before each operation.
    env: { ...withPath(toolchain, dir), PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" },
  };
}

function readCommandVersion(): string {
  const manifest = createRequire(__filename).resolve("@pulumi/command/package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function withPath(toolchain: Toolchain, dir: string): Record<string, string> {
  return { ...toolchain.env, PATH: prependToPath(dir, toolchain.env["PATH"]) };
}

/** Pulumi's own download. A network that did not answer is left alone for a while, so that a row of runs does not wait again and again. */
async function installOfficial(toolchain: Toolchain, version: string, downloadsUrl: string): Promise<void> {
  const unanswered = join(toolchain.cacheDir, "plugin-download-unanswered");
  if (existsSync(unanswered) && Date.now() - statSync(unanswered).mtimeMs < RETRY_AFTER_MS) return;
  if (!(await isAnswering(downloadsUrl))) {
    writeFileSync(unanswered, downloadsUrl);
    return;
  }
  rmSync(unanswered, { force: true });
  await runProcess(toolchain.pulumi, ["plugin", "install", "resource", "command", version], {
    env: toolchain.env,
    timeoutMs: INSTALL_MS_MAX,
  });
}

async function isAnswering(url: string): Promise<boolean> {
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const response = await request(url, { dispatcher, method: "HEAD", signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    await response.body.dump();
    return true;
  } catch {
    return false;
  } finally {
    await dispatcher.destroy();
  }
}

/** A directory with nothing but a launcher named as the engine expects, which runs this clone's compiled stand-in. */
function writeStandInLauncher(cacheDir: string, packageRoot: string): string {
  const main = join(packageRoot, "dist", "sandbox", "command-plugin", "main.js");
  if (!existsSync(main)) throw new ToolchainError(`${main} is missing. Run \`npm run build\` first.`);
  const text = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(main)} "$@"\n`;
  const name = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const dir = join(cacheDir, `command-stand-in-${name}`);
  const launcher = join(dir, BINARY);
  if (isExecutable(launcher)) return dir;
  mkdirSync(dir, { recursive: true });
  const partial = `${launcher}.${process.pid}`;
  writeFileSync(partial, text, { mode: 0o755 });
  renameSync(partial, launcher);
  return dir;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
