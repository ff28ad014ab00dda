// A run in a few lines, for the outputs of the resource: CI runners vanish, the state stays.

import {
  describeAutoFlags,
  describeBsql,
  describeChange,
  describeOutcome,
  doneCount,
  stepsOfReport,
  stoppedStep,
  tellNext,
} from "./describe-outcome";
import { renderDateTime, renderSeconds } from "./render-time";
import type { RunReport } from "./run-report";

export function renderRunText(report: RunReport): string {
  const total = stepsOfReport(report).length;
  const step = stoppedStep(report);
  const autoFlags = describeAutoFlags(report);
  const bsql = describeBsql(report);
  const { failure } = report;
  const lines = [
    `${describeChange(report)}: ${describeOutcome(report)}${total === 0 ? "" : `; ${doneCount(report)} of ${total} steps done`}`,
    `${renderDateTime(report.startedAtMs)}, took ${renderSeconds(report.endedAtMs - report.startedAtMs)}`,
    ...(step ? [`where: ${step.title}`] : []),
    ...(failure ? [`${failure.code ? `${failure.code}: ` : ""}${failure.what}`] : []),
    ...(report.versionsAfter ? [`processes: ${report.versionsAfter}`] : []),
    ...(autoFlags ? [`AutoFlags: ${autoFlags}`] : []),
    ...(bsql ? [`BSQL catalog: ${bsql}`] : []),
    ...report.waivers.map((waiver) => `waived ${waiver.gate}: ${waiver.why}`),
    ...tellNext(report).map((text) => `next: ${text}`),
    ...report.troubles,
  ];
  return lines.join("\n");
}
