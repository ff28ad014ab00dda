// The one way in which a roll changes something on a host: behind the guard of its lease (design rule 9).

import { assertBug } from "../errors/bmdb-error";
import { parseRefusal } from "../lease/lease-commands";
import type { CommandOptions, CommandResult } from "../ports";
import type { Run } from "./run";

/**
 * Like `Shell.run`. A command that waits for standard input is given the guard, to repeat it behind that. Raises `LeaseLost` when the host no longer takes this run's commands; nothing was
 * done there then.
 */
export async function changeHost(
  run: Run,
  node: string,
  command: string | ((guard: string) => string),
  options: CommandOptions,
): Promise<CommandResult> {
  const { guard } = run.lease;
  const guarded = `${guard}${typeof command === "string" ? command : command(guard)}`;
  const result = await run.ports.shell.run(node, guarded, options);
  const refusal = parseRefusal(result);
  if (refusal) throw run.lease.lose(node, refusal);
  return result;
}

/** Like `changeHost`, behind the guard of the lease on `cluster`. */
export function changeClusterHost(
  run: Run,
  cluster: string,
  node: string,
  command: string,
  options: CommandOptions,
): Promise<CommandResult> {
  if (cluster === run.desired.xdcr?.self) return changeHost(run, node, command, options);
  const lease = run.peerLeases.get(cluster);
  assertBug(lease, `The run holds no lease on ${cluster}.`);
  return changeHost({ ...run, lease }, node, command, options);
}
