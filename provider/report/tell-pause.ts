// Since when a link rests, and how long that may last: warned of at half of the retention, loudly at three quarters.

import { renderDuration } from "./render-duration";

export interface PauseFacts {
  /** ISO 8601. */
  readonly since: string;
  readonly nowMs: number;
  readonly retentionMs: number;
}

/** `Paused since …; the source keeps what the target has not read for 4 h.`, and a warning where it is due. */
export function tellPause({ since, nowMs, retentionMs }: PauseFacts): string {
  const forMs = nowMs - Date.parse(since);
  const mark =
    forMs > retentionMs * 0.75
      ? " WARNING: more than three quarters of that are over; after it replication has to be set up anew."
      : forMs > retentionMs * 0.5
        ? " Warning: half of that is over."
        : "";
  return `Paused since ${since}; the source keeps what the target has not read for ${renderDuration(retentionMs)}.${mark}`;
}
