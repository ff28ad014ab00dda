import { existsSync, realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { readSandboxId } from "../description";
import { sandboxPaths } from "../hosts/layout";
import { stopProcesses } from "../hosts/stop-processes";
import { dirOption } from "./options";
import { print } from "./print";

export function addDown(sandbox: Command): void {
  sandbox
    .command("down")
    .description("end every process of the sandbox; its directory stays")
    .addOption(dirOption())
    .option("--delete", "delete its directory too")
    .action(down);
}

async function down(options: { dir: string; delete?: true }): Promise<void> {
  const dir = resolve(options.dir);
  const id = existsSync(dir) ? readSandboxId(dir) : undefined;
  if (id === undefined) {
    print(`There is no sandbox in ${dir}`);
    return;
  }
  const real = realpathSync(dir);
  await stopProcesses(sandboxPaths(real), id);
  if (options.delete) await rm(real, { recursive: true, force: true });
  print(options.delete ? `The sandbox in ${dir} is stopped and deleted` : `The sandbox in ${dir} is stopped`);
}
