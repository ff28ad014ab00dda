// The one way in which a roll changes something on a host: behind the guard of its lease (design rule 9).

import { parseRefusal } from "../lease/lease-commands";
import type { CommandOptions, CommandResult } from "../ports";
import type { Run } from "./run";

/** Like `Shell.run`. Raises `LeaseLost` when the host no longer takes this run's commands; nothing was done there then. */
export async function changeHost(
  run: Run,
  node: string,
  command: string,
  options: CommandOptions,
): Promise<CommandResult> {
  const result = await run.ports.shell.run(node, `${run.lease.guard}${command}`, options);
  const refusal = parseRefusal(result);
  if (refusal) throw run.lease.lose(node, refusal);
  return result;
}
