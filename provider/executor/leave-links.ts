// What becomes of paused links when a run ends early: as they were while nothing has changed, and paused, aloud, once it has.

import { isBmdbError } from "../errors/bmdb-error";
import { RETENTION_DEFAULT_MS, shortestRetentionMs } from "../model/judge-xdcr";
import type { PlanStep } from "../model/plan";
import { linkId, linkName } from "../model/xdcr";
import { describeFailure } from "../report/describe-failure";
import { tellPause } from "../report/tell-pause";
import { journal, type Run } from "./run";
import { undoPause } from "./undo-pause";

const CHANGES: readonly PlanStep["kind"][] = ["start_process", "restart_process", "promote_auto_flags"];

/** `begun`: every step up to the one that failed. Undefined: nothing is left paused by this program. */
export async function leaveLinks(run: Run, begun: readonly PlanStep[]): Promise<string | undefined> {
  const hasChanged = begun.some(({ kind }) => CHANGES.includes(kind));
  const left: string[] = [];
  let retentionMs: number | undefined;
  for (const link of run.desired.xdcr?.links ?? []) {
    const record = run.linksPaused.get(linkId(link));
    if (record === undefined) continue;
    // Paused by an earlier run, or one of several clusters that are upgraded together: versions may be mixed since.
    const isOurs = record.run === run.id && !run.desired.xdcr?.isFinishedElsewhere;
    if (!hasChanged && isOurs) {
      const failure = await undoPause(run, link).catch((error: unknown) => error);
      if (failure === undefined) continue;
      journal(run, "xdcr_undo_failed", { ...link, ...describeFailure(failure) });
      if (!isBmdbError(failure)) journal(run, "remark", { text: `${linkName(link)} could not be resumed` });
    }
    retentionMs ??= await readRetention(run);
    left.push(
      `replication ${linkName(link)} stays paused, because versions are or may be mixed. ${tellPause({ since: record.since, nowMs: run.ports.clock.nowMs(), retentionMs })} The next \`pulumi up\` goes on, then resumes it`,
    );
  }
  return left.length === 0 ? undefined : left.join("; ");
}

/** What a source keeps unless it is set otherwise, where the sources cannot be asked any more. */
async function readRetention(run: Run): Promise<number> {
  const inventory = await run.collect("none", "thorough").catch(() => undefined);
  return inventory ? shortestRetentionMs(run.desired, inventory) : RETENTION_DEFAULT_MS;
}
