// Runs bm-admin of the new release on an MServer's host (settled: "which bm-admin"), from the release directory as the procedure writes it.

import { FLAG } from "../dialect/bm-admin";
import { changeHost } from "../executor/change-host";
import type { Run } from "../executor/run";
import { releaseDirWord } from "../inventory/staged-release";
import { mserverAddresses } from "../model/desired";
import { quoteWords } from "../model/quote";
import type { CommandResult } from "../ports";

export function bmAdminNode(run: Run): string {
  const { bmAdmin, nodes } = run.desired;
  const first = nodes.find((node) => node.roles.includes("mserver"));
  return bmAdmin.host ?? first?.name ?? "";
}

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
  return changeHost(run, bmAdminNode(run), command, { timeoutMs: limitMs });
}
