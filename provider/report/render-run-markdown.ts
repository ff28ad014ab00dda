// A run as Markdown, for the summary of a CI job. Every value from outside is escaped: it can break neither table nor page.

import {
  describeAutoFlags,
  describeBsql,
  describeChange,
  describeOutcome,
  doneCount,
  moodOf,
  stepsOfReport,
  tellNext,
} from "./describe-outcome";
import { code, escapeMarkdown, fence, prose } from "./markdown/escape-markdown";
import { renderTextTimeline } from "./render-text-timeline";
import { renderClockTime, renderDateTime, renderSeconds, renderTook } from "./render-time";
import type { ReportProcess, ReportStep, RunReport, StepState } from "./run-report";

const SIGNS = { good: "✅", bad: "❌", open: "⚠️" } as const;
const MARKS: Readonly<Record<StepState, string>> = { done: "✓", failed: "→", unfinished: "→", not_begun: "" };
export function renderRunMarkdown(report: RunReport): string {
  const timeline = renderTextTimeline(report);
  return [
    `## ${SIGNS[moodOf(report)]} ${escapeMarkdown(describeChange(report))}: ${escapeMarkdown(describeOutcome(report))}`,
    renderFacts(report),
    renderFailure(report),
    timeline === "" ? "" : `### Timeline\n\n${fence(timeline)}`,
    renderProcesses(report),
    renderList(
      "Waived gates",
      report.waivers.map(
        ({ gate, why, seen }) =>
          `${code(gate)}: ${escapeMarkdown(why)}${seen ? ` (passed over: ${escapeMarkdown(seen)})` : ""}`,
      ),
    ),
    renderList("Warnings and remarks", [
      ...[...report.findings, ...report.notes].map(escapeMarkdown),
      ...report.remarks.map(({ atMs, text }) => `${renderClockTime(atMs)} ${escapeMarkdown(text)}`),
    ]),
    renderSteps(report),
    `<sub>Run ${code(report.run)}. All times are UTC.${report.troubles.map((text) => ` ${escapeMarkdown(text)}`).join("")}</sub>`,
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function renderFacts(report: RunReport): string {
  const total = stepsOfReport(report).length;
  const autoFlags = describeAutoFlags(report);
  const bsql = describeBsql(report);
  const planned = report.estimateMs ? `, ${renderSeconds(report.estimateMs)} were planned` : "";
  return [
    `Began ${renderDateTime(report.startedAtMs)}, took ${renderSeconds(report.endedAtMs - report.startedAtMs)}${planned}.`,
    total === 0 ? "" : `${doneCount(report)} of ${total} steps are done.`,
    report.versionsAfter === undefined ? "" : `Processes run ${escapeMarkdown(report.versionsAfter)}.`,
    autoFlags === undefined ? "" : `AutoFlags: ${escapeMarkdown(autoFlags)}.`,
    bsql === undefined ? "" : `BSQL catalog: ${escapeMarkdown(bsql)}.`,
  ]
    .filter((part) => part !== "")
    .join("  \n");
}

function renderFailure(report: RunReport): string {
  const { failure } = report;
  const next = tellNext(report);
  return [
    ...(failure
      ? [
          `**${escapeMarkdown(failure.code ?? "Unexpected error")}**: ${prose(failure.what)}${failure.why ? ` ${prose(failure.why)}` : ""}`,
        ]
      : []),
    ...(next.length > 0
      ? [`### What to do now`, next.map((text, index) => `${index + 1}. ${prose(text)}`).join("\n")]
      : []),
    ...(failure?.output ? [fence(failure.output)] : []),
  ].join("\n\n");
}

function renderProcesses({ processes }: RunReport): string {
  if (processes.length === 0) return "";
  const row = (process: ReportProcess): string => {
    const { proof } = process;
    const { pidBefore, pidAfter } = process;
    const pids =
      pidBefore === undefined && pidAfter === undefined ? "" : `${pidBefore ?? "none"} → ${pidAfter ?? "none"}`;
    return `| ${[
      escapeMarkdown(process.name) + (process.leads ? " (led)" : ""),
      escapeMarkdown(process.zone ?? ""),
      escapeMarkdown(process.before),
      escapeMarkdown(process.after ?? "not seen"),
      pids,
      process.returnedAfterMs === undefined ? "" : renderSeconds(process.returnedAfterMs),
      proof?.heartbeatAgeSec === undefined ? "" : `${proof.heartbeatAgeSec.toFixed(1)} s`,
      proof?.tiles === undefined
        ? ""
        : `${proof.tiles}${proof.tilesBefore === undefined ? "" : ` of ${proof.tilesBefore}`}`,
      proof?.followerLagMs === undefined ? "" : `${(proof.followerLagMs / 1000).toFixed(1)} s`,
    ].join(" | ")} |`;
  };
  return [
    "### Processes: versions and proof of return",
    "",
    "| process | zone | before | after | pid | back after | heartbeat | tiles | lag |",
    "| --- | --- | --- | --- | --- | --: | --: | --: | --: |",
    ...processes.map(row),
  ].join("\n");
}

function renderSteps(report: RunReport): string {
  if (report.sections.length === 0) return "";
  const row = (step: ReportStep): string[] => [
    ...(step.isPointOfNoReturn
      ? ["| | | **point of no return: an older process cannot join from here on** | | | |"]
      : []),
    `| ${[
      MARKS[step.state],
      step.number,
      escapeMarkdown(step.title),
      step.beganAtMs === undefined ? "" : renderClockTime(step.beganAtMs),
      step.beganAtMs === undefined || step.endedAtMs === undefined ? "" : renderTook(step.endedAtMs - step.beganAtMs),
      [...step.facts, ...step.waits.map((wait) => `waited: ${wait.text}`)].map(escapeMarkdown).join("<br>"),
    ].join(" | ")} |`,
  ];
  return [
    "<details><summary>The plan, and what was done</summary>",
    "",
    "| | step | | began | took | |",
    "| --- | --: | --- | --- | --: | --- |",
    ...report.sections.flatMap((section) => section.steps).flatMap(row),
    "",
    "</details>",
  ].join("\n");
}

const renderList = (title: string, items: readonly string[]): string =>
  items.length === 0 ? "" : `### ${title}\n\n${items.map((item) => `* ${item}`).join("\n")}`;
