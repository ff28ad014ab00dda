import type { Command } from "commander";
import { addDown } from "./cli/down";
import { addFault } from "./cli/fault";
import { addLink } from "./cli/link";
import { addStatus } from "./cli/status";
import { addUp } from "./cli/up";

/** Adds `sandbox up|status|down|fault|link` to a program. */
export function addSandboxCommands(program: Command): void {
  // Or the program's own --version would be taken for that of `sandbox up`.
  program.enablePositionalOptions();
  const sandbox = program
    .command("sandbox")
    .description("a BMDB cluster of real processes on this machine, to rehearse upgrades on");
  addUp(sandbox);
  addStatus(sandbox);
  addDown(sandbox);
  addFault(sandbox);
  addLink(sandbox);
}
