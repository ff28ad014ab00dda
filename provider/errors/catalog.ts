// The wording of every error, one function per code. Call sites bring facts, not prose.
// docs/errors.md lists the same codes; a test compares the two.

import type { LeaseOwner, LeaseRecord } from "../model/lease-record";
import type { StartByHand } from "../model/start-by-hand";
import { BmdbError, type ErrorText } from "./bmdb-error";
import { cleanLine, cleanOutput } from "./clean-output";

const error = (text: ErrorText, cause?: unknown): BmdbError =>
  new BmdbError(text, cause === undefined ? {} : { cause });
const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

export const inputInvalid = (problems: readonly string[]): BmdbError =>
  error({
    code: "InputInvalid",
    what: `${problems.length === 1 ? "One argument is" : `${problems.length} arguments are`} not usable:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    next: "Nothing was contacted. Correct the program and run `pulumi preview`.",
    blame: "operator",
    retry: "after_operator",
  });

/** `isSent`: the connection was there and a command was under way on it. */
export const hostUnreachable = (f: { node: string; address: string; cause: string; isSent?: boolean }): BmdbError =>
  error({
    code: "HostUnreachable",
    what: f.isSent
      ? `The ssh connection to ${f.node} (${f.address}) was lost: ${cleanLine(f.cause)}.`
      : `No ssh connection to ${f.node} (${f.address}): ${cleanLine(f.cause)}.`,
    ...(f.isSent && { why: "A command was under way there; what it did is not known." }),
    next: `${f.isSent ? "" : "No command was sent there. "}Try \`ssh ${f.address.split(":")[0]}\` from this machine; check address, port, firewall and bastion, then run the same command again${f.isSent ? ": it reads what is the case now before it does anything" : ""}.`,
    blame: "environment",
    retry: "automatic",
    evidence: { node: f.node, address: f.address, isSent: f.isSent ?? false },
  });

export const hostKeyUnknown = (f: {
  node: string;
  address: string;
  fingerprint: string;
  why?: string | undefined;
  /** Where the program would name the key. */
  setting?: string;
}): BmdbError =>
  error({
    code: "HostKeyUnknown",
    what: `${f.node} (${f.address}) offered the host key ${f.fingerprint}; ${f.why ?? "the program names no key for it"}.`,
    why: "Without a known key anything could answer in its place. No command and no password was sent.",
    next: `Nothing was changed. Confirm the fingerprint out of band, then add the key to ssh.knownHosts or ${f.setting ?? `ssh.hosts.${f.node}.hostKey`}.`,
    blame: "operator",
    retry: "after_operator",
    evidence: { node: f.node, fingerprint: f.fingerprint },
  });

export const hostKeyChanged = (f: { node: string; address: string; seen: string; expected: string }): BmdbError =>
  error({
    code: "HostKeyChanged",
    what: `${f.node} (${f.address}) offered ${f.seen}; ${f.expected} is expected.`,
    why: "Either the machine was rebuilt or something answers in its place. No command and no password was sent.",
    next: "Nothing was changed there. Confirm the fingerprint out of band, then replace the key in the program.",
    blame: "operator",
    retry: "after_operator",
    evidence: { node: f.node, seen: f.seen, expected: f.expected },
  });

export const sshLoginRefused = (f: { node: string; address: string; user: string }): BmdbError =>
  error({
    code: "SshLoginRefused",
    what: `${f.node} (${f.address}) refused the login of ${f.user}.`,
    next: "No command was sent. Check ssh.user and ssh.privateKey (and its passphrase), then run the same command again.",
    blame: "operator",
    retry: "after_operator",
    evidence: { node: f.node, user: f.user },
  });

export const commandTimedOut = (f: { node: string; purpose: string; limitMs: number; output: string }): BmdbError =>
  error({
    code: "CommandTimedOut",
    what: `A command on ${f.node} (${f.purpose}) gave no result within ${seconds(f.limitMs)}.`,
    why: "It may still run there; what it did is not known.",
    next: "Run `pulumi up` again: it reads what is the case now before it does anything.",
    blame: "environment",
    retry: "automatic",
    evidence: { node: f.node, limitMs: f.limitMs, isSent: true },
    output: cleanOutput(f.output),
  });

