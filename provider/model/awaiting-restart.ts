// Processes that have to be started once more before promoted AutoFlags take effect in them (spec A2), each with the
// identity it had when that was said: live state then tells which of them were restarted since, by us or by a person.

import { processName } from "./desired";
import type { Inventory, ProcessFacts } from "./inventory";

/** Name of a process → its identity then; an empty identity is one that could not be seen. */
export type AwaitingRestart = Readonly<Record<string, string>>;

export function listAwaiting(inventory: Inventory): AwaitingRestart {
  return Object.fromEntries(inventory.processes.map((facts) => [processName(facts.id), identityOf(facts) ?? ""]));
}

/** Not known whether it was restarted counts as: it was not. One restart too many is harmless, a flag that never applies is not. */
export function isAwaitingRestart(awaiting: AwaitingRestart | undefined, facts: ProcessFacts): boolean {
  const before = awaiting?.[processName(facts.id)];
  if (before === undefined) return false;
  const now = identityOf(facts);
  return now === undefined || before === "" || now === before;
}

export function stillAwaiting(awaiting: AwaitingRestart, inventory: Inventory): AwaitingRestart {
  const names = inventory.processes
    .filter((facts) => isAwaitingRestart(awaiting, facts))
    .map((facts) => processName(facts.id));
  return Object.fromEntries(Object.entries(awaiting).filter(([name]) => names.includes(name)));
}

/** A pid comes again; with the start it names one process for good. */
function identityOf({ running }: ProcessFacts): string | undefined {
  if (!running.known) return undefined;
  return running.value === null ? "not running" : `${running.value.pid} since tick ${running.value.startTicks}`;
}
