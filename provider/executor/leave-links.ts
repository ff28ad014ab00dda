// What becomes of paused links when a run ends early: as they were while nothing has changed, and paused, aloud, once it has.

import { isBmdbError } from "../errors/bmdb-error";
import type { PlanStep } from "../model/plan";
import { linkId, linkName } from "../model/xdcr";
import { describeFailure } from "../report/describe-failure";
import { journal, type Run } from "./run";
import { undoPause } from "./undo-pause";

const CHANGES: readonly PlanStep["kind"][] = ["start_process", "restart_process", "promote_auto_flags"];

/** `begun`: every step up to the one that failed. Undefined: nothing is left paused by this program. */
export async function leaveLinks(run: Run, begun: readonly PlanStep[]): Promise<string | undefined> {
  const hasChanged = begun.some(({ kind }) => CHANGES.includes(kind));
  const left: string[] = [];
  for (const link of run.desired.xdcr?.links ?? []) {
    const record = run.linksPaused.get(linkId(link));
    if (record === undefined) continue;
    // Paused by an earlier run: versions may be mixed since.
    const isOurs = record.run === run.id;
    if (!hasChanged && isOurs) {
      const failure = await undoPause(run, link).catch((error: unknown) => error);
      if (failure === undefined) continue;
      journal(run, "xdcr_undo_failed", { ...link, ...describeFailure(failure) });
      if (!isBmdbError(failure)) journal(run, "remark", { text: `${linkName(link)} could not be resumed` });
    }
    left.push(
      `replication ${linkName(link)} stays paused since ${record.since}, because versions are or may be mixed: its source keeps what the target has not read for cdc_wal_retention_time_secs (4 h unless set); the next \`pulumi up\` goes on, then resumes it`,
    );
  }
  return left.length === 0 ? undefined : left.join("; ");
}
