#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { addLeaseCommands } from "../provider/cli/lease-command";
import { addReportCommand } from "../provider/cli/report-command";
import { addSandboxCommands } from "../sandbox/cli";

const packageSchema = z.object({ version: z.string() });

function readOwnVersion(): string {
  // The same from dist/bin/ and, one level nearer, from the sources.
  const files = ["../../package.json", "../package.json"].map((path) => resolve(__dirname, path));
  for (const file of files) {
    try {
      return packageSchema.parse(JSON.parse(readFileSync(file, "utf8"))).version;
    } catch {
      // The other place is tried.
    }
  }
  return "unknown";
}

async function main(): Promise<void> {
  const program = new Command("pulumi-bmdb")
    .description("Tools around upgrades of BMDB clusters with Pulumi")
    .version(readOwnVersion());
  addLeaseCommands(program);
  addReportCommand(program);
  addSandboxCommands(program);
  await program.parseAsync();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
