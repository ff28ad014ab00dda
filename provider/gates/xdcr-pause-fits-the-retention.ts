// Gate: the pause of replication takes less than half of the time for which a source keeps what its target has not read.

import { shortestRetentionMs } from "../model/judge-xdcr";
import { type GateVerdict, open, stop } from "../model/verdict";
import { isSameRelease } from "../model/version";
import type { Gate } from "./gate";

/** Drain, stop, start and proof of return; the watch comes on top. As `planner/estimate-steps.ts` has them. */
const PROCESS_MS = 50_000;
const FINALISATION_MS = 90_000;

export const xdcrPauseFitsTheRetention: Gate = {
  id: "xdcr_pause_fits_the_retention",
  before: ["check_start"],
  ask({ desired, inventory }) {
    if (desired.xdcr === undefined) return open;
    const due = inventory.processes.filter(
      ({ version }) => !version.known || !isSameRelease(desired.version, version.value),
    );
    const pauseMs = due.length * (PROCESS_MS + desired.policy.pauseMs) + FINALISATION_MS;
    return judgePause(pauseMs, shortestRetentionMs(desired, inventory));
  },
};

/** Also for the clusters of a topology, whose pauses are one. */
export function judgePause(pauseMs: number, retentionMs: number): GateVerdict {
  if (pauseMs < retentionMs / 2) return open;
  return stop(
    `replication would be paused for about ${minutes(pauseMs)} min; a source forgets after ${minutes(retentionMs)} min what its target has not read (cdc_wal_retention_time_secs), and half of that is the limit.`,
    "Raise cdc_wal_retention_time_secs on the source, shorten policy.pause, or waive xdcr_pause_fits_the_retention with a reason; then run `pulumi preview`.",
  );
}

const minutes = (ms: number): number => Math.max(1, Math.round(ms / 60_000));
