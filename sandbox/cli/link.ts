import { resolve } from "node:path";
import type { Command } from "commander";
import { quoteIfNeeded } from "../hosts/quote";
import { linkSandboxes } from "../link-sandboxes";
import { print } from "./print";

interface Options {
  readonly source: string;
  readonly target: string;
  readonly group: string;
  readonly both?: true;
}

export function addLink(sandbox: Command): void {
  sandbox
    .command("link")
    .description("replicate from one running sandbox into another (xDCR)")
    .requiredOption("--source <path>", "the sandbox whose data is read")
    .requiredOption("--target <path>", "the sandbox that reads it: there the group is paused and resumed")
    .requiredOption("--group <name>", "the replication group's name")
    .option("--both", "also from the target to the source, under the same name")
    .action(link);
}

async function link(options: Options): Promise<void> {
  const [source, target] = [resolve(options.source), resolve(options.target)];
  const { group, both = false } = options;
  await linkSandboxes({ source, target, group, both });
  const arrow = both ? "<->" : "->";
  print(`${group} replicates: ${quoteIfNeeded(source)} ${arrow} ${quoteIfNeeded(target)}`);
}
