// Which streams other clusters read from this one: only bm-admin tells that. It changes nothing.

import { FLAG, OPERATION } from "../dialect/bm-admin";
import { isBmdbError } from "../errors/bmdb-error";
import { cleanLine } from "../errors/clean-output";
import { type DesiredCluster, mserverAddresses } from "../model/desired";
import { type Fact, factOf, overSsh, type Parsed, unparsed } from "../model/fact";
import { quoteWord, quoteWords } from "../model/quote";
import type { Clock, Shell } from "../ports";
import type { HostView } from "./collect-host";
import { parseCdcStreams } from "./parse/bm-admin-streams";

export async function readStreams(
  { shell, clock }: { readonly shell: Shell; readonly clock: Clock },
  desired: DesiredCluster,
  view: HostView,
  node: string,
): Promise<Fact<readonly string[]>> {
  const told = (answer: Parsed<readonly string[]>) => factOf(answer, overSsh(node), clock.nowMs());
  const dir = findRelease(view);
  if (dir === undefined) return told(unparsed(`${node} shows no release whose bm-admin could be asked`));
  const { bmAdmin, policy } = desired;
  const timeoutMs = Math.min(bmAdmin.timeoutMs, policy.timeouts.gateMs);
  const words = [
    FLAG.mserverAddresses,
    mserverAddresses(desired.nodes),
    ...(bmAdmin.certsDir === undefined ? [] : [FLAG.certsDir, bmAdmin.certsDir]),
    FLAG.timeoutMs,
    String(timeoutMs),
    OPERATION.listCdcStreams,
  ];
  try {
    return told(
      parseCdcStreams(
        await shell.run(node, `cd ${quoteWord(dir)} && ./bin/bm-admin ${quoteWords(words)}`, {
          timeoutMs: timeoutMs * 2 + policy.timeouts.bmAdminGraceMs,
        }),
      ),
    );
  } catch (error) {
    if (!isBmdbError(error) || error.code.startsWith("HostKey") || error.code === "SshLoginRefused") throw error;
    return told(unparsed(cleanLine(error.text.what)));
  }
}

/** The new one once it is staged, else the one that runs. */
function findRelease({ staged, running }: HostView): string | undefined {
  if (staged.known && staged.value.hasBinaries && staged.value.version !== null) return staged.value.dir;
  const dirs = [running.mserver, running.dbserver].map((each) => (each.known ? each.value?.releaseDir : undefined));
  return dirs.find((dir) => dir !== undefined);
}
