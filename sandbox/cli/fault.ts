import { type Command, InvalidArgumentError, Option } from "commander";
import { FAULT_KINDS, readFaults, writeFaults } from "../faults";
import { openSandbox } from "../open-sandbox";
import type { SandboxFault } from "../types";
import { dirOption } from "./options";
import { print } from "./print";

interface SetOptions {
  readonly dir: string;
  readonly host: string;
  readonly role: SandboxFault["role"];
  readonly kind: SandboxFault["kind"];
  readonly version?: string;
  readonly afterMs?: number;
}

export function addFault(sandbox: Command): void {
  const fault = sandbox
    .command("fault")
    .description("make a process misbehave at its next start")
    .option("--list", "the known kinds, one a line")
    .action((options: { list?: true }, command: Command) => {
      if (options.list) for (const kind of FAULT_KINDS) print(kind);
      else command.help();
    });
  fault
    .command("set")
    .description("add a fault; it replaces one for the same process and release")
    .addOption(dirOption())
    .requiredOption("--host <name>", "the host")
    .addOption(new Option("--role <role>", "the process").choices(["mserver", "dbserver"]).makeOptionMandatory())
    .addOption(new Option("--kind <kind>", "what goes wrong").choices([...FAULT_KINDS]).makeOptionMandatory())
    .option("--version <version>", "only a process of this release")
    .option("--after-ms <ms>", "slow_start: serves only after this time", parseMs)
    .action(setFault);
  fault
    .command("clear")
    .description("remove all faults")
    .addOption(dirOption())
    .action(async ({ dir }: { dir: string }) => {
      await (await openSandbox(dir)).setFaults([]);
      print("no faults");
    });
}

async function setFault({ dir, ...wanted }: SetOptions): Promise<void> {
  const { hosts } = await openSandbox(dir);
  const host = hosts.find(({ name }) => name === wanted.host);
  if (!host?.roles.includes(wanted.role)) {
    const known = hosts.filter(({ roles }) => roles.includes(wanted.role)).map(({ name }) => name);
    throw new Error(`No ${wanted.role} runs on "${wanted.host}"; one runs on ${known.join(", ")}`);
  }
  const isSame = (other: SandboxFault) =>
    other.host === wanted.host && other.role === wanted.role && other.version === wanted.version;
  const faults = [...readFaults(dir).filter((other) => !isSame(other)), wanted];
  writeFaults(dir, faults);
  for (const fault of faults) print(JSON.stringify(fault));
}

function parseMs(text: string): number {
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 0) throw new InvalidArgumentError("milliseconds, a whole number");
  return ms;
}