export const commandFailed = (f: { node: string; purpose: string; code: number | null; output: string }): BmdbError =>
  error({
    code: "CommandFailed",
    what: `A command on ${f.node} (${f.purpose}) ended with exit code ${f.code ?? "none (killed)"}.`,
    next: "What it was to do is not done. Read its output below, remove the cause, then run `pulumi up` again.",
    blame: "environment",
    retry: "after_operator",
    evidence: { node: f.node, code: f.code ?? -1 },
    output: cleanOutput(f.output),
  });

const startByHandText = ({ node, role, releaseDir, isOwn }: StartByHand): string =>
  `start ${role} on ${node} by hand (${isOwn ? `as process.${role}.start does` : `\`setsid env -i sh ~/.pulumi-bmdb/${role}.start ${releaseDir} </dev/null >/dev/null 2>&1 &\``}; docs/runbook.md)`;

/** `startByHand`: the MServer that an act of ours left down, where the others are too few to go on without it. */
export const clusterUnreachable = (f: {
  tried: readonly string[];
  last: string;
  startByHand?: StartByHand | undefined;
}): BmdbError =>
  error({
    code: "ClusterUnreachable",
    what: `No MServer gave a usable list of MServers; tried ${f.tried.join(", ")}; last: ${cleanLine(f.last)}.`,
    why: "Nothing is known about the cluster, so nothing may be decided about it.",
    next: `Nothing was changed and the saved state is kept. ${
      f.startByHand
        ? `The MServer on ${f.startByHand.node} is down after a restart by an earlier run, and no run can start it while nobody tells about the cluster: ${startByHandText(f.startByHand)}, then run the same command again.`
        : "Check that the MServers run and that this machine reaches their web port, then run the same command again."
    }`,
    blame: "environment",
    retry: "automatic",
  });

export const adoptVersionDiffers = (f: { stated: string; live: string; perProcess: readonly string[] }): BmdbError =>
  error({
    code: "AdoptVersionDiffers",
    what: `The program states version ${f.stated}; the cluster runs ${f.live}:\n${f.perProcess.map((line) => `  ${line}`).join("\n")}`,
    why: "Adopting a cluster verifies it and changes nothing. An upgrade is a change of `version` that you see in a preview first.",
    next: `Nothing was changed. ${
      /^[\d.]+$/.test(f.live)
        ? `Write version: "${f.live}" and run \`pulumi up\`; then bump it to ${f.stated}.`
        : "A mix cannot be adopted: bring every process up on one version by hand, state that version and run `pulumi up`."
    }`,
    blame: "operator",
    retry: "after_operator",
    evidence: { stated: f.stated, live: f.live },
  });

/** `isBegun`: the plan was to be made anew in the middle of a roll. */
export const refusedToPlan = (f: {
  code: string;
  what: string;
  why?: string;
  next: string;
  isBegun?: boolean;
}): BmdbError =>
  error({
    code: f.code,
    what: f.what,
    ...(f.why && { why: f.why }),
    next: `${f.isBegun ? "Nothing further was stopped." : "Nothing was changed."} ${f.next}`,
    blame: "operator",
    retry: "after_operator",
  });

export const gateClosed = (f: {
  gate: string;
  reason: string;
  waitedMs: number;
  untouched: string;
  next?: string;
}): BmdbError =>
  error({
    code: "GateClosed",
    what: `${f.gate}: ${f.reason}${f.waitedMs > 0 ? ` It was so for ${seconds(f.waitedMs)}, the limit.` : ""}`,
    next: `${f.untouched} ${f.next ?? "Remove the cause, then run `pulumi up`; it goes on from here."}`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { gate: f.gate, waitedMs: f.waitedMs },
  });

export const startUnknown = (f: { process: string; role: string; node: string }): BmdbError =>
  error({
    code: "StartUnknown",
    what: `${f.process} is down and nothing says how it was started: there is no record in ~/.pulumi-bmdb on ${f.node}.`,
    next: `It was left down. Give process.${f.role}.args in the program (the flags it is started with), or start it by hand, then run \`pulumi up\`.`,
    blame: "operator",
    retry: "after_operator",
    evidence: { node: f.node },
  });

