// Pauses or resumes one link on its target, until the target's own configuration shows it (spec X1, X3).
//
// A success that bm-admin tells proves nothing: a race can come between the group's state and the registry that counts.

import { OPERATION } from "../dialect/bm-admin";
import { pollUntil } from "../executor/poll-until";
import { journal, type Run, say } from "../executor/run";
import { readUntilStopped } from "../executor/safe-point";
import { parseReplicationOutcome } from "../inventory/parse/bm-admin-xdcr";
import { readLink } from "../model/judge-xdcr";
import { linkName, type XdcrLink } from "../model/xdcr";
import { runBmAdminOn } from "./run-bm-admin";

export type SwitchOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly reason: string; readonly isWrongCluster: boolean; readonly output: string };

export async function switchLink(run: Run, link: XdcrLink, wanted: "paused" | "active"): Promise<SwitchOutcome> {
  const { bmAdmin, policy } = run.desired;
  const enabled = wanted === "active" ? "enabled" : "disabled";
  let output = "";
  const outcome = await pollUntil<SwitchOutcome>(
    {
      clock: run.ports.clock,
      intervalMs: policy.pollIntervalMs,
      limitMs: policy.timeouts.gateMs,
      signal: run.signal,
      onWait: (last) => say(run, `${link.group} wait: ${last}`, "passing"),
    },
    async () => {
      const operation = [OPERATION.setUniverseReplicationEnabled, link.group, wanted === "active" ? "1" : "0"];
      const result = await runBmAdminOn(run, link.target, operation, bmAdmin.timeoutMs);
      output = `${result.stdout}\n${result.stderr}`;
      const told = parseReplicationOutcome(result, enabled);
      journal(run, "xdcr_switch", {
        ...link,
        wanted,
        outcome: told.kind,
        ...(told.kind !== "done" && { why: told.why }),
      });
      if (told.kind === "unknown_group" || (told.kind === "failed" && !told.isTransient)) {
        const isWrongCluster = told.kind === "unknown_group";
        return { done: true, value: { kind: "failed", reason: told.why, isWrongCluster, output } };
      }
      const seen = readLink(run.desired, await readUntilStopped(run.signal, run.collect("none")), link);
      if (seen.kind === wanted) return { done: true, value: { kind: "done" } };
      if (told.kind === "failed") return { done: false, last: told.why };
      return {
        done: false,
        last: `bm-admin told success, and ${link.target} shows ${linkName(link)} ${seen.kind === "unknown" ? `not at all: ${seen.why}` : `as ${seen.kind}`}`,
      };
    },
  );
  if (outcome.kind === "done") return outcome.value;
  const seconds = Math.round(outcome.waitedMs / 1000);
  return { kind: "failed", reason: `${outcome.last}; so for ${seconds} s`, isWrongCluster: false, output };
}
