// The timeline in letters, for where there are no bars: a column is a sixtieth of the run.

import { buildTimeline, type Phase } from "./build-timeline";
import { renderLength, renderTook } from "./render-time";
import type { RunReport } from "./run-report";

const COLUMNS = 60;
const LETTERS: Readonly<Record<Phase, string>> = {
  check: "c",
  drain: "d",
  restart: "R",
  proof: "p",
  watch: "·",
  finalise: "F",
};

/** Empty: nothing was begun. */
export function renderTextTimeline(report: RunReport): string {
  const timeline = buildTimeline(report);
  if (timeline === undefined) return "";
  const width = Math.max(...timeline.rows.map((row) => row.label.length));
  const column = (ms: number): number => Math.min(COLUMNS - 1, Math.floor((ms / timeline.lengthMs) * COLUMNS));
  const rows = timeline.rows.map((row) => {
    const cells = Array.from({ length: COLUMNS }, () => " ");
    for (const bar of row.bars)
      for (let cell = column(bar.fromMs); cell <= Math.max(column(bar.fromMs), column(bar.toMs - 1)); cell += 1)
        cells[cell] = LETTERS[bar.phase];
    return `${row.label.padEnd(width)}  ${cells.join("")}  ${renderTook(row.tookMs).padStart(7)}${row.isFailed ? "  ← stopped here" : ""}`;
  });
  const end = renderLength(timeline.lengthMs);
  const axis = `${"".padEnd(width)}  0:00${end.padStart(COLUMNS - 4)}`;
  const legend =
    "c whole cluster checked, d leaders move away, R gates, stop, start, p proof of return, · watched, F finalisation";
  return [...rows, axis, "", legend].join("\n");
}
