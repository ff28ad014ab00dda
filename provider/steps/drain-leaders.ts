// Moves tile leaders off a DBServer before it is stopped, so that clients wait for no election; and lets them come back.
//
// The blacklist lies in the cluster's configuration and survives us. So a mark on the host says that it is ours: what an
// interrupted run left behind is found by it, and what a person put there is not touched.

import { OPERATION } from "../dialect/bm-admin";
import { isBmdbError } from "../errors/bmdb-error";
import { bmAdminFailed, drainTimedOut } from "../errors/catalog";
import { changeHost } from "../executor/change-host";
import { pollUntil } from "../executor/poll-until";
import { journal, processKey, type Run, say } from "../executor/run";
import { readUntilStopped } from "../executor/safe-point";
import { type ProcessId, processName } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";
import type { ClusterConfig } from "../model/pages";
import { askBmAdmin } from "./ask-bm-admin";

const MARK = '"$HOME/.pulumi-bmdb/dbserver.drained"';

/** Exactly as the DBServer registered: another spelling is accepted silently and has no effect. */
export function rpcAddress(run: Run, process: ProcessId): string {
  const node = run.desired.nodes.find((each) => each.name === process.node);
  return node ? `${node.host}:${node.ports.dbserverRpc}` : "";
}

/** Raises `DrainTimedOut` only with policy.onDrainTimeout "stop". */
export async function drainLeaders(run: Run, process: ProcessId): Promise<void> {
  const { policy } = run.desired;
  const listed = await readBlacklist(run);
  if (listed === undefined)
    return say(run, `${process.node} is not drained: the leader blacklist could not be read`, "lasting");
  if (listed.some((entry) => `${entry.host}:${entry.port}` === rpcAddress(run, process))) {
    // What is ours was removed at the start, so this is somebody else's, and stays as he wants it.
    say(run, `${processName(process)} is on the leader blacklist, and not by us: it stays there`, "lasting");
    return;
  }
  await mark(run, process, `mkdir -p "$HOME/.pulumi-bmdb" && : >${MARK}`);
  run.drained.set(processKey(process), process);
  if ((await changeBlacklist(run, "ADD", process)) === "unknown") {
    run.drained.delete(processKey(process));
    await mark(run, process, `rm -f ${MARK}`);
    say(
      run,
      `${process.node} is not drained: this bm-admin does not know ${OPERATION.changeLeaderBlacklist}`,
      "lasting",
    );
    return;
  }
  const first = await readUntilStopped(run.signal, run.collect("none", "cluster"));
  let leadersLeft = countLeaders(run, first, process);
  const leadersBefore = leadersLeft;
  // After a change of the leader MServer the balancer rests, and nothing moves: that time is not the drain's.
  const restMs = Math.max(0, (knownValue(first.balancerRestMs) ?? 0) - (knownValue(first.leader)?.forMs ?? 0));
  const outcome = await pollUntil(
    {
      clock: run.ports.clock,
      intervalMs: policy.pollIntervalMs,
      firstMs: policy.firstPollIntervalMs,
      limitMs: policy.drainTimeoutMs + restMs,
      signal: run.signal,
      onWait: (last) => say(run, `${process.node} drain: ${last}`, "passing"),
    },
    async () => {
      const seen = await readUntilStopped(run.signal, run.collect("none", "cluster"));
      const left = countLeaders(run, seen, process);
      leadersLeft = left;
      return left === 0
        ? { done: true as const, value: undefined }
        : { done: false as const, last: left === undefined ? "leaders not known" : `${left} tile leaders left` };
    },
  );
  journal(run, "drained", {
    process: processName(process),
    outcome: outcome.kind,
    waitedMs: Math.round(outcome.waitedMs),
    leadersBefore,
    leadersLeft,
  });
  if (outcome.kind === "done") return;
  if (policy.onDrainTimeout === "stop")
    throw drainTimedOut({ process: processName(process), limitMs: outcome.waitedMs, last: outcome.last });
  say(
    run,
    `${process.node} still had ${outcome.last} after ${Math.round(outcome.waitedMs / 1000)} s; it goes on (policy.onDrainTimeout)`,
    "lasting",
  );
}

/** Takes the DBServer off the blacklist and reads back that it is gone. Nothing to do where it was not drained. */
export async function returnLeaders(run: Run, process: ProcessId): Promise<void> {
  if (!run.drained.has(processKey(process))) return;
  // What was put there by a bm-admin that knew how is not gone because this one does not.
  if ((await changeBlacklist(run, "REMOVE", process)) === "unknown")
    throw bmAdminFailed({
      operation: `${OPERATION.changeLeaderBlacklist} REMOVE ${rpcAddress(run, process)}`,
      node: process.node,
      reason: "this bm-admin does not know the operation",
      output: "",
    });
  await mark(run, process, `rm -f ${MARK}`);
  run.drained.delete(processKey(process));
  journal(run, "leaders_may_return", { process: processName(process) });
}

