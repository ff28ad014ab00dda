// What came of pausing or resuming one replication group (spec X1, X3).

import { REPLICATION } from "../../dialect/bm-admin";
import type { CommandResult } from "../../ports";
import { type BmAdminFailure, hasSucceeded, parseFailure } from "./bm-admin";

export type ReplicationOutcome =
  | { readonly kind: "done" }
  /** This cluster does not know the group. The source of a replication answers so too: it is paused on its target. */
  | { readonly kind: "unknown_group"; readonly why: string }
  | BmAdminFailure;

export function parseReplicationOutcome(result: CommandResult, wanted: "enabled" | "disabled"): ReplicationOutcome {
  const other = wanted === "enabled" ? "disabled" : "enabled";
  const isDone = REPLICATION[wanted].test(result.stdout) && !REPLICATION[other].test(result.stdout);
  if (hasSucceeded(result) && isDone) return { kind: "done" };
  const failure = parseFailure(result);
  // Told as an invalid argument, with the usage, and yet it passes: the group is being set up.
  if (REPLICATION.initializing.test(`${result.stdout}\n${result.stderr}`)) return { ...failure, isTransient: true };
  return REPLICATION.unknownGroup.test(`${result.stdout}\n${result.stderr}`)
    ? { kind: "unknown_group", why: failure.why }
    : failure;
}
