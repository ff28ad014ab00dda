import { type Bar, buildTimeline, PHASE_NAMES, type Timeline, type TimelineRow } from "../build-timeline";
import { renderTook } from "../render-time";
import type { RunReport } from "../run-report";
import { type Html, html } from "./html";

export function renderTimeline(report: RunReport): Html {
  const timeline = buildTimeline(report);
  if (timeline === undefined) return html``;
  const { noReturnAtMs } = timeline;
  return html`<section><h2>Timeline</h2>
<div class="legend">${timeline.phases.map((phase) => html`<span><i class="${phase}"></i>${PHASE_NAMES[phase]}</span>`)}${
    noReturnAtMs === undefined ? undefined : html`<span><i class="line"></i>point of no return</span>`
  }</div>
<figure class="chart">
${timeline.rows.map((row) => renderRow(row, timeline))}
<div class="row axis"><span class="name"></span><div class="track">${timeline.ticks.map(
    (tick) => html`<span style="left:${percent(tick.atMs, timeline)}%">${tick.label}</span>`,
  )}</div><span class="num"></span></div>
</figure></section>
`;
}

const renderRow = (row: TimelineRow, timeline: Timeline): Html =>
  html`<div class="row"><span class="name" title="${row.label}">${row.label}</span><div class="track"><div class="grid">${timeline.ticks
    .slice(1)
    .map((tick) => html`<i style="left:${percent(tick.atMs, timeline)}%"></i>`)}${
    timeline.noReturnAtMs === undefined
      ? undefined
      : html`<b style="left:${percent(timeline.noReturnAtMs, timeline)}%"></b>`
  }</div>${row.bars
    .filter((bar) => bar.toMs > bar.fromMs || bar.isFailed)
    .map(
      (bar) =>
        html`<span class="bar ${bar.phase}${bar.isFailed ? " is-failed" : ""}" style="left:${percent(bar.fromMs, timeline)}%;width:${width(bar, timeline)}%" title="${bar.title}"></span>`,
    )}</div><span class="num">${renderTook(row.tookMs)}</span></div>
`;

const width = ({ fromMs, toMs }: Bar, timeline: Timeline): string =>
  Math.max(0, Number(percent(toMs, timeline)) - Number(percent(fromMs, timeline))).toFixed(2);

const percent = (ms: number, { lengthMs }: Timeline): string =>
  Math.min(100, Math.max(0, (ms / lengthMs) * 100)).toFixed(2);