/** On every way out of a run. Undefined: nothing is left behind; otherwise what is, and how to remove it by hand. */
export async function returnAllLeaders(run: Run): Promise<string | undefined> {
  for (const process of [...run.drained.values()]) {
    try {
      await returnLeaders(run, process);
    } catch {
      return `${processName(process)} is still on the leader blacklist; the next \`pulumi up\` removes it, or: bm-admin ${OPERATION.changeLeaderBlacklist} REMOVE ${rpcAddress(run, process)}`;
    }
  }
  return undefined;
}

/** What an earlier run of ours left behind, told by the mark on the host. */
export async function removeLeftovers(run: Run, inventory: Inventory): Promise<void> {
  const listed = await readBlacklist(run, inventory);
  if (listed === undefined)
    return say(run, "the leader blacklist could not be read: what an earlier run left there stays", "lasting");
  const processes = run.desired.nodes
    .filter((each) => each.roles.includes("dbserver"))
    .map((node): ProcessId => ({ node: node.name, role: "dbserver" }));
  const isListed = (process: ProcessId): boolean =>
    listed.some((entry) => `${entry.host}:${entry.port}` === rpcAddress(run, process));
  for (const process of processes.filter(isListed)) {
    const answer = await mark(run, process, `test -e ${MARK}`);
    if (answer !== 0) {
      say(run, `${processName(process)} is on the leader blacklist, and not by us: it is left there`, "lasting");
      continue;
    }
    run.drained.set(processKey(process), process);
    await returnLeaders(run, process);
    say(run, `${processName(process)} was still on the leader blacklist from an earlier run: removed`, "lasting");
  }
  // A mark without an entry is a lie in waiting: the next entry would be a person's, and be taken for ours.
  await Promise.all(
    processes.filter((process) => !isListed(process)).map((process) => mark(run, process, `rm -f ${MARK}`)),
  );
}

/** A page that failed is not an empty list: it is read again, for a while. Undefined: it could not be read. */
async function readBlacklist(run: Run, seen?: Inventory): Promise<ClusterConfig["leaderBlacklist"] | undefined> {
  const { policy } = run.desired;
  let first = seen;
  const outcome = await pollUntil(
    {
      clock: run.ports.clock,
      intervalMs: policy.pollIntervalMs,
      limitMs: policy.timeouts.blacklistMs,
      signal: run.signal,
    },
    async () => {
      const { config } = first ?? (await readUntilStopped(run.signal, run.collect("none", "cluster")));
      first = undefined;
      return config.known
        ? { done: true as const, value: config.value.leaderBlacklist }
        : { done: false as const, last: config.why };
    },
  );
  return outcome.kind === "done" ? outcome.value : undefined;
}

/** Before a run is refused: what an earlier run of ours left behind must not stay because of that. Never raises; the refusal counts. */
export async function removeLeftoversIfPossible(run: Run): Promise<void> {
  try {
    // A host that cannot be reached is often why the run is refused; the others can still be put right.
    await run.lease.fence().catch(() => undefined);
    await removeLeftovers(run, await run.collect("none", "cluster"));
  } catch (error) {
    journal(run, "leftovers_not_removed", { why: isBmdbError(error) ? error.text.what : String(error) });
  }
}

async function changeBlacklist(run: Run, change: "ADD" | "REMOVE", process: ProcessId): Promise<"done" | "unknown"> {
  const address = rpcAddress(run, process);
  const { clock } = run.ports;
  const limitMs = run.desired.policy.timeouts.blacklistMs;
  const startedMs = clock.monotonicMs();
  for (;;) {
    const answer = await askBmAdmin(run, {
      names: [OPERATION.changeLeaderBlacklist],
      args: [change, address],
      limitMs,
      // What was put there is taken away again, whatever happens to the run.
      ...(change === "ADD" && { signal: run.signal }),
    });
    if (answer === "unknown") return "unknown";
    // It prints nothing, and a concurrent change of the configuration may have undone it: read back.
    const listed = knownValue((await run.collect("none", "cluster")).config)?.leaderBlacklist;
    const isListed = listed?.some((entry) => `${entry.host}:${entry.port}` === address);
    if (isListed === (change === "ADD")) return "done";
    if (clock.monotonicMs() - startedMs > limitMs)
      throw bmAdminFailed({
        operation: `${OPERATION.changeLeaderBlacklist} ${change} ${address}`,
        node: process.node,
        reason:
          listed === undefined ? "what came of it could not be read back" : "the leader blacklist does not show it",
        output: "",
      });
    await clock.sleep(run.desired.policy.pollIntervalMs);
  }
}

function countLeaders(run: Run, inventory: Inventory, process: ProcessId): number | undefined {
  const node = run.desired.nodes.find((each) => each.name === process.node);
  const entry = knownValue(inventory.dbservers)?.find(
    (each) => each.host === node?.host && each.httpPort === node.ports.dbserverHttp,
  );
  const { userLeaders, systemLeaders } = entry?.tiles ?? {};
  return userLeaders === undefined ? undefined : userLeaders + (systemLeaders ?? 0);
}

const mark = async (run: Run, process: ProcessId, command: string): Promise<number | null> =>
  (await changeHost(run, process.node, `umask 077; ${command}`, { timeoutMs: run.desired.policy.timeouts.sshMs })).code;
