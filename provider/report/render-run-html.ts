// A run as one HTML file: no script, nothing from elsewhere, every value escaped.

import { describeChange, describeOutcome } from "./describe-outcome";
import { renderHeadline, renderTrouble } from "./html/headline";
import { type Html, html, ownHtml } from "./html/html";
import { renderProcesses } from "./html/processes";
import { renderSteps } from "./html/steps";
import { STYLE } from "./html/style";
import { renderTimeline } from "./html/timeline";
import { renderClockTime } from "./render-time";
import type { RunReport } from "./run-report";

export const renderRunHtml = (report: RunReport): string =>
  html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${describeChange(report)}: ${describeOutcome(report)}</title>
<style>${ownHtml(STYLE)}</style></head>
<body><main>
${renderHeadline(report)}${renderTrouble(report)}${renderTimeline(report)}${renderProcesses(report)}${renderWaivers(report)}${renderRemarks(report)}${renderSteps(report)}<footer>Made from the journal of run <span class="mono">${report.run}</span>. All times are UTC.${report.troubles.map((text) => html` ${text}`)}</footer>
</main></body></html>
`.html;

const renderWaivers = ({ waivers }: RunReport): Html =>
  section(
    "Waived gates",
    waivers.map(({ gate, why, seen }) => ({
      name: html`<span class="mono">${gate}</span>`,
      text: html`${why} <span class="was">— ${seen === undefined ? "never closed in this run" : `passed over: ${seen}`}</span>`,
    })),
  );

const renderRemarks = ({ findings, notes, remarks }: RunReport): Html =>
  section("Warnings and remarks", [
    ...findings.map((text) => ({ name: html`in the plan`, text: html`${text}` })),
    ...notes.map((text) => ({ name: html`in the plan`, text: html`${text}` })),
    ...remarks.map(({ atMs, text }) => ({ name: html`${renderClockTime(atMs)}`, text: html`${text}` })),
  ]);

const section = (title: string, items: readonly { readonly name: Html; readonly text: Html }[]): Html =>
  items.length === 0
    ? html``
    : html`<section><h2>${title}</h2><dl class="list">${items.map(({ name, text }) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl></section>
`;