export const processNotOnHost = (f: { process: string; role: string; node: string }): BmdbError =>
  error({
    code: "ProcessNotOnHost",
    what: `${f.process} answers on its web port, but ${f.node} shows no process named ${f.role} over ssh.`,
    why: "It would be started a second time beside the one that runs, or on a machine that is not its own.",
    next: `It was not touched. Check that host and sshHost of ${f.node} are the same machine and that its ssh user sees the process (\`pgrep -x ${f.role}\`), then run the same command again.`,
    blame: "operator",
    retry: "after_operator",
    evidence: { node: f.node },
  });

export const startNotRepeatable = (f: { process: string; reason: string; role: string }): BmdbError =>
  error({
    code: "StartNotRepeatable",
    what: `${f.process} cannot be started the same way from another release: ${f.reason}.`,
    why: "The new process would not find its settings or its data (spec P3), or run with less than it has now.",
    next: `It was not stopped. Change how it is started, or give process.${f.role} in the program, then run \`pulumi up\`.`,
    blame: "operator",
    retry: "after_operator",
  });

export const restartFailed = (f: {
  process: string;
  node: string;
  reason: string;
  state: string;
  output: string;
}): BmdbError =>
  error({
    code: "RestartFailed",
    what: `${f.process} was not restarted: ${f.reason}.`,
    next: `${f.state} Look at it on ${f.node}, then run \`pulumi up\`; it repairs this process first.`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { node: f.node },
    output: cleanOutput(f.output),
  });

/** `startByHand`: it is an MServer without which no run sees the cluster. */
export const diedAtStart = (f: {
  process: string;
  node: string;
  version: string;
  output: string;
  startByHand?: StartByHand | undefined;
}): BmdbError =>
  error({
    code: "DiedAtStart",
    what: `${f.process} was started from ${f.version} and ended by itself.`,
    why: "One process is down now; with another one stopped the cluster could lose a majority.",
    next: `Nothing else was stopped. Remove the cause on ${f.node} (its last lines are below), then ${
      f.startByHand
        ? `${startByHandText(f.startByHand)}: without it no run sees the cluster. When it answers, run \`pulumi up\`; it does the rest.`
        : "run `pulumi up`; it starts this process first and then does the rest."
    }`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { node: f.node, version: f.version },
    output: cleanOutput(f.output),
  });

/** `limitMs` 0: it did not run out of time, but came back as something else. */
export const didNotReturn = (f: {
  process: string;
  node: string;
  limitMs: number;
  last: string;
  output: string;
}): BmdbError =>
  error({
    code: "DidNotReturn",
    what:
      f.limitMs > 0
        ? `${f.process} was restarted but is not back after ${seconds(f.limitMs)}, the limit; last seen: ${f.last}`
        : `${f.process} was restarted but is not back: ${f.last}`,
    why: "Until its peers see it caught up, stopping another process could cost a majority.",
    next: `Nothing else was stopped. Look at ${f.node}, then run \`pulumi up\`; it goes on with this process.`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { node: f.node, limitMs: f.limitMs },
    output: cleanOutput(f.output),
  });

