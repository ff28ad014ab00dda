// The first thing a reader wants: what came of it, in one line; and what he has to do now.

import type { Outcome, ReportStep, RunReport } from "./run-report";

export const stepsOfReport = (report: RunReport): ReportStep[] => report.sections.flatMap((section) => section.steps);

export const stoppedStep = (report: RunReport): ReportStep | undefined =>
  stepsOfReport(report).find((step) => step.state === "failed" || step.state === "unfinished");

export const doneCount = (report: RunReport): number =>
  stepsOfReport(report).filter((step) => step.state === "done").length;

export type Mood = "good" | "bad" | "open";
const MOODS: Readonly<Record<Outcome, Mood>> = {
  done: "good",
  nothing_to_do: "good",
  adopted: "good",
  stopped: "bad",
  refused: "bad",
  cancelled: "open",
  cut_off: "open",
};
export const moodOf = (report: RunReport): Mood => MOODS[report.outcome];

/** `stopped at step 19 of 31` */
export function describeOutcome(report: RunReport): string {
  const step = stoppedStep(report);
  const where = step ? ` at step ${step.number} of ${stepsOfReport(report).length}` : "";
  switch (report.outcome) {
    case "done":
      return "done";
    case "nothing_to_do":
      return "nothing was left to do";
    case "adopted":
      return "adopted";
    case "refused":
      return "refused, no process was touched";
    case "cancelled":
      return `cancelled${step ? ` before step ${step.number} of ${stepsOfReport(report).length}` : ""}`;
    case "stopped":
      return `stopped${where}`;
    case "cut_off":
      return step ? `no end recorded${where}` : "no end recorded";
  }
}

/** `2.16.0.0 → 2.18.0.0` */
export const describeChange = ({ from, to }: RunReport): string =>
  from === "" || from === to ? to || "version not recorded" : `${from} → ${to}`;

/** In the order in which they are to be done. Empty: there is nothing to do. */
export function tellNext(report: RunReport): string[] {
  const rest = "Run `pulumi preview`: it changes nothing and shows what is left. `pulumi up` does that, and only that.";
  const never = report.isPastNoReturn
    ? ["AutoFlags are promoted: an older release must not be started on any host any more."]
    : [];
  const left = report.leftBehind === undefined ? [] : [report.leftBehind];
  switch (report.outcome) {
    case "done":
    case "nothing_to_do":
    case "adopted":
      return [];
    case "refused":
      return [report.failure?.next ?? rest];
    case "stopped":
      return [...(report.failure?.next ? [report.failure.next] : []), ...left, rest, ...never];
    case "cancelled":
      return [...left, rest, ...never];
    case "cut_off":
      return [
        "This journal has no end: the run still goes on, or its process was killed. What a host was told to do as one act is completed there.",
        "When nothing runs any more and Pulumi says that the stack is locked: `pulumi cancel --yes`.",
        rest,
        ...never,
      ];
  }
}

export const describeAutoFlags = ({ autoFlags }: RunReport): string | undefined =>
  autoFlags &&
  (autoFlags.promoted
    ? `promoted${autoFlags.configVersion === undefined ? "" : `, config version ${autoFlags.configVersion}`}`
    : "nothing new to promote");

export const describeBsql = ({ bsql }: RunReport): string | undefined =>
  bsql &&
  `${bsql.outcome === "not_needed" ? "BSQL is off" : bsql.outcome.replaceAll("_", " ")}${bsql.attempts > 1 ? ` after ${bsql.attempts} attempts` : ""}`;
