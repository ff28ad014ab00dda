// The record that this program paused a link: on the hosts of the target, so that it is found from a fresh checkout too.
// It is written before the pause and removed after the proven resume; a link that is paused without one was paused by a person.

import { z } from "zod";
import { isBmdbError } from "../errors/bmdb-error";
import { cleanLine } from "../errors/clean-output";
import { majorityOf } from "../lease/judge-lease";
import type { DesiredCluster } from "../model/desired";
import { type Fact, factOf, overSsh, parsed, unparsed } from "../model/fact";
import { quoteWord } from "../model/quote";
import { linkName, type PauseRecord, type XdcrLink } from "../model/xdcr";
import type { Clock, Shell } from "../ports";
import { leaseNodes } from "./acquire-lease";
import { changeClusterHost } from "./change-host";
import { type Run, say } from "./run";

const END = "end of pause records";
const readFiles = (pattern: string, command: string): string =>
  `for file in "$HOME"/.pulumi-bmdb/xdcr-*.${pattern}; do [ -f "$file" ] && { ${command} "$file"; echo; }; done`;
export const READ_PAUSE_RECORDS = `${readFiles("paused", "head -n 1")}; ${readFiles("resumed", "tail -n 50")}; echo ${quoteWord(END)}`;

const fileOf = (group: string, suffix = ".paused"): string =>
  `"$HOME/.pulumi-bmdb/"${quoteWord(`xdcr-${group}${suffix}`)}`;

export function buildWriteRecord(record: PauseRecord): string {
  const { target: _, ...line } = record;
  const [made, kept] = [fileOf(record.group, ".new"), fileOf(record.group)];
  return `umask 077; mkdir -p "$HOME/.pulumi-bmdb" && printf '%s\\n' ${quoteWord(JSON.stringify(line))} >${made} && mv ${made} ${kept}`;
}

const buildRemoveRecord = (group: string): string => `rm -f ${fileOf(group)} ${fileOf(group, ".new")}`;

/** Where all hosts of the target are reached nothing is left; from elsewhere it is written down that the record is over on the others too. */
const buildEndRecord = ({ group, run, stack, since }: PauseRecord, isWhole: boolean): string =>
  isWhole
    ? `${buildRemoveRecord(group)} ${fileOf(group, ".resumed")}`
    : `${buildRemoveRecord(group)}; umask 077; printf '%s\\n' ${quoteWord(JSON.stringify({ group, run, stack, since, resumed: true }))} >>${fileOf(group, ".resumed")}`;

/** The hosts of a cluster on which its records lie, as ssh knows them. */
export const recordNodes = (desired: DesiredCluster, cluster: string): string[] =>
  cluster === desired.xdcr?.self ? leaseNodes(desired.nodes) : [cluster];

const recordSchema = z.object({
  group: z.string(),
  run: z.string(),
  stack: z.string(),
  since: z.string(),
  /** Resumed by somebody who reaches this host only: what other hosts still keep of this run is over. */
  resumed: z.literal(true).optional(),
});
type HostRecord = z.infer<typeof recordSchema>;

/** Of all clusters into which a declared link goes. Not known when fewer than a majority of a cluster's hosts answer. */
export async function readPauseRecords(
  { shell, clock }: { readonly shell: Shell; readonly clock: Clock },
  desired: DesiredCluster,
): Promise<Fact<readonly PauseRecord[]>> {
  const targets = [...new Set((desired.xdcr?.links ?? []).map(({ target }) => target))];
  const found = new Map<string, PauseRecord>();
  for (const target of targets) {
    const nodes = recordNodes(desired, target);
    const answers = await Promise.all(nodes.map((node) => readHost(shell, node, desired.policy.timeouts.sshMs)));
    const failed = answers.flatMap((answer) => (typeof answer === "string" ? [answer] : []));
    if (nodes.length - failed.length < majorityOf(nodes.length))
      return factOf(unparsed<never>(failed.join("; ")), overSsh(target), clock.nowMs());
    const lines = answers.flatMap((answer) => (typeof answer === "string" ? [] : answer));
    const over = lines.flatMap(({ group, run, resumed }) => (resumed ? [`${group} ${run}`] : []));
    for (const { resumed: _, ...record } of lines) {
      if (over.includes(`${record.group} ${record.run}`)) continue;
      const key = `${target}:${record.group}`;
      const other = found.get(key);
      // Hosts that were not reached may keep an older one.
      if (other === undefined || other.since > record.since) found.set(key, { ...record, target });
    }
  }
  return factOf(parsed([...found.values()]), "hosts of the targets", clock.nowMs());
}

async function readHost(shell: Shell, node: string, timeoutMs: number): Promise<HostRecord[] | string> {
  try {
    const { stdout } = await shell.run(node, READ_PAUSE_RECORDS, { timeoutMs });
    const lines = stdout.split("\n").filter((line) => line !== "");
    return lines.at(-1) === END ? lines.slice(0, -1).flatMap(readRecord) : `${node}: its records cannot be read`;
  } catch (error) {
    if (isBmdbError(error) && (error.code.startsWith("HostKey") || error.code === "SshLoginRefused")) throw error;
    return `${node}: ${cleanLine(isBmdbError(error) ? error.text.what : String(error))}`;
  }
}

function readRecord(line: string): HostRecord[] {
  try {
    const record = recordSchema.safeParse(JSON.parse(line));
    return record.success ? [record.data] : [];
  } catch {
    // Half a line, as a full disk may leave it: then the majority has others.
    return [];
  }
}

/** A record that stays somewhere would let a later run resume what a person pauses until then, so that is said. */
export async function removeRecord(run: Run, link: XdcrLink, record: PauseRecord): Promise<void> {
  const { timeouts } = run.desired.policy;
  const isWhole = link.target === run.desired.xdcr?.self;
  const nodes = recordNodes(run.desired, link.target);
  const results = await Promise.allSettled(
    nodes.map((node) =>
      changeClusterHost(run, link.target, node, buildEndRecord(record, isWhole), { timeoutMs: timeouts.sshMs }),
    ),
  );
  const left = nodes.filter((_, index) => {
    const result = results[index];
    return result?.status !== "fulfilled" || result.value.code !== 0;
  });
  if (left.length === 0) return;
  say(
    run,
    `the record that ${linkName(link)} was paused is still on ${left.join(", ")}: remove ~/.pulumi-bmdb/xdcr-${link.group}.paused there`,
    "lasting",
  );
}
