// Pauses one link before the first process stops (spec X1): written down first, then paused, then read back.

import { commandFailed, xdcrNotPaused } from "../errors/catalog";
import { majorityOf } from "../lease/judge-lease";
import { knownValue } from "../model/fact";
import { readLink } from "../model/judge-xdcr";
import { quoteWord } from "../model/quote";
import { isOfLink, linkId, linkName, type PauseRecord, type XdcrLink } from "../model/xdcr";
import { bmAdminNode } from "../steps/run-bm-admin";
import { switchLink } from "../steps/switch-link";
import { changeClusterHost } from "./change-host";
import { buildWriteRecord, recordNodes } from "./pause-record";
import { journal, type Run, say } from "./run";
import { readUntilStopped } from "./safe-point";

/** Raises `XdcrNotPaused`, and `CommandFailed` when it cannot be written down. */
export async function pauseXdcr(run: Run, link: XdcrLink): Promise<void> {
  await checkCertsDir(run, link.target);
  const seen = readLink(run.desired, await readUntilStopped(run.signal, run.collect("none")), link);
  if (seen.kind === "paused") {
    // Since the plan was made; by whom is told by the record.
    say(run, `${linkName(link)} is paused already`, "lasting");
    return;
  }
  assertLeaseOn(run, link);
  const since = new Date(run.ports.clock.nowMs()).toISOString();
  const record: PauseRecord = { target: link.target, group: link.group, run: run.id, stack: run.stack, since };
  await writeRecord(run, link, record);
  run.linksPaused.set(linkId(link), record);
  const outcome = await switchLink(run, link, "paused");
  if (outcome.kind === "failed") throw xdcrNotPaused({ link: linkName(link), target: link.target, ...outcome });
  journal(run, "xdcr_paused", { ...link, since });
  say(run, `${linkName(link)} is paused`, "result");
}

/** A run of a cluster of a topology began without leases on the others, because everything rested. */
function assertLeaseOn({ desired, peerLeases }: Run, link: XdcrLink): void {
  if (link.target === desired.xdcr?.self || peerLeases.has(link.target)) return;
  const reason = "somebody resumed it since this run began, and this run holds no lease there";
  throw xdcrNotPaused({ link: linkName(link), target: link.target, reason, isWrongCluster: false, output: "" });
}

async function writeRecord(run: Run, link: XdcrLink, record: PauseRecord): Promise<void> {
  const nodes = recordNodes(run.desired, link.target);
  const { timeouts } = run.desired.policy;
  const results = await Promise.allSettled(
    nodes.map((node) =>
      changeClusterHost(run, link.target, node, buildWriteRecord(record), { timeoutMs: timeouts.sshMs }),
    ),
  );
  const written = results.filter((result) => result.status === "fulfilled" && result.value.code === 0).length;
  if (written >= majorityOf(nodes.length)) return;
  for (const result of results) if (result.status === "rejected") throw result.reason;
  const [first] = results;
  throw commandFailed({
    node: nodes[0] ?? "",
    purpose: `writing down the pause of ${linkName(link)}`,
    code: first?.status === "fulfilled" ? first.value.code : null,
    output: first?.status === "fulfilled" ? first.value.stderr : "",
  });
}

/** bm-admin would only say that it cannot connect. */
async function checkCertsDir(run: Run, cluster: string): Promise<void> {
  const isSelf = cluster === run.desired.xdcr?.self;
  const dir = isSelf ? run.desired.bmAdmin.certsDir : run.desired.xdcr?.clusters[cluster]?.certsDir;
  if (dir === undefined) return;
  const node = isSelf ? bmAdminNode(run) : cluster;
  const { timeouts } = run.desired.policy;
  const result = await run.ports.shell.run(node, `test -d ${quoteWord(dir)}`, { timeoutMs: timeouts.sshMs });
  if (result.code === 0) return;
  throw commandFailed({ node, purpose: `looking for certsDir ${dir}`, code: result.code, output: result.stderr });
}

/** What earlier runs paused, so that it is told at the end and resumed when it may be. */
export function recallPauses(run: Run, inventory: Awaited<ReturnType<Run["collect"]>>): void {
  const records = knownValue(inventory.pauseRecords) ?? [];
  for (const link of run.desired.xdcr?.links ?? []) {
    const record = records.find((each) => isOfLink(each, link));
    if (record) run.linksPaused.set(linkId(link), record);
  }
}
