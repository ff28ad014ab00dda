import { resolve } from "node:path";
import type { Command } from "commander";

import pc = require("picocolors");

import { readDescription } from "../description";
import { isSandboxRunning } from "../open-sandbox";
import { type ProcessStatus, readStatus } from "../status";
import { dirOption } from "./options";
import { print, renderTable } from "./print";

export function addStatus(sandbox: Command): void {
  sandbox
    .command("status")
    .description("show every process; exit code 1 when the sandbox does not run")
    .addOption(dirOption())
    .option("--json", "print it as JSON")
    .action(status);
}

async function status(options: { dir: string; json?: true }): Promise<void> {
  const dir = resolve(options.dir);
  const description = readDescription(dir);
  const isRunning = description !== undefined && isSandboxRunning(dir);
  if (!isRunning) process.exitCode = 1;
  if (description === undefined || !isRunning) {
    const state = description === undefined ? "There is no sandbox" : "The sandbox is stopped";
    print(options.json ? JSON.stringify({ dir, running: false }) : `${state} in ${dir}`);
    return;
  }
  const processes = await readStatus(dir, description);
  print(options.json ? JSON.stringify({ dir, running: true, processes }, null, 2) : renderStatus(processes));
}

function renderStatus(processes: readonly ProcessStatus[]): string {
  const rows = processes.map((one) => [
    one.host,
    one.role,
    one.pid === undefined ? "-" : String(one.pid),
    one.version ?? "-",
    one.state === "no answer" || one.state === "DEAD" ? pc.red(one.state) : one.state,
  ]);
  return renderTable(["host", "process", "pid", "version", "state"], rows);
}
