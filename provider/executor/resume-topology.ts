// Replication runs again once every process of every cluster is new and finalised (spec X3): only what this program paused.

import { findUnready, readLink, shortestRetentionMs } from "../model/judge-xdcr";
import type { XdcrLink } from "../model/xdcr";
import { linkId, linkName, type PauseRecord } from "../model/xdcr";
import { memberOfLink } from "../planner/plan-topology";
import { tellPause } from "../report/tell-pause";
import { recallPauses } from "./pause-xdcr";
import { ownAutoFlags, resumeXdcr } from "./resume-xdcr";
import { journal, type Run, say } from "./run";
import { tellStep } from "./tell-step";
import type { MemberRun } from "./topology-leases";

export interface LeftLink {
  readonly link: XdcrLink;
  readonly record: PauseRecord;
  /** Since when, and how long that may last. */
  readonly told: string;
}

/**
 * Links with a record of this program, each seen from where its record lies, and who else paused what. Reads only. `look` is told a link
 * of which it has to know who paused it, where there is one.
 */
export async function findLeftLinks(
  members: readonly MemberRun[],
  look: (run: Run, link: XdcrLink | undefined) => ReturnType<Run["collect"]>,
): Promise<{
  readonly left: readonly LeftLink[];
  readonly byPerson: readonly XdcrLink[];
  readonly unready: readonly string[];
}> {
  const links = members[0]?.run.desired.xdcr?.links ?? [];
  const seen = await Promise.all(
    members.map(async ({ name, run }) => {
      const own = links.find((link) => memberOfLink(members, link)?.name === name);
      return { name, run, inventory: await look(run, own) };
    }),
  );
  for (const { run, inventory } of seen) recallPauses(run, inventory);
  const views = links.flatMap((link) => {
    const member = memberOfLink(seen, link);
    return member === undefined ? [] : [{ link, ...member, record: member.run.linksPaused.get(linkId(link)) }];
  });
  return {
    left: views.flatMap(({ link, run, inventory, record }) => {
      if (record === undefined) return [];
      const retentionMs = shortestRetentionMs(run.desired, inventory);
      const told = tellPause({ since: record.since, nowMs: run.ports.clock.nowMs(), retentionMs });
      return [{ link, record, told: `${linkName(link)}: ${told}` }];
    }),
    byPerson: views
      .filter(
        ({ link, run, inventory, record }) =>
          // Who paused it is told by the record alone; without an answer about records nobody is named.
          record === undefined &&
          inventory.pauseRecords.known &&
          readLink(run.desired, inventory, link).kind === "paused",
      )
      .map(({ link }) => link),
    unready: [
      ...new Set(seen.flatMap(({ run, inventory }) => findUnready(run.desired, inventory, ownAutoFlags(inventory)))),
    ],
  };
}

/** Under the leases. Raises `XdcrNotResumed` and `RunStopped`. What has to stay paused is said, and stays in `linksPaused`. */
export async function resumeTopology(
  members: readonly MemberRun[],
  { left, byPerson, unready }: Awaited<ReturnType<typeof findLeftLinks>>,
): Promise<void> {
  const [first] = members;
  for (const link of byPerson) {
    if (first === undefined) continue;
    journal(first.run, "xdcr_stays_paused", { ...link, why: "a person paused it" });
    say(first.run, `${linkName(link)} stays paused: a person paused it before; it is his to resume`, "lasting");
  }
  for (const [index, { link }] of left.entries()) {
    const run = memberOfLink(members, link)?.run;
    if (run === undefined) continue;
    run.signal.throwIfAborted();
    say(run, `resume ${link.group}`, "step");
    await tellStep(run, { kind: "resume_xdcr", link }, index + 1, () => resumeXdcr(run, link, unready));
  }
}
