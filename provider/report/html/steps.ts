import { renderClockTime, renderTook } from "../render-time";
import type { ReportStep, RunReport, StepState } from "../run-report";
import { type Html, html } from "./html";

const MARKS: Readonly<Record<StepState, Html>> = {
  done: html`<span class="mark good" title="done">✓</span>`,
  failed: html`<span class="mark bad" title="stopped here">→</span>`,
  unfinished: html`<span class="mark open" title="no end recorded">→</span>`,
  not_begun: html`<span class="mark" title="not begun"></span>`,
};

/** The plan as the preview showed it, with what was done and when. */
export const renderSteps = (report: RunReport): Html =>
  report.sections.length === 0
    ? html``
    : html`<section><h2>The plan, and what was done</h2>
${report.sections.map(
  ({ title, steps }) => html`<h3>${title}</h3>
<ol class="steps">
${steps.map(renderStep)}</ol>
`,
)}</section>
`;

const renderStep = (step: ReportStep): Html => html`${
  step.isPointOfNoReturn
    ? html`<li class="no-return">point of no return: an older process cannot join from here on</li>
`
    : undefined
}<li class="step ${step.state}">${MARKS[step.state]}<span class="no">${step.number}</span><div class="what"><b>${step.title}</b> <span class="detail">${step.detail}</span>${
  step.facts.length > 0 && step.evidence.length === 0 ? html`<p>${step.facts.join(" · ")}</p>` : undefined
}${step.waits.map((wait) => html`<p class="wait${step.kind === "prove_return" ? "" : " is-gate"}">${renderClockTime(wait.atMs)} waited: ${wait.text}</p>`)}${renderEvidence(step)}</div><span class="at">${
  step.beganAtMs === undefined ? undefined : renderClockTime(step.beganAtMs)
}</span><span class="took">${
  step.beganAtMs === undefined || step.endedAtMs === undefined ? undefined : renderTook(step.endedAtMs - step.beganAtMs)
}</span></li>
`;

const renderEvidence = ({ evidence, facts }: ReportStep): Html =>
  evidence.length === 0
    ? html``
    : html`<details><summary>${facts.length > 0 ? html`<span>${facts.join(" · ")} · </span>` : undefined}${evidence.length} gates open: what they saw</summary><dl class="evidence">${evidence.map(
        ({ gate, seen }) => html`<dt class="mono">${gate}</dt><dd>${seen}</dd>`,
      )}</dl></details>`;
