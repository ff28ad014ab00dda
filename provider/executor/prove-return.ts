// Waits for the proof that a restarted process is back, and for the cluster to be whole again.

import { didNotReturn, diedAtStart, endedByItself, oldBinaryCameBack } from "../errors/catalog";
import { tellEvidence } from "../gates/tell-evidence";
import { type ProcessId, processName } from "../model/desired";
import { knownValue } from "../model/fact";
import { describeStarter } from "../model/find-supervisor";
import { isSameLife, type RunningProcess } from "../model/host-facts";
import { factsOf, type Inventory } from "../model/inventory";
import type { PlanStep } from "../model/plan";
import { planStartByHand } from "../model/start-by-hand";
import { readLastWords } from "../steps/last-words";
import { askAloud } from "./ask";
import { judgeReturn } from "./judge-return";
import { pollUntil } from "./poll-until";
import { journal, processKey, type RestartRecord, type Run, say } from "./run";

/** A process is "gone" when readings over two intervals say so: between fork and exec it does not have its name yet. */
const GONE_READINGS = 3;
const GONE_INTERVALS = 2;

export async function proveReturn(run: Run, restart: RestartRecord, toBeStarted: readonly ProcessId[]): Promise<void> {
  const { desired, ports } = run;
  const { process } = restart;
  const step: PlanStep = { kind: "prove_return", process };
  const name = processName(process);
  const intervalMs = Math.min(desired.policy.returnPollIntervalMs, desired.policy.pollIntervalMs);
  let goneCount = 0;
  let goneSinceMs = 0;
  let told = "";
  let proof: Inventory | undefined;
  let seen: RunningProcess | undefined;
  const tail = () => readLastWords(run, process);
  const outcome = await pollUntil(
    {
      clock: ports.clock,
      intervalMs,
      firstMs: desired.policy.firstPollIntervalMs,
      limitMs: desired.policy.timeouts.startMs + desired.policy.timeouts.returnMs,
      // Not the run's signal: a process in hand is seen back before a run ends.
      signal: new AbortController().signal,
      onWait: (last) => {
        // Numbers that count up are one and the same wait.
        const sort = last.replace(/\d+/g, "#");
        if (sort !== told) journal(run, "return_wait", { process: name, reason: last });
        told = sort;
        say(run, `${process.node} return: ${last}`, "passing");
      },
    },
    async () => {
      // From before the look: one that takes long must not make an old heartbeat pass for a fresh one.
      const elapsedMs = ports.clock.monotonicMs() - restart.startedAtMs;
      const inventory = await run.collect([process.node]);
      const verdict = judgeReturn(
        desired,
        inventory,
        restart,
        elapsedMs,
        ports.clock.monotonicMs() - restart.orderedAtMs,
      );
      goneCount = verdict.kind === "gone" ? goneCount + 1 : 0;
      if (goneCount === 1) goneSinceMs = ports.clock.monotonicMs();
      if (goneCount >= GONE_READINGS && ports.clock.monotonicMs() - goneSinceMs >= GONE_INTERVALS * intervalMs)
        throw diedAtStart({
          process: name,
          node: process.node,
          version: desired.version,
          output: await tail(),
          startByHand: planStartByHand(desired, process),
        });
      if (verdict.kind === "gone") return { done: false as const, last: "there is no such process" };
      if (verdict.kind === "wrong")
        throw didNotReturn({
          process: name,
          node: process.node,
          limitMs: 0,
          last: `${verdict.reason}.`,
          output: await tail(),
        });
      if (verdict.kind === "old_binary")
        throw oldBinaryCameBack({
          process: name,
          role: process.role,
          node: process.node,
          pid: verdict.running.pid,
          version: verdict.version,
          exe: verdict.running.exe,
          starter: describeStarter(verdict.running),
          isOwn: desired.process[process.role].start !== undefined,
        });
      const running = knownValue(factsOf(inventory, process)?.running);
      // The first one that is seen counts, not the pid that an own start command showed for a moment.
      if (seen !== undefined && running && !isSameLife(seen, running))
        throw endedByItself({
          process: name,
          node: process.node,
          pid: seen.pid,
          pidNow: running.pid,
          startCount: 2,
          afterMs: elapsedMs,
          output: await tail(),
        });
      seen ??= running ?? undefined;
      if (verdict.kind === "not_yet") return { done: false as const, last: `${verdict.reason}.` };
      const closed = askAloud(run, { inventory, step, candidate: process, toBeStarted });
      if (closed) return { done: false as const, last: `${closed.gate}: ${closed.verdict.reason}` };
      proof = inventory;
      return { done: true as const, value: verdict.pid };
    },
  );
  if (outcome.kind === "expired")
    throw didNotReturn({
      process: name,
      node: process.node,
      limitMs: outcome.waitedMs,
      last: outcome.last,
      output: await tail(),
    });
  run.restarts.set(processKey(process), {
    ...restart,
    pidStarted: outcome.value,
    ...(seen && { startTicks: seen.startTicks }),
  });
  journal(run, "returned", {
    process: name,
    pid: outcome.value,
    pidBefore: restart.pidBefore,
    afterMs: Math.round(outcome.waitedMs),
    ...(proof && describeProof(run, proof, process, toBeStarted)),
  });
}

/** What the proof consists of, in numbers, for the record. */
function describeProof(run: Run, inventory: Inventory, process: ProcessId, toBeStarted: readonly ProcessId[]) {
  const { desired } = run;
  const facts = factsOf(inventory, process);
  const node = desired.nodes.find((each) => each.name === process.node);
  const entry =
    process.role === "dbserver" && inventory.dbservers.known
      ? inventory.dbservers.value.find((each) => each.host === node?.host && each.httpPort === node.ports.dbserverHttp)
      : undefined;
  return {
    version: facts?.version.known ? facts.version.value : undefined,
    heartbeatAgeSec: entry?.heartbeatAgeSec,
    tiles: entry?.tiles.active,
    tilesBefore: run.restarts.get(processKey(process))?.tilesBefore,
    followerLagMs: facts?.followerLagMsMax.known ? facts.followerLagMsMax.value : undefined,
    evidence: tellEvidence({
      desired,
      inventory,
      step: { kind: "prove_return", process },
      candidate: process,
      toBeStarted,
    }),
  };
}
