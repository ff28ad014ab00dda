// Runs bm-admin of the new release on an MServer's host (settled: "which bm-admin"), from the release directory as the procedure writes it.

import { FLAG } from "../dialect/bm-admin";
import { isBmdbError } from "../errors/bmdb-error";
import { changeHost } from "../executor/change-host";
import { type Run, say } from "../executor/run";
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

export async function runBmAdmin(run: Run, operation: readonly string[], timeoutMs: number): Promise<CommandResult> {
  const { desired } = run;
  const certs = desired.bmAdmin.certsDir === undefined ? [] : [FLAG.certsDir, desired.bmAdmin.certsDir];
  const words = [
    FLAG.mserverAddresses,
    mserverAddresses(desired.nodes),
    ...certs,
    FLAG.timeoutMs,
    String(timeoutMs),
    ...operation,
  ];
  const command = `cd ${releaseDirWord(desired.release.installDir, desired.version)} && ./bin/bm-admin ${quoteWords(words)}`;
  // bm-admin ends by itself when its own limit is over; ours only catches a host that hangs.
  const limitMs = timeoutMs * 2 + desired.policy.timeouts.bmAdminGraceMs;
  for (;;) {
    const node = bmAdminNode(run);
    try {
      return await changeHost(run, node, command, { timeoutMs: limitMs });
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
