import { isDeepStrictEqual } from "node:util";
import { type Command, Option } from "commander";
import { readDescription } from "../description";
import { FAULT_CATALOGUE, FAULT_KINDS, parseFault } from "../fault-catalogue";
import { readFaults, withoutKey } from "../faults";
import { openSandbox } from "../open-sandbox";
import { isAction, orderFaults } from "../order-faults";
import type { SandboxFault } from "../types";
import { addFaultOptions } from "./fault-options";
import { dirOption } from "./options";
import { print } from "./print";

export function addFault(sandbox: Command): void {
  const fault = sandbox
    .command("fault")
    .description("make something go wrong")
    .option("--list", "the known kinds, one a line")
    .action((options: { list?: true }, command: Command) => {
      if (!options.list) command.help();
      const width = Math.max(...FAULT_KINDS.map((kind) => kind.length));
      for (const kind of FAULT_KINDS) print(`${kind.padEnd(width)}  ${FAULT_CATALOGUE[kind].sentence}`);
    });
  const set = fault
    .command("set")
    .description("add a fault; it replaces one of the same kind for the same thing")
    .addOption(dirOption())
    .addOption(new Option("--kind <kind>", "what goes wrong").choices([...FAULT_KINDS]).makeOptionMandatory());
  addFaultOptions(set).action(setFault);
  fault
    .command("clear")
    .description("remove all faults")
    .addOption(dirOption())
    .action(async ({ dir }: { dir: string }) => {
      await (await openSandbox(dir)).setFaults([]);
      print("no faults");
    });
}

async function setFault({ dir, ...given }: { readonly dir: string; readonly [field: string]: unknown }): Promise<void> {
  const description = readDescription((await openSandbox(dir)).dir);
  if (description === undefined) return;
  const wanted = parseFault(given);
  const others = readFaults(dir).filter((other) => !isDeepStrictEqual(aimOf(withoutKey(other)), aimOf(wanted)));
  await orderFaults((await openSandbox(dir)).dir, description, [...others, wanted]);
  for (const fault of [...others.map(withoutKey), wanted].filter((one) => !isAction(one))) print(JSON.stringify(fault));
  if (isAction(wanted)) print(`done: ${JSON.stringify(wanted)}`);
}

/** What a fault is about, without how badly. */
function aimOf(fault: SandboxFault): unknown {
  const aim: Record<string, unknown> = { ...fault };
  const { kind, host, role, version, path, operation, release, name } = aim;
  return { kind, host, role, version, path, operation, release, name };
}