/** `starter`: what the host shows of who started it. `isOwn`: by the program's own start command. */
export const oldBinaryCameBack = (f: {
  process: string;
  role: string;
  node: string;
  pid: number;
  version: string;
  exe: string | undefined;
  starter: string;
  isOwn: boolean;
}): BmdbError =>
  error({
    code: "OldBinaryCameBack",
    what: `${f.process} was stopped and ${f.version} was started in its place: process ${f.pid} runs ${f.exe ?? "a binary that is not shown"}; ${f.starter}.`,
    why: f.isOwn
      ? `What process.${f.role}.start starts is not the new release.`
      : "Something on the host starts it by itself (a service manager, a supervisor, a cron job) and knows only the old release; it would undo every restart.",
    next: f.isOwn
      ? `Nothing else was stopped. Make process.${f.role}.start start from {releaseDir}, then run \`pulumi up\`; it goes on with this process.`
      : `Nothing else was stopped. Give process.${f.role}.stop and process.${f.role}.start, commands that stop it there and start it from {releaseDir}, or switch it off on ${f.node}; then run \`pulumi up\`; it goes on with this process.`,
    blame: "environment",
    retry: "after_operator",
    evidence: { node: f.node, pid: f.pid, version: f.version },
  });

/** `pidNow` undefined: nothing runs in its place. `startCount`: how many processes of it were seen since its stop. */
export const endedByItself = (f: {
  process: string;
  node: string;
  pid: number;
  pidNow: number | undefined;
  startCount: number;
  afterMs: number;
  output: string;
}): BmdbError =>
  error({
    code: "EndedByItself",
    what: `${f.process} was started as process ${f.pid} and ended by itself, seen ${seconds(f.afterMs)} after its start; ${
      f.pidNow === undefined
        ? "no process runs in its place"
        : `process ${f.pidNow} runs in its place, start number ${f.startCount} since its stop`
    }.`,
    why: "A process that keeps ending on the new release is the first sign that the others would too; with another one stopped the cluster could lose a majority.",
    next: `Nothing else was stopped. Remove the cause on ${f.node} (its last lines are below), then run \`pulumi up\`; it goes on with this process.`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { node: f.node, pid: f.pid, startCount: f.startCount },
    output: cleanOutput(f.output),
  });

export const watchFailed = (f: { process: string; limitMs: number; last: string }): BmdbError =>
  error({
    code: "WatchFailed",
    what: `After ${f.process} came back the cluster was not quiet for the whole pause within ${seconds(f.limitMs)}; last seen: ${f.last}`,
    why: "The pause (spec P2) is there to notice exactly this before the next process is stopped.",
    next: "Nothing else was stopped. Find out why, then run `pulumi up`; it goes on from here.",
    blame: "cluster",
    retry: "after_operator",
    evidence: { limitMs: f.limitMs },
  });

const HOW_TO_GO_ON_WITHOUT =
  'write finalize: "manual" in the program and run `pulumi up`: the roll is done then. Where BSQL is on, upgrade its catalog by hand first: `bm-admin … upgrade_bsql` from the new release (spec B2).';

/** `unsupported`: this bm-admin has no such operation, or the cluster's AutoFlags management is switched off. */
export const promoteFailed = (f: {
  reason: string;
  unsupported: false | "unknown_operation" | "disabled";
  node: string;
  output: string;
}): BmdbError =>
  error({
    code: f.unsupported !== false ? "PromoteUnsupported" : "PromoteFailed",
    what: `promote_auto_flags on ${f.node} did not succeed: ${f.reason}.`,
    why:
      f.unsupported === "unknown_operation"
        ? "A release that is older than AutoFlags has none to promote; nothing is broken."
        : "Without it the new release keeps writing the old formats; nothing is broken.",
    next: `All processes run the new release; the BSQL catalog was not upgraded. ${
      f.unsupported === false
        ? "Remove the cause, then run `pulumi up`; only the finalisation is left."
        : f.unsupported === "disabled"
          ? `Switch AutoFlags management on again and run \`pulumi up\`; only the finalisation is left. If it is off on purpose, ${HOW_TO_GO_ON_WITHOUT}`
          : `If the release is that old, ${HOW_TO_GO_ON_WITHOUT} If it is not, see that bmAdmin.host and release.installDir lead to its own bm-admin.`
    }`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { node: f.node },
    output: cleanOutput(f.output),
  });

/** `isOff`: it answered that there is nothing to do, and the program says there is. */
export const bsqlUpgradeFailed = (f: {
  attempts: number;
  elapsedMs: number;
  last: string;
  node: string;
  output: string;
  isOff?: boolean;
}): BmdbError =>
  error({
    code: "BsqlUpgradeFailed",
    what: f.isOff
      ? `upgrade_bsql on ${f.node} answered that BSQL is disabled and did nothing; the program says bsql: true.`
      : `upgrade_bsql failed ${f.attempts === 1 ? "once" : `${f.attempts} times`} in ${seconds(f.elapsedMs)} on ${f.node}; last: ${f.last}.`,
    why: f.isOff
      ? "One of the two is wrong, and a catalog that exists would stay old."
      : "Conflicts with clients that change tables are expected (spec B5); each attempt is undone by the database.",
    next: `All processes run the new release and AutoFlags are promoted. ${f.isOff ? "Correct `bsql` in the program, or have the processes run with BSQL" : "Hold DDL for some minutes"}, then run \`pulumi up\`; only this step is left.`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { node: f.node, attempts: f.attempts },
    output: cleanOutput(f.output),
  });

