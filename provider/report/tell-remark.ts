// What belongs to the run as a whole and not to one of its steps. Undefined: nothing to say.

import type { JournalEvent } from "./journal-events";

export function tellRemark(entry: JournalEvent): string | undefined {
  switch (entry.event) {
    case "remark":
      return entry.text;
    case "lease_acquired":
      return `lease on ${entry.hosts.join(", ") || "the cluster"}, epoch ${entry.epoch ?? "not told"}`;
    case "lease_renewal_failed":
      return `the lease could not be renewed this time: ${entry.failed.join("; ")}`;
    case "lease_lost":
      return `the lease was lost${entry.node === undefined ? "" : `, seen on ${entry.node}`}`;
    case "children_left_behind":
      return `${entry.process}, after its end: ${entry.lines.join("; ")}`;
    default:
      return undefined;
  }
}
