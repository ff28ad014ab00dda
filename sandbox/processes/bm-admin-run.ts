// One run of bm-admin, without its process: words in, texts and an exit code out. Exit code 0 or 1, nothing else; results
// on stdout, errors on stderr.

import type { AdminFaults } from "./admin-faults";
import { type AdminArguments, parseAdminArguments } from "./bm-admin-args";
import { AdminClient, type AdminWorld, NoLeader, OperationFailed } from "./bm-admin-client";
import { OPERATIONS } from "./bm-admin-operations";
import { renderVersionLine, type VersionMetadata } from "./release-files";

export interface AdminRun {
  readonly metadata: VersionMetadata;
  readonly faults: AdminFaults;
  readonly world: AdminWorld;
  writeOut(text: string): void;
  writeError(text: string): void;
}

type Operation = (typeof OPERATIONS)[string];

/** Resolves with the exit code. */
export function runAdmin(words: readonly string[], run: AdminRun): Promise<number> {
  if (words.some((word) => /^--?version$/.test(word))) {
    run.writeOut(`${renderVersionLine(run.metadata)}\n`);
    return Promise.resolve(0);
  }
  try {
    return runOperation(parseAdminArguments(words), run);
  } catch (error) {
    return Promise.resolve(complain(run, error instanceof Error ? error.message : String(error)));
  }
}

async function runOperation(args: AdminArguments, run: AdminRun): Promise<number> {
  const { faults, world } = run;
  const version = run.metadata.version_number;
  const name = args.operation;
  if (name === undefined) return complain(run, renderUsage(run));
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined || !isKnown(run, name, operation))
    return complain(run, `Invalid operation: ${name}\n${renderUsage(run)}`);
  const failure = faults.takeFailure(name);
  if (failure !== undefined) return complain(run, `Error running ${name}: ${failure}`);
  const lie = faults.takeLie(name);
  if (lie === "error_with_exit_0") {
    complain(run, `Error running ${name}: Remote error (bm/rpc/outbound_call.cc:440): Service unavailable`);
    return 0;
  }
  const client = new AdminClient(args, version, world);
  const { operands, excludeDead } = args;
  const write = (text: string): void => run.writeOut(text);
  const print = (line: string): void => write(`${line}\n`);
  const context = { client, operands, excludeDead, version, print, write, faults };
  try {
    await operation.run(context);
    return lie === "success_with_exit_1" ? 1 : 0;
  } catch (error) {
    if (error instanceof NoLeader) return complain(run, error.message);
    if (!(error instanceof OperationFailed)) throw error;
    const usage = error.isInvalidArgument ? `\nUsage: bm-admin ${name} ${operation.usage}` : "";
    return complain(run, `Error running ${name}: ${renderFailure(name, error.line)}${usage}`);
  } finally {
    client.close();
  }
}

function isKnown({ faults, metadata }: AdminRun, name: string, operation: Operation): boolean {
  if (faults.lacks(name)) return false;
  const [, minor = 0] = (operation.since ?? "0.0").split(".").map(Number);
  return Number(metadata.version_number.split(".")[1]) >= minor;
}

function complain(run: AdminRun, text: string): number {
  run.writeError(`${text}\n`);
  return 1;
}

function renderUsage(run: AdminRun): string {
  const lines = Object.entries(OPERATIONS)
    .filter(([name, operation]) => isKnown(run, name, operation))
    .map(([name, { usage }], i) => ` ${i + 1}. ${name}${usage === "" ? "" : ` ${usage}`}`);
  return `bm-admin: Usage: bm-admin [-mserver_addresses server1:port,server2:port,server3:port,...]  [-timeout_ms <millisec>] [-certs_dir_name <dir_name>] <operation>\n<operation> must be one of:\n${lines.join("\n")}`;
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
