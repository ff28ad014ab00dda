// One short text for an event of a step: what was done, with its numbers. Undefined: nothing to say.

import type { JournalEvent } from "./journal-events";
import { renderSeconds } from "./render-time";

export function tellFact(entry: JournalEvent): string | undefined {
  switch (entry.event) {
    case "drained":
      return entry.leadersBefore === undefined
        ? `drained: ${entry.outcome}`
        : entry.outcome === "done"
          ? `${entry.leadersBefore} tile leaders moved away`
          : `${entry.leadersLeft ?? "some"} of ${entry.leadersBefore} tile leaders stayed`;
    case "handed_over":
      return entry.outcome === "done" ? "handed over" : "did not hand over in time; an election decided";
    case "killed_by_sigkill":
      return "ended by SIGKILL: it ignored SIGTERM";
    case "returned":
      return [
        entry.pidBefore === undefined ? `pid ${entry.pid}` : `pid ${entry.pidBefore} → ${entry.pid}`,
        entry.version,
        entry.afterMs === undefined ? undefined : `back after ${renderSeconds(entry.afterMs)}`,
      ]
        .filter((part) => part !== undefined)
        .join(", ");
    case "watched":
      return entry.readingCount === undefined ? undefined : `healthy in ${entry.readingCount} readings`;
    case "promote_auto_flags":
      if (entry.outcome === "promoted") return `promoted, config version ${entry.configVersion ?? "not told"}`;
      return entry.outcome === "nothing_to_promote" ? "nothing new to promote" : entry.outcome.replaceAll("_", " ");
    case "wait_for_auto_flags":
      return entry.waitMs === undefined ? undefined : `waited ${renderSeconds(entry.waitMs)}`;
    case "upgrade_bsql":
      return `attempt ${entry.attempt}: ${entry.outcome.replaceAll("_", " ")}`;
    default:
      return undefined;
  }
}
