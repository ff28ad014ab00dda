// The pause of P2, as a watch (design rule 4): health is read again and again; trouble in it starts the pause anew,
// and too much of it stops the roll.

import { watchFailed } from "../errors/catalog";
import { tellEvidence } from "../gates/tell-evidence";
import { type ProcessId, processName } from "../model/desired";
import { factsOf } from "../model/inventory";
import type { PlanStep } from "../model/plan";
import { askAloud } from "./ask";
import { journal, processKey, type Run, say } from "./run";

export async function watch(run: Run, process: ProcessId, toBeStarted: readonly ProcessId[]): Promise<void> {
  const { desired, ports } = run;
  const { pauseMs, pollIntervalMs, timeouts } = desired.policy;
  const name = processName(process);
  const step: PlanStep = { kind: "watch", process };
  const pid = run.restarts.get(processKey(process))?.pidStarted;
  // Like prove_return: a process in hand is watched to the end of its pause, whatever happens to the run.
  const startedMs = ports.clock.monotonicMs();
  const limitMs = pauseMs + timeouts.returnMs;
  let quietSinceMs = startedMs;
  let last = "";
  let readingCount = 0;
  let evidence: unknown;
  for (;;) {
    const inventory = await run.collect([process.node]);
    const facts = factsOf(inventory, process);
    if (facts?.running.known && pid !== undefined && facts.running.value?.pid !== pid)
      throw watchFailed({
        process: name,
        limitMs,
        last: `${name} is not the process that came back (${pid}) but ${facts.running.value?.pid ?? "none"}: it ended and something started it again.`,
      });
    const question = { inventory, step, candidate: process, toBeStarted };
    const closed = askAloud(run, question);
    readingCount += 1;
    if (!closed) evidence = tellEvidence({ ...question, desired });
    const nowMs = ports.clock.monotonicMs();
    if (closed) {
      last = `${closed.gate}: ${closed.verdict.reason}`;
      quietSinceMs = nowMs;
      journal(run, "watch_restarted", { process: name, reason: last });
      say(run, `${process.node} watch anew: ${last}`, "passing");
    }
    const leftMs = pauseMs - (nowMs - quietSinceMs);
    if (!closed && leftMs <= 0) break;
    if (nowMs - startedMs > limitMs) throw watchFailed({ process: name, limitMs, last });
    if (!closed) say(run, `${process.node} watch ${Math.ceil(leftMs / 1000)} s`, "passing");
    await ports.clock.sleep(Math.max(1, Math.min(pollIntervalMs, leftMs)));
  }
  journal(run, "watched", { process: name, pauseMs, readingCount, evidence });
}
