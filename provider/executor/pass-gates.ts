// Before a step: its gates, asked of facts that were read for this very purpose (design rule 2).

import { gateClosed } from "../errors/catalog";
import { tellEvidence } from "../gates/tell-evidence";
import { type DesiredCluster, type ProcessId, processName } from "../model/desired";
import type { Inventory } from "../model/inventory";
import type { PlanStep } from "../model/plan";
import type { Clock } from "../ports";
import { askAloud } from "./ask";
import { pollUntil } from "./poll-until";
import { journal, type Run, say } from "./run";
import { readUntilStopped } from "./safe-point";

/** Resolves with the inventory that opened them all. Raises `GateClosed`. */
export async function passGates(run: Run, step: PlanStep, toBeStarted: readonly ProcessId[]): Promise<Inventory> {
  const candidate = "process" in step ? step.process : undefined;
  const { desired } = run;
  const { policy } = desired;
  const { timeouts } = policy;
  const process = candidate && processName(candidate);
  let told = "";
  const outcome = await pollUntil(
    {
      clock: run.ports.clock,
      intervalMs: policy.pollIntervalMs,
      // Between two processes a gate is mostly closed by what passes in a moment; at the start every look asks all hosts for everything.
      ...(step.kind !== "check_start" && { firstMs: policy.firstPollIntervalMs }),
      // At the start nothing is in motion yet: what is unhealthy now will hardly heal by waiting.
      limitMs: step.kind === "check_start" ? Math.min(timeouts.startCheckMs, timeouts.gateMs) : timeouts.gateMs,
      signal: run.signal,
      onWait: (last) => {
        if (last !== told) journal(run, "gate_wait", { step: step.kind, process, reason: last });
        told = last;
        say(run, `${candidate?.node ?? ""} wait: ${last}`.trim(), "passing");
      },
    },
    async () => {
      const ageOf = startAge(run.ports.clock);
      const inventory = await readUntilStopped(
        run.signal,
        run.collect(candidate ? [candidate.node] : "all", step.kind === "check_start" ? "thorough" : undefined),
      );
      const question = { inventory, step, candidate, toBeStarted };
      const answer = askAloud(run, question);
      const ageMs = ageOf();
      if (answer === undefined && step.kind !== "check_start" && ageMs > factsAgeMaxMs(desired))
        return { done: false as const, last: tellAge(ageMs, factsAgeMaxMs(desired)) };
      if (answer === undefined) {
        journal(run, "gates_open", { step: step.kind, process, evidence: tellEvidence({ ...question, desired }) });
        return { done: true as const, value: inventory };
      }
      if (answer.verdict.kind === "stop")
        throw gateClosed({
          gate: answer.gate,
          reason: answer.verdict.reason,
          waitedMs: 0,
          untouched: untouchedText(candidate),
          ...(answer.verdict.next && { next: answer.verdict.next }),
        });
      return { done: false as const, last: `${answer.gate}: ${answer.verdict.reason}` };
    },
  );
  if (outcome.kind === "done") return outcome.value;
  const [gate, ...reason] = outcome.last.split(": ");
  throw gateClosed({
    gate: gate ?? "",
    reason: reason.join(": "),
    waitedMs: outcome.waitedMs,
    untouched: untouchedText(candidate),
  });
}

/** One round of questions, whoever answers last. Facts that are older when they are whole may no longer be so. */
const factsAgeMaxMs = ({ policy }: DesiredCluster): number => policy.timeouts.sshMs + policy.timeouts.pageMs;

/** By both clocks: a machine that sleeps in the middle of a reading, and wakes hours later, sees it only on the wall. */
function startAge(clock: Clock): () => number {
  const [wallMs, monotonicMs] = [clock.nowMs(), clock.monotonicMs()];
  return () => Math.max(clock.nowMs() - wallMs, clock.monotonicMs() - monotonicMs);
}

const tellAge = (ageMs: number, maxMs: number): string =>
  `facts: what was read first is ${Math.ceil(ageMs / 1000)} s old; older than ${Math.floor(maxMs / 1000)} s is not looked at before a stop.`;

const untouchedText = (candidate: ProcessId | undefined): string =>
  candidate ? `${processName(candidate)} was not touched.` : "Nothing was stopped.";
