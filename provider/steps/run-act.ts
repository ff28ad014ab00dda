// Carries out an act on a host and reads its result back. The act itself goes on there whatever happens here.

import { type BmdbError, isBmdbError } from "../errors/bmdb-error";
import { oldBinaryCameBack, restartFailed, startUnknown } from "../errors/catalog";
import { cleanLine } from "../errors/clean-output";
import { changeHost } from "../executor/change-host";
import { pollUntil } from "../executor/poll-until";
import { journal, type Run, say } from "../executor/run";
import { type Policy, type ProcessId, processName } from "../model/desired";
import { knownValue } from "../model/fact";
import { describeStarter } from "../model/find-supervisor";
import { factsOf } from "../model/inventory";
import {
  type Act,
  buildActScript,
  buildLaunchCommand,
  buildReadActCommand,
  LEASE_GONE,
  NO_START_RECORD,
  parseActReport,
  STARTED_AGAIN,
} from "./act-script";

/** The pid that the act started. Raises `RestartFailed`, and what the shell raises when the host is lost. */
export async function runAct(
  run: Run,
  process: ProcessId,
  wanted: Omit<Act, "id" | "role" | "version" | "limits" | "bsqlPort" | "guard">,
): Promise<number> {
  const { shell, clock, random } = run.ports;
  const { policy } = run.desired;
  const { killMs, childrenMs, portsMs, appearMs } = policy.timeouts;
  const node = run.desired.nodes.find((each) => each.name === process.node);
  const act: Act = {
    ...wanted,
    id: random.hex(12),
    role: process.role,
    version: run.desired.version,
    bsqlPort: process.role === "dbserver" ? node?.ports.bsql : undefined,
    guard: run.lease.guard,
    limits: { killMs, childrenMs, portsMs, appearMs, pollMs: policy.actPollIntervalMs },
  };
  const timeoutMs = run.desired.policy.timeouts.sshMs;
  journal(run, "act_launched", {
    process: processName(process),
    act: act.id,
    pidBefore: act.stop?.pid,
    releaseDir: act.releaseDir,
  });
  const launched = await changeHost(run, process.node, buildLaunchCommand(act), {
    timeoutMs,
    stdin: buildActScript(act),
  }).catch((error: unknown) => {
    // Lost on the way back: the act may be under way, and is read back like any other.
    if (isBmdbError(error) && error.text.evidence?.["isSent"] === true) return undefined;
    throw error;
  });
  if (launched !== undefined && launched.code !== 0)
    throw restartFailed({
      process: processName(process),
      node: process.node,
      reason: `the act could not be launched: ${cleanLine(launched.stderr)}`,
      state: wanted.stop ? "It was not stopped." : "It is down, as before.",
      output: launched.stderr,
    });

  // Not the run's signal: between stop and proven start there is no safe point to end at.
  const outcome = await pollUntil(
    {
      clock,
      intervalMs: policy.actPollIntervalMs,
      limitMs: actLimitMs(policy.timeouts),
      signal: new AbortController().signal,
    },
    async () => {
      const answer = await shell
        .run(process.node, buildReadActCommand(act.role), { timeoutMs })
        .catch((error: unknown) => error);
      // A lost connection is not a lost act: it is asked again until the limit.
      if (answer instanceof Error || !isResult(answer))
        return { done: false as const, last: `its report could not be read: ${String(answer)}` };
      const report = parseActReport(answer.stdout);
      if (report.id !== act.id) return { done: false as const, last: "its report is not there yet" };
      if (report.outcome.kind === "running") return { done: false as const, last: report.lines.at(-1) ?? "launched" };
      return { done: true as const, value: report };
    },
  );
  if (outcome.kind === "expired")
    throw failure(
      process,
      `the act on ${process.node} has not ended; last: ${cleanLine(outcome.last)}`,
      "It may be stopped.",
      "",
    );
  const report = outcome.value;
  for (const line of report.lines.filter((each) => each.startsWith("killed")))
    journal(run, "killed_by_sigkill", { process: processName(process), line });
  const [, seconds] = report.lines.map((line) => KILLED_LINE.exec(line)).find(Boolean) ?? [];
  if (seconds !== undefined)
    say(run, `${processName(process)} did not end on SIGTERM within ${seconds} s: ended by SIGKILL`, "lasting");
  const leftBehind = report.lines.filter((each) => CHILDREN_LINE.test(each));
  if (leftBehind.length > 0) {
    journal(run, "children_left_behind", { process: processName(process), lines: leftBehind });
    say(run, `${process.node}: after its end ${cleanLine(leftBehind.join("; "))}`, "result");
  }
  if (report.outcome.kind !== "ok") {
    if (report.outcome.kind === "failed" && report.outcome.reason === NO_START_RECORD && wanted.stop === undefined)
      throw startUnknown({ process: processName(process), role: process.role, node: process.node });
    // The host refuses this, too, and says who has it; whatever keeps it from that, the act's own words are told.
    if (report.outcome.kind === "failed" && report.outcome.reason.startsWith(LEASE_GONE))
      await changeHost(run, process.node, "true", { timeoutMs }).catch((error: unknown) => {
        if (isBmdbError(error, "LeaseLost")) throw error;
      });
    const again = new RegExp(`^${STARTED_AGAIN}: process (\\d+)`).exec(
      report.outcome.kind === "failed" ? report.outcome.reason : "",
    );
    if (again) throw await explainStartedAgain(run, process, Number(again[1]));
    const wasStopped = report.lines.some((line) => line.startsWith("stopped"));
    const isStopping = report.lines.some((line) => line.startsWith("stopping"));
    throw failure(
      process,
      report.outcome.kind === "failed" ? cleanLine(report.outcome.reason, 300) : "it did not end",
      wasStopped
        ? "It is down."
        : isStopping
          ? "It was told to stop and may still run."
          : wanted.stop
            ? "It was not stopped and runs as before."
            : "It is down, as before.",
      report.lines.join("\n"),
    );
  }
  journal(run, "act_done", { process: processName(process), act: act.id, pid: report.outcome.pid });
  return report.outcome.pid;
}

async function explainStartedAgain(run: Run, process: ProcessId, pid: number): Promise<BmdbError> {
  const inventory = await run.collect([process.node]).catch(() => undefined);
  const running = inventory && knownValue(factsOf(inventory, process)?.running);
  return oldBinaryCameBack({
    process: processName(process),
    role: process.role,
    node: process.node,
    pid: running?.pid ?? pid,
    version: running?.releaseVersion ?? "the old release",
    exe: running?.exe,
    starter: running ? describeStarter(running) : "its parent is not known",
    isOwn: false,
  });
}

/** All limits of the single parts, whichever of them this act meets, and what lies between them. */
export const actLimitMs = (timeouts: Policy["timeouts"]): number =>
  2 * (timeouts.stopMs + timeouts.killMs) + timeouts.childrenMs + timeouts.portsMs + timeouts.appearMs + timeouts.actMs;

/** Of the process itself; those of what it left behind carry a name. */
const KILLED_LINE = /^killed \d+ after (\d+) s$/;
const CHILDREN_LINE = /^(?:left behind|ending|killed \d+ \()/;

const isResult = (answer: unknown): answer is { stdout: string } =>
  typeof answer === "object" && answer !== null && "stdout" in answer;

const failure = (process: ProcessId, reason: string, state: string, output: string) =>
  restartFailed({ process: processName(process), node: process.node, reason, state, output });
