// Ends what belongs to a sandbox, and proves for each process that it does, right before a signal is sent.

import { existsSync } from "node:fs";
import { type DaemonState, readDaemonState, writeJson } from "./daemon-files";
import { errorCode } from "./error-code";
import { MARKS } from "./host-shell";
import type { SandboxPaths } from "./layout";
import { pollUntil } from "./poll";
import { isSameProcessAlive, listProcesses, type ProcessFacts, type ProcessIdentity, withDescendants } from "./proc";

const TERM_LIMIT_MS = 5000;
const KILL_LIMIT_MS = 5000;

export async function stopProcesses(paths: SandboxPaths, id: string): Promise<void> {
  // A process that was ordered not to end on SIGTERM looks once more before it obeys the order.
  if (existsSync(paths.faults)) writeJson(paths.faults, []);
  const state = readDaemonState(paths.daemonState);
  const isDaemon = (facts: ProcessFacts) => facts.pid === state?.daemon.pid;
  await end(() => ofSandbox(paths, id, state).filter((facts) => !isDaemon(facts)));
  // A command that came in meanwhile may have started something: so the daemon goes, and then a last look.
  await end(() => ofSandbox(paths, id, state));
}

/** Everything that carries the sandbox's mark, runs a binary of its hosts, or belongs to one of its sshds. */
function ofSandbox(paths: SandboxPaths, id: string, state: DaemonState | undefined): ProcessFacts[] {
  const all = listProcesses().filter((facts) => facts.pid !== process.pid);
  const sshds = (state?.sshds ?? []).filter(isSameProcessAlive).map((sshd) => sshd.pid);
  const ofSshds = new Set(withDescendants(sshds, all));
  const hosts = `${paths.root}/hosts/`;
  return all.filter(
    (facts) => facts.environ.has(`${MARKS.id}=${id}`) || facts.exe?.startsWith(hosts) === true || ofSshds.has(facts),
  );
}

async function end(find: () => ProcessFacts[]): Promise<void> {
  for (const [signal, limitMs] of [
    ["SIGTERM", TERM_LIMIT_MS],
    ["SIGKILL", KILL_LIMIT_MS],
  ] as const) {
    const told = new Map<number, ProcessIdentity>();
    const areGone = await pollUntil(() => {
      const left = find();
      for (const facts of left) {
        if (told.get(facts.pid)?.startTicks === facts.startTicks) continue;
        told.set(facts.pid, facts);
        send(signal, facts);
      }
      // An sshd's children lose their tie to the sandbox once it is gone; they are remembered by identity.
      return left.length === 0 && ![...told.values()].some(isSameProcessAlive) ? true : undefined;
    }, limitMs);
    if (areGone) return;
  }
  const left = find().map((facts) => `${facts.pid} (${facts.exe ?? "?"})`);
  if (left.length > 0)
    throw new Error(`These processes of the sandbox did not end, not even on SIGKILL: ${left.join(", ")}`);
}

function send(signal: NodeJS.Signals, identity: ProcessIdentity): void {
  if (!isSameProcessAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}
