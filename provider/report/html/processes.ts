import { renderSeconds } from "../render-time";
import type { ReportProcess, RunReport } from "../run-report";
import { type Html, html } from "./html";

/** Versions before and after, and the proof that each process came back as another one. */
export const renderProcesses = (report: RunReport): Html =>
  report.processes.length === 0
    ? html``
    : html`<section><h2>Processes: versions and proof of return</h2>
<div class="scroll"><table>
<thead><tr><th>Process</th><th>Zone</th><th>Before</th><th>After</th><th class="num">Pid before</th><th class="num">Pid after</th><th class="num">Back after</th><th class="num">Heartbeat</th><th class="num">Tiles</th><th class="num">Lag</th><th class="num">Watched</th></tr></thead>
<tbody>
${report.processes.map((process) => renderProcess(process, report.to))}</tbody></table></div></section>
`;

function renderProcess(process: ReportProcess, to: string): Html {
  const { proof } = process;
  const after = process.after ?? "not seen";
  const isNew = after === to || after.startsWith(`${to}-`);
  return html`<tr><td>${process.name}${process.leads ? html` <span class="was">led</span>` : undefined}</td><td>${process.zone ?? "–"}</td><td class="was">${process.before}</td><td class="${
    isNew ? "good" : after === "down" ? "bad" : "open"
  }">${after}</td><td class="num">${process.pidBefore ?? "–"}</td><td class="num">${process.pidAfter ?? "–"}</td><td class="num">${
    process.returnedAfterMs === undefined ? "–" : renderSeconds(process.returnedAfterMs)
  }</td><td class="num">${proof?.heartbeatAgeSec === undefined ? "–" : `${proof.heartbeatAgeSec.toFixed(1)} s`}</td><td class="num">${
    proof?.tiles === undefined
      ? "–"
      : `${proof.tiles}${proof.tilesBefore === undefined ? "" : ` of ${proof.tilesBefore}`}`
  }</td><td class="num">${proof?.followerLagMs === undefined ? "–" : `${(proof.followerLagMs / 1000).toFixed(1)} s`}</td><td class="num">${
    process.watchReadingCount === undefined ? "–" : `${process.watchReadingCount} ×`
  }</td></tr>
`;
}
