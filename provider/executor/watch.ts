// The pause of P2, as a watch (design rule 4): health is read again and again; trouble in it starts the pause anew,
// and too much of it stops the roll.

import { endedByItself, watchFailed } from "../errors/catalog";
import { tellEvidence } from "../gates/tell-evidence";
import { type ProcessId, processName } from "../model/desired";
import { isSameLife, type RunningProcess } from "../model/host-facts";
import { factsOf } from "../model/inventory";
import type { PlanStep } from "../model/plan";
import { readLastWords } from "../steps/last-words";
import { askAloud } from "./ask";
import { journal, processKey, type RestartRecord, type Run, say } from "./run";

export async function watch(run: Run, process: ProcessId, toBeStarted: readonly ProcessId[]): Promise<void> {
  const { desired, ports } = run;
  const { pauseMs, pollIntervalMs, timeouts } = desired.policy;
  const name = processName(process);
  const step: PlanStep = { kind: "watch", process };
  const record = run.restarts.get(processKey(process));
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
    const running = facts?.running;
    if (running?.known && record !== undefined && !isStill(record, running.value))
      throw endedByItself({
        process: name,
        node: process.node,
        pid: record.pidStarted,
        pidNow: running.value?.pid,
        startCount: running.value === null ? 1 : 2,
        afterMs: ports.clock.monotonicMs() - record.startedAtMs,
        output: await readLastWords(run, process),
      });
    const question = { inventory, step, candidate: process, toBeStarted };
    const closed = askAloud(run, question);
    // A host that does not show its process is trouble like a page that does not answer.
    const trouble = closed
      ? `${closed.gate}: ${closed.verdict.reason}`
      : running?.known === false
        ? `whether ${name} runs is not known: ${running.why}.`
        : undefined;
    readingCount += 1;
    if (trouble === undefined) evidence = tellEvidence({ ...question, desired });
    const nowMs = ports.clock.monotonicMs();
    if (trouble !== undefined) {
      last = trouble;
      quietSinceMs = nowMs;
      journal(run, "watch_restarted", { process: name, reason: last });
      say(run, `${process.node} watch anew: ${last}`, "passing");
    }
    const leftMs = pauseMs - (nowMs - quietSinceMs);
    if (trouble === undefined && leftMs <= 0) break;
    if (nowMs - startedMs > limitMs) throw watchFailed({ process: name, limitMs, last });
    if (trouble === undefined) say(run, `${process.node} watch ${Math.ceil(leftMs / 1000)} s`, "passing");
    await ports.clock.sleep(Math.max(1, Math.min(pollIntervalMs, leftMs)));
  }
  journal(run, "watched", { process: name, pauseMs, readingCount, evidence });
}

const isStill = (record: RestartRecord, running: RunningProcess | null): boolean =>
  running !== null &&
  isSameLife({ pid: record.pidStarted, startTicks: record.startTicks ?? running.startTicks }, running);
