// Upgrades the BSQL system catalog (spec B1–B5). Online and idempotent; conflicts with working clients are expected,
// and a client that gave up does not stop the server, so it is run again with a larger limit.

import { OPERATION } from "../dialect/bm-admin";
import { bsqlUpgradeFailed } from "../errors/catalog";
import { cleanLine } from "../errors/clean-output";
import { pollUntil } from "../executor/poll-until";
import { journal, type Run, say } from "../executor/run";
import { parseUpgradeBsqlOutcome } from "../inventory/parse/bm-admin";
import { bmAdminNode, runBmAdmin, wasSent } from "./run-bm-admin";

/** `confirm` asks the gates again before each further attempt. Raises `BsqlUpgradeFailed`. */
export async function upgradeBsqlCatalog(
  run: Run,
  confirm: () => Promise<unknown>,
): Promise<"upgraded" | "not_needed"> {
  const { bmAdmin, policy } = run.desired;
  let timeoutMs = bmAdmin.timeoutMs;
  let attempts = 0;
  let restMs = 0;
  let output = "";
  const fail = (last: string, elapsedMs: number) =>
    bsqlUpgradeFailed({ attempts, elapsedMs, last: cleanLine(last), node: bmAdminNode(run), output });
  const startedMs = run.ports.clock.monotonicMs();
  const outcome = await pollUntil(
    {
      clock: run.ports.clock,
      intervalMs: policy.pollIntervalMs,
      limitMs: policy.timeouts.bsqlUpgradeMs,
      signal: run.signal,
    },
    async () => {
      // Nothing tells whether the server still works on it; beside its own work a second attempt would only conflict.
      if (restMs > 0) await run.ports.clock.sleep(restMs, run.signal);
      restMs = 0;
      if (attempts > 0) await confirm();
      attempts += 1;
      const result = await runBmAdmin(run, [OPERATION.upgradeBsql], timeoutMs).catch((error: unknown) => {
        run.catalog.isUnanswered = wasSent(error);
        throw error;
      });
      output = `${result.stdout}\n${result.stderr}`;
      const upgrade = parseUpgradeBsqlOutcome(result);
      run.catalog.isUnanswered = upgrade.kind === "timed_out";
      journal(run, "upgrade_bsql", { attempt: attempts, outcome: upgrade.kind, timeoutMs });
      switch (upgrade.kind) {
        case "not_needed":
          if (run.desired.bsql === true)
            throw bsqlUpgradeFailed({
              attempts,
              elapsedMs: run.ports.clock.monotonicMs() - startedMs,
              last: "BSQL is disabled",
              node: bmAdminNode(run),
              output,
              isOff: true,
            });
          return { done: true as const, value: upgrade.kind };
        case "upgraded":
          return { done: true as const, value: upgrade.kind };
        case "timed_out":
          // The server goes on by itself, as long as the client waited or a little longer.
          restMs = Math.min(timeoutMs, policy.timeouts.bsqlRestMs);
          timeoutMs = Math.min(timeoutMs * 2, policy.timeouts.bsqlUpgradeMs);
          say(run, `BSQL catalog: no answer yet, in ${restMs / 1000} s again with ${timeoutMs / 1000} s`, "lasting");
          return { done: false as const, last: upgrade.why };
        case "transient":
          say(run, `BSQL catalog: attempt ${attempts}: ${upgrade.why}`, "lasting");
          return { done: false as const, last: upgrade.why };
        case "permanent":
          throw fail(upgrade.why, run.ports.clock.monotonicMs() - startedMs);
      }
    },
  );
  if (outcome.kind === "expired") throw fail(outcome.last, outcome.waitedMs);
  return outcome.value;
}
