import {
  describeAutoFlags,
  describeBsql,
  describeOutcome,
  doneCount,
  moodOf,
  stepsOfReport,
  tellNext,
} from "../describe-outcome";
import { renderClockTime, renderDate, renderSeconds } from "../render-time";
import type { RunReport } from "../run-report";
import { type Html, html, withCode } from "./html";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function renderHeadline(report: RunReport): Html {
  const mood = moodOf(report);
  const change =
    report.from === "" || report.from === report.to
      ? html`${report.to || "Version not recorded"}`
      : html`${report.from} <span class="arrow">→</span> ${report.to}`;
  return html`<header><p class="eyebrow"><span>BMDB rolling upgrade</span><span>run <span class="mono">${report.run}</span></span>${
    report.clusterUuid ? html`<span>cluster <span class="mono">${report.clusterUuid}</span></span>` : undefined
  }</p>
<h1>${change}</h1>
<p class="lead"><span class="chip ${mood}">${capital(describeOutcome(report))}</span>${renderDate(report.startedAtMs)}, ${renderClockTime(report.startedAtMs)} to ${renderClockTime(report.endedAtMs)} UTC</p>
${renderFacts(report)}</header>
`;
}

function renderFacts(report: RunReport): Html {
  const total = stepsOfReport(report).length;
  const upgraded = report.processes.filter(
    ({ after }) => after !== undefined && (after === report.to || after.startsWith(`${report.to}-`)),
  ).length;
  const fact = (name: string, value: string, small?: string): Html =>
    html`<div><dt>${name}</dt><dd>${value}${small === undefined ? undefined : html`<small>${small}</small>`}</dd></div>`;
  const autoFlags = describeAutoFlags(report)?.split(", ");
  const bsql = describeBsql(report);
  const planned = report.estimateMs ? `${renderSeconds(report.estimateMs)} were planned` : undefined;
  return html`<dl class="facts">${fact("Took", renderSeconds(report.endedAtMs - report.startedAtMs), planned)}${
    total === 0 ? undefined : fact("Steps", `${doneCount(report)} of ${total}`, "done")
  }${
    report.processes.length === 0
      ? undefined
      : fact("Processes", `${upgraded} of ${report.processes.length}`, `on ${report.to}`)
  }${total === 0 ? undefined : fact("AutoFlags", capital(autoFlags?.[0] ?? "not promoted"), autoFlags?.[1])}${
    total === 0 ? undefined : fact("BSQL catalog", capital(bsql ?? "not upgraded"))
  }</dl>
`;
}

/** What went wrong, and what to do now. Nothing after a success. */
export function renderTrouble(report: RunReport): Html {
  const { failure } = report;
  const next = tellNext(report);
  if (failure === undefined && next.length === 0) return html``;
  const part = (name: string, value: Html | undefined): Html =>
    value === undefined ? html`` : html`<dt>${name}</dt><dd>${value}</dd>`;
  const steps =
    next.length === 1
      ? html`${withCode(next[0] ?? "")}`
      : html`<ol>${next.map((text) => html`<li>${withCode(text)}</li>`)}</ol>`;
  return html`<section class="panel ${moodOf(report)}"><h2>${failure ? (failure.code ?? "Unexpected error") : "What to do now"}</h2>${
    failure
      ? html`<dl>${part("What", withCode(failure.what))}${part("Why", failure.why === undefined ? undefined : withCode(failure.why))}${part("Next", next.length === 0 ? undefined : steps)}</dl>`
      : steps
  }${failure?.output ? html`<pre>${failure.output}</pre>` : undefined}</section>
`;
}
