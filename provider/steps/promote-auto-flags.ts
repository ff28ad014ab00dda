// Promotes the AutoFlags of the new release (spec A1, A2). The point of no return: an older process cannot join afterwards.
// Idempotent (spec A3), so a run that does not know whether an earlier one got here simply does it again.

import { OPERATION, PROMOTE } from "../dialect/bm-admin";
import { promoteFailed } from "../errors/catalog";
import { pollUntil } from "../executor/poll-until";
import { journal, type Run, say } from "../executor/run";
import { isUnanswered, parsePromoteOutcome } from "../inventory/parse/bm-admin";
import { bmAdminNode, runBmAdmin, wasSent } from "./run-bm-admin";

export interface Promotion {
  readonly promoted: boolean;
  readonly configVersion: number | undefined;
  readonly restartNeeded: boolean;
}

/**
 * `confirm` asks the gates again before each further attempt: a host may have rebooted into the old binary meanwhile.
 * Raises `PromoteFailed`, or `PromoteUnsupported` when this bm-admin does not know the operation.
 */
export async function promoteAutoFlags(run: Run, confirm: () => Promise<unknown>): Promise<Promotion> {
  const { bmAdmin, policy } = run.desired;
  let output = "";
  let attempts = 0;
  const outcome = await pollUntil(
    { clock: run.ports.clock, intervalMs: policy.pollIntervalMs, limitMs: policy.timeouts.gateMs, signal: run.signal },
    async () => {
      if (attempts > 0) await confirm();
      attempts += 1;
      const result = await runBmAdmin(run, [OPERATION.promoteAutoFlags], bmAdmin.timeoutMs).catch((error: unknown) => {
        if (wasSent(error)) run.promotion.isUnanswered = true;
        throw error;
      });
      output = `${result.stdout}\n${result.stderr}`;
      const promotion = parsePromoteOutcome(result);
      const isLost = promotion.kind === "failed" && isUnanswered(result);
      if (isLost) run.promotion.isUnanswered = true;
      if (promotion.kind === "promoted") run.promotion.isUnanswered = false;
      journal(run, "promote_auto_flags", {
        outcome: promotion.kind,
        ...(isLost && { isUnanswered: true }),
        ...(promotion.kind === "promoted" && {
          configVersion: promotion.configVersion,
          restartNeeded: promotion.restartNeeded,
        }),
      });
      if (promotion.kind === "promoted")
        return {
          done: true as const,
          value: { promoted: true, configVersion: promotion.configVersion, restartNeeded: promotion.restartNeeded },
        };
      if (promotion.kind === "nothing_to_promote")
        return { done: true as const, value: { promoted: false, configVersion: undefined, restartNeeded: false } };
      const isDisabled = PROMOTE.disabled.test(output);
      if (promotion.kind === "unsupported")
        throw promoteFailed({
          reason: isDisabled
            ? "AutoFlags management is disabled on this cluster"
            : "this bm-admin does not know the operation",
          unsupported: isDisabled ? "disabled" : "unknown_operation",
          node: bmAdminNode(run),
          output,
        });
      if (!promotion.isTransient)
        throw promoteFailed({ reason: promotion.why, unsupported: false, node: bmAdminNode(run), output });
      say(run, `promote: ${promotion.why}; asked again`, "passing");
      return { done: false as const, last: promotion.why };
    },
  );
  if (outcome.kind === "expired")
    throw promoteFailed({
      reason: `${outcome.last}; so for ${Math.round(outcome.waitedMs / 1000)} s`,
      unsupported: false,
      node: bmAdminNode(run),
      output,
    });
  return outcome.value;
}