export const bmAdminFailed = (f: { operation: string; node: string; reason: string; output: string }): BmdbError =>
  error({
    code: "BmAdminFailed",
    what: `bm-admin ${f.operation} on ${f.node} did not succeed: ${f.reason}.`,
    next: "Nothing further was stopped. Remove the cause, then run `pulumi up`; it goes on from here.",
    blame: "cluster",
    retry: "after_operator",
    evidence: { node: f.node, operation: f.operation },
    output: cleanOutput(f.output),
  });

export const drainTimedOut = (f: { process: string; limitMs: number; last: string }): BmdbError =>
  error({
    code: "DrainTimedOut",
    what: `${f.process} still had ${f.last} after ${seconds(f.limitMs)}, the limit.`,
    why: 'Stopping it now would make clients wait for an election of each of them; policy.onDrainTimeout is "stop".',
    next: `${f.process} was not touched and may lead tiles again. See what keeps them (preferred zones, the balancer switched off), then run \`pulumi up\`.`,
    blame: "cluster",
    retry: "after_operator",
    evidence: { limitMs: f.limitMs },
  });

export const runStopped = (f: { reason: string }): BmdbError =>
  error({
    code: "RunStopped",
    what: `The run was stopped: ${f.reason}.`,
    next: "No process was left stopped by it. Run `pulumi up`; it does the rest and only the rest.",
    blame: "operator",
    retry: "automatic",
  });

const ownerText = (owner: LeaseOwner): string =>
  `${owner.stack} (${owner.person} on ${owner.host}), run ${owner.runId}, since ${owner.since} by its own clock`;

/** `owner` undefined: what lies there cannot be read. `waitedMs`: it was waited for, and somebody was there all the time. */
export const leaseHeld = (f: { owner: LeaseOwner | undefined; termMs: number; waitedMs?: number }): BmdbError =>
  error({
    code: "LeaseHeld",
    what: `The lease on this cluster is held by ${f.owner ? ownerText(f.owner) : "somebody whose record cannot be read"}; ${
      f.waitedMs === undefined ? "it was renewed while this run looked" : `this run waited for ${seconds(f.waitedMs)}`
    }.`,
    why: "Each of two runs would stop a process that the other one counts on.",
    next: `Nothing was changed. Wait until that run has ended, then run \`pulumi up\`. If it is dead, \`pulumi up\` waits by itself, for ${seconds(f.termMs)} after the last renewal, and takes over.`,
    blame: "operator",
    retry: "after_operator",
    evidence: { ...f.owner, termMs: f.termMs },
  });

