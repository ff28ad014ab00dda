// Runs one below the other, the oldest first.

import { describeChange, describeOutcome } from "./describe-outcome";
import { renderDateTime, renderSeconds } from "./render-time";
import type { RunReport } from "./run-report";

export function renderRunList(reports: readonly RunReport[]): string {
  if (reports.length === 0) return "no runs\n";
  const rows = [
    ["run", "began", "took", "change", "outcome"],
    ...reports.map((report) => [
      report.run,
      renderDateTime(report.startedAtMs),
      renderSeconds(report.endedAtMs - report.startedAtMs),
      describeChange(report),
      describeOutcome(report),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
