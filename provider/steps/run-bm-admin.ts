// Runs bm-admin of the new release on an MServer's host (settled: "which bm-admin"), from the release directory as the procedure writes it.

import { FLAG } from "../dialect/bm-admin";
import { BugError, isBmdbError } from "../errors/bmdb-error";
import { changeClusterHost, changeHost } from "../executor/change-host";
import { type Run, say } from "../executor/run";
import { seeThrough } from "../executor/safe-point";
import { releaseDirWord } from "../inventory/staged-release";
import { mserverAddresses } from "../model/desired";
import { quoteWords } from "../model/quote";
import type { CommandResult } from "../ports";

/** Where it runs next: on the program's bmAdmin.host, or on the first MServer's host that was not found unreachable. */
export function bmAdminNode(run: Run): string {
  const { bmAdmin, nodes } = run.desired;
  const names = nodes.filter((node) => node.roles.includes("mserver")).map((node) => node.name);
  return bmAdmin.host ?? names.find((name) => !run.lostHosts.has(name)) ?? names[0] ?? "";
}

/** No connection: nothing was sent, so that another host may be asked instead. */
const isUnsent = (error: unknown): boolean =>
  isBmdbError(error, "HostUnreachable") && error.text.evidence?.["isSent"] !== true;

/** Lost on the way back: what was sent may have been done. */
export const wasSent = (error: unknown): boolean => isBmdbError(error) && error.text.evidence?.["isSent"] === true;

interface Place {
  readonly dirWord: string;
  readonly mservers: string;
  readonly certsDir: string | undefined;
}

function buildCommand({ dirWord, mservers, certsDir }: Place, operation: readonly string[], timeoutMs: number): string {
  const words = [
    FLAG.mserverAddresses,
    mservers,
    ...(certsDir === undefined ? [] : [FLAG.certsDir, certsDir]),
    FLAG.timeoutMs,
    String(timeoutMs),
    ...operation,
  ];
  return `cd ${dirWord} && ./bin/bm-admin ${quoteWords(words)}`;
}

// bm-admin ends by itself when its own limit is over; ours only catches a host that hangs.
const limitOf = (run: Run, timeoutMs: number): number => timeoutMs * 2 + run.desired.policy.timeouts.bmAdminGraceMs;

/** What the servers were asked for goes on there whoever waits, so its answer is waited for: what came of it is known then. */
const untilAnswered = ([operation = ""]: readonly string[], limitMs: number): string =>
  `${operation} has answered, at most ${Math.ceil(limitMs / 1000)} s`;

export async function runBmAdmin(run: Run, operation: readonly string[], timeoutMs: number): Promise<CommandResult> {
  const { desired } = run;
  const place = {
    dirWord: releaseDirWord(desired.release.installDir, desired.version),
    mservers: mserverAddresses(desired.nodes),
    certsDir: desired.bmAdmin.certsDir,
  };
  const command = buildCommand(place, operation, timeoutMs);
  const limitMs = limitOf(run, timeoutMs);
  for (;;) {
    const node = bmAdminNode(run);
    try {
      return await seeThrough(run, untilAnswered(operation, limitMs), () =>
        changeHost(run, node, command, { timeoutMs: limitMs }),
      );
    } catch (error) {
      if (!isUnsent(error) || run.lostHosts.has(node)) throw error;
      run.lostHosts.add(node);
      // None is left: the next time all of them are asked anew.
      if (bmAdminNode(run) === node || run.lostHosts.has(bmAdminNode(run))) {
        run.lostHosts.clear();
        throw error;
      }
      say(run, `bm-admin runs on ${bmAdminNode(run)}: no connection to ${node}`, "lasting");
    }
  }
}

/** The same for a cluster that links name: this one, or another one from the host that the program names for it. */
export async function runBmAdminOn(
  run: Run,
  cluster: string,
  operation: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  if (cluster === run.desired.xdcr?.self) return runBmAdmin(run, operation, timeoutMs);
  const peer = run.desired.xdcr?.clusters[cluster];
  if (peer === undefined) throw new BugError(`${cluster} is not declared.`);
  const place = { dirWord: releaseDirWord(peer.releaseDir, ""), mservers: peer.mservers, certsDir: peer.certsDir };
  const limitMs = limitOf(run, timeoutMs);
  return seeThrough(run, untilAnswered(operation, limitMs), () =>
    changeClusterHost(run, cluster, cluster, buildCommand(place, operation, timeoutMs), { timeoutMs: limitMs }),
  );
}
