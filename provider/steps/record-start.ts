// Writes down on its host how a process is started, from the process as it runs now. Before the first stop, and at adoption.

import { commandFailed, processNotOnHost, startNotRepeatable } from "../errors/catalog";
import { changeHost } from "../executor/change-host";
import { journal, type Run } from "../executor/run";
import { buildHostFactsCommand } from "../inventory/host-facts-command";
import { parseHostFacts } from "../inventory/parse/host-facts";
import { type DesiredNode, isSameProcess, type ProcessId, processName, type Role } from "../model/desired";
import type { RunningProcess } from "../model/host-facts";
import { quoteWord } from "../model/quote";
import { buildLogDirsLines } from "./log-dirs";
import { buildStartScript } from "./start-script";

/** On every host at the same time: each has its own connection. Raises the first node's trouble when all have answered. */
export async function recordAllStarts(run: Run, mayBeDown: readonly ProcessId[] = []): Promise<void> {
  const outcomes = await Promise.allSettled(run.desired.nodes.map((node) => recordStarts(run, node, mayBeDown)));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** Of a process that may be down, before the others are looked at: from the program's arguments, if it gives any. */
export async function recordOneStart(run: Run, id: ProcessId): Promise<void> {
  const node = run.desired.nodes.find((each) => each.name === id.node);
  if (node !== undefined) await recordStarts(run, { ...node, roles: [id.role] }, [id]);
}

/**
 * For every declared process of this node that runs, or whose arguments the program gives. A process that is down, as only those in
 * `mayBeDown` may be, keeps its older record. Raises `ProcessNotOnHost` when another one is not there, and `StartNotRepeatable` when
 * one could not be started the same way from another release.
 */
export async function recordStarts(run: Run, node: DesiredNode, mayBeDown: readonly ProcessId[] = []): Promise<void> {
  const timeoutMs = run.desired.policy.timeouts.sshMs;
  const answer = await run.ports.shell.run(
    node.name,
    buildHostFactsCommand({ processNames: [...node.roles], includeEnvironment: true }),
    { timeoutMs },
  );
  const facts = parseHostFacts(answer.stdout);
  if (!facts.ok)
    throw commandFailed({
      node: node.name,
      purpose: "reading how its processes were started",
      code: answer.code,
      output: `${facts.why}\n${answer.stderr}`,
    });
  for (const role of node.roles) {
    const own = run.desired.process[role];
    const running = facts.value.processes.find((process) => process.name === role) ?? null;
    const id: ProcessId = { node: node.name, role };
    const process = processName(id);
    if (running === null && !mayBeDown.some((each) => isSameProcess(each, id)))
      throw processNotOnHost({ process, role, node: node.name });
    const logDirs = buildLogDirsLines(role, own.args ?? running?.argv ?? [], running?.pid);
    if (own.start !== undefined) {
      if (running !== null) await changeHost(run, node.name, [...ENTER, ...logDirs].join("\n"), { timeoutMs });
      continue;
    }
    if (running === null && own.args === undefined) continue;
    const foreign = running && findForeign(running, facts.value.uid);
    if (foreign) throw startNotRepeatable({ process, reason: foreign, role });
    const built = buildStartScript(role, running, own);
    if (!built.ok) throw startNotRepeatable({ process, reason: built.reason, role });
    const written = await changeHost(run, node.name, (guard) => writeCommand(role, built.output, logDirs, guard), {
      timeoutMs,
      stdin: built.script,
    });
    if (written.code !== 0)
      throw commandFailed({
        node: node.name,
        purpose: `writing ~/.pulumi-bmdb/${role}.start`,
        code: written.code,
        output: written.stderr,
      });
    journal(run, "start_recorded", { process });
  }
}

const findForeign = (running: RunningProcess, uid: number): string | undefined =>
  running.uid !== uid
    ? `it runs as uid ${running.uid}, the ssh user is uid ${uid}`
    : running.environment === undefined
      ? "its environment could not be read"
      : undefined;

const ENTER = [
  "umask 077",
  'mkdir -p "$HOME/.pulumi-bmdb" && chmod 700 "$HOME/.pulumi-bmdb" && cd "$HOME/.pulumi-bmdb" && bmdb_dir=$(pwd) || exit 1',
];

// The record may arrive when another run has the lease: the guard is asked again behind it, and it lies in a file of its own.
function writeCommand(role: Role, output: string, logDirs: readonly string[], guard: string): string {
  const file = quoteWord(`${role}.start`);
  return [
    ...ENTER,
    ...logDirs,
    `new=${file}.new.$$; trap 'rm -f "$new"' EXIT`,
    'cat >"$new" || exit 1',
    ...(guard === "" ? [] : [guard.trimEnd()]),
    `mv "$new" ${file} && printf '%s\\n' ${output} >${quoteWord(`${role}.log-path`)}`,
  ].join("\n");
}