/** `node` undefined: no host said so, but it could not be renewed for `silentMs`. `isThere`: something lies on the host. */
export const leaseLost = (f: {
  node: string | undefined;
  seen: LeaseRecord | undefined;
  isThere: boolean;
  silentMs: number;
}): BmdbError =>
  error({
    code: "LeaseLost",
    what:
      f.node === undefined
        ? `The lease on this cluster could not be renewed on a majority of the MServer hosts for ${seconds(f.silentMs)}.`
        : f.seen === undefined
          ? `This run's lease is no longer on ${f.node}: ${f.isThere ? "what lies there cannot be read" : "nothing lies there"}.`
          : f.seen.state === "held"
            ? `${f.node} shows the lease of ${ownerText(f.seen.owner)} instead of this run's; this run last renewed its own ${seconds(f.silentMs)} ago.`
            : `${f.node} shows that this run's lease was taken over or broken by ${f.seen.owner.person} on ${f.seen.owner.host}, ${f.seen.owner.since} by that clock.`,
    why: "Another run may change the cluster now.",
    next: "Nothing further was touched; what a host was told to do as one act completes there. See who rolls (`pulumi-bmdb lease show`) and let that run end, then run `pulumi up`.",
    blame: "operator",
    retry: "after_operator",
    evidence: { ...(f.node !== undefined && { node: f.node }), ...f.seen?.owner, epoch: f.seen?.epoch ?? 0 },
  });

/** `failed`: why, by host. `isWriting`: they answer, but the lease cannot be laid down there. */
export const leaseUnreachable = (f: {
  failed: ReadonlyMap<string, string>;
  hostCount: number;
  neededCount: number;
  isWriting?: boolean;
}): BmdbError =>
  error({
    code: "LeaseUnreachable",
    what: `${f.isWriting ? `The lease can be written on ${f.hostCount - f.failed.size} of ${f.hostCount} MServer hosts; ${f.neededCount} are needed. Not written` : `${f.hostCount - f.failed.size} of ${f.hostCount} MServer hosts can be asked for the lease; ${f.neededCount} are needed. Not reached`}:\n${[...f.failed].map(([node, why]) => `  ${node}: ${why}`).join("\n")}`,
    why: "Without a majority nobody knows whether another run changes the cluster now.",
    next: f.isWriting
      ? "Nothing was changed. The ssh user's ~/.pulumi-bmdb must be writable on each of these hosts, with room on its disk, and belong to that host alone; then run the same command again."
      : "Nothing was changed. Make the hosts reachable by ssh from this machine, then run the same command again.",
    blame: "environment",
    retry: "automatic",
    evidence: { reached: f.hostCount - f.failed.size, needed: f.neededCount },
  });

/** `isWrongCluster`: the cluster that was asked does not know the group. */
export const xdcrNotPaused = (f: {
  link: string;
  target: string;
  reason: string;
  isWrongCluster: boolean;
  output: string;
}): BmdbError =>
  error({
    code: "XdcrNotPaused",
    what: `Replication ${f.link} could not be paused on ${f.target}: ${cleanLine(f.reason)}.`,
    why: f.isWrongCluster
      ? "A group is paused on its target, the cluster that reads; its source answers that it does not know the group."
      : "While it is active no process of a cluster involved may be stopped (spec X1).",
    next: f.isWrongCluster
      ? "No process was stopped. Correct source and target in `xdcr.links`, or the MServers in `xdcr.clusters`, then run `pulumi up`."
      : "No process was stopped. See `get_replication_status` on the target, then run `pulumi up`.",
    blame: f.isWrongCluster ? "operator" : "cluster",
    retry: f.isWrongCluster ? "after_operator" : "automatic",
    evidence: { link: f.link, target: f.target },
    output: cleanOutput(f.output),
  });

export const xdcrNotResumed = (f: { link: string; target: string; reason: string; output: string }): BmdbError =>
  error({
    code: "XdcrNotResumed",
    what: `Replication ${f.link} could not be resumed on ${f.target}: ${cleanLine(f.reason)}.`,
    why: "Its source keeps what the target has not read for cdc_wal_retention_time_secs only.",
    next: "Every cluster involved is upgraded and finalised; the link is still paused, and it is written down that this program paused it. Run `pulumi up`: only this is left.",
    blame: "cluster",
    retry: "automatic",
    evidence: { link: f.link, target: f.target },
    output: cleanOutput(f.output),
  });
