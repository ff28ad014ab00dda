// `bin/bm-admin`. Exit code 0 or 1, nothing else; results on stdout, errors on stderr.

import { AdminFaults } from "./admin-faults";
import { type AdminArguments, parseAdminArguments } from "./bm-admin-args";
import { AdminClient, NoLeader, OperationFailed } from "./bm-admin-client";
import type { Operation } from "./bm-admin-operation";
import { OPERATIONS } from "./bm-admin-operations";
import { readRelease, renderVersionLine } from "./release-files";

const { metadata } = readRelease();
const version = metadata.version_number;
const faults = new AdminFaults(version, process.env);

function isKnown(name: string, operation: Operation): boolean {
  if (faults.lacks(name)) return false;
  const [, minor = 0] = (operation.since ?? "0.0").split(".").map(Number);
  return Number(version.split(".")[1]) >= minor;
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

function renderUsage(): string {
  const lines = Object.entries(OPERATIONS)
    .filter(([name, operation]) => isKnown(name, operation))
    .map(([name, { usage }], i) => ` ${i + 1}. ${name}${usage === "" ? "" : ` ${usage}`}`);
  return `bm-admin: Usage: bm-admin [-mserver_addresses server1:port,server2:port,server3:port,...]  [-timeout_ms <millisec>] [-certs_dir_name <dir_name>] <operation>\n<operation> must be one of:\n${lines.join("\n")}`;
}

async function run(args: AdminArguments): Promise<number> {
  const name = args.operation;
  if (name === undefined) return complain(renderUsage());
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined || !isKnown(name, operation))
    return complain(`Invalid operation: ${name}\n${renderUsage()}`);
  const failure = faults.takeFailure(name);
  if (failure !== undefined) return complain(`Error running ${name}: ${failure}`);
  const lie = faults.takeLie(name);
  if (lie === "error_with_exit_0") {
    complain(`Error running ${name}: Remote error (bm/rpc/outbound_call.cc:440): Service unavailable`);
    return 0;
  }
  const client = new AdminClient(args, version);
  const { operands, excludeDead } = args;
  const write = (text: string): void => void process.stdout.write(text);
  const print = (line: string): void => write(`${line}\n`);
  try {
    await operation.run({ client, operands, excludeDead, version, print, write, faults });
    return lie === "success_with_exit_1" ? 1 : 0;
  } catch (error) {
    if (error instanceof NoLeader) return complain(error.message);
    if (!(error instanceof OperationFailed)) throw error;
    const usage = error.isInvalidArgument ? `\nUsage: bm-admin ${name} ${operation.usage}` : "";
    return complain(`Error running ${name}: ${renderFailure(name, error.line)}${usage}`);
  } finally {
    client.close();
  }
}

/** Two operations put a sentence of their own before the server's message, after the code. */
function renderFailure(name: string, line: string): string {
  const prefix = {
    promote_auto_flags: "Unable to promote AutoFlags: ",
    upgrade_bsql: "Unable to upgrade BSQL cluster: ",
  }[name];
  if (prefix === undefined || line.startsWith("Invalid argument")) return line;
  return line.replace(/^([A-Za-z' ]+\([^)]*\)): /, `$1: ${prefix}`);
}

function main(): Promise<number> {
  const words = process.argv.slice(2);
  if (words.some((word) => /^--?version$/.test(word))) {
    process.stdout.write(`${renderVersionLine(metadata)}\n`);
    return Promise.resolve(0);
  }
  try {
    return run(parseAdminArguments(words));
  } catch (error) {
    return Promise.resolve(complain(error instanceof Error ? error.message : String(error)));
  }
}

void main().then((code) => {
  process.exitCode = code;
});
