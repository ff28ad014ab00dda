// Asks the leader MServer to hand over to an upgraded one before it is stopped: that spares clients the wait until its
// silence is noticed. A convenience: whatever comes of it, the gates decide whether it may be stopped.

import { OPERATION } from "../dialect/bm-admin";
import { isBmdbError } from "../errors/bmdb-error";
import { pollUntil } from "../executor/poll-until";
import { journal, type Run, say } from "../executor/run";
import { readUntilStopped } from "../executor/safe-point";
import { type ProcessId, processName } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { isSameRelease } from "../model/version";
import { askBmAdmin } from "./ask-bm-admin";

export async function stepDownLeader(run: Run, process: ProcessId): Promise<void> {
  const limitMs = run.desired.policy.timeouts.handOverMs;
  const before = await readUntilStopped(run.signal, run.collect("none"));
  if (!leads(run, before, process)) return;
  const successor = findSuccessor(run, before, process);
  if (successor === undefined) return say(run, "no upgraded MServer to hand over to; an election decides", "lasting");
  try {
    const asked = await askBmAdmin(run, {
      names: OPERATION.mserverLeaderStepdown,
      args: [successor],
      limitMs,
      signal: run.signal,
    });
    if (asked === "unknown") return say(run, "this bm-admin cannot hand over; an election decides", "lasting");
  } catch (error) {
    if (!isBmdbError(error, "BmAdminFailed")) throw error;
    return say(run, `MServer ${process.node} did not hand over (${error.text.what}); an election decides`, "lasting");
  }
  const outcome = await pollUntil(
    {
      clock: run.ports.clock,
      intervalMs: run.desired.policy.pollIntervalMs,
      firstMs: run.desired.policy.firstPollIntervalMs,
      limitMs,
      signal: run.signal,
    },
    async () => {
      const inventory = await readUntilStopped(run.signal, run.collect("none"));
      const isDone = inventory.leader.known && !leads(run, inventory, process);
      return isDone
        ? { done: true as const, value: undefined }
        : { done: false as const, last: `${processName(process)} still leads` };
    },
  );
  journal(run, "handed_over", { process: processName(process), outcome: outcome.kind });
  if (outcome.kind === "expired")
    say(run, `${outcome.last} after ${Math.round(outcome.waitedMs / 1000)} s; an election decides`, "lasting");
}

function leads(run: Run, inventory: Inventory, process: ProcessId): boolean {
  const node = run.desired.nodes.find((each) => each.name === process.node);
  const leader = knownValue(inventory.mservers)?.find((entry) => entry.role === "LEADER");
  return leader !== undefined && leader.host === node?.host && leader.rpcPort === node.ports.mserverRpc;
}

/** Another MServer that was just seen on the new release. */
function findSuccessor(run: Run, inventory: Inventory, process: ProcessId): string | undefined {
  for (const facts of inventory.processes) {
    if (facts.id.role !== "mserver" || facts.id.node === process.node) continue;
    if (!facts.version.known || !isSameRelease(run.desired.version, facts.version.value)) continue;
    const node = run.desired.nodes.find((each) => each.name === facts.id.node);
    const entry = knownValue(inventory.mservers)?.find(
      (each) => each.host === node?.host && each.rpcPort === node.ports.mserverRpc && each.role === "FOLLOWER",
    );
    if (entry) return entry.uuid;
  }
  return undefined;
}
