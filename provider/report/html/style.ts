// The look of a report: system fonts, tabular numerals, few colours, light and dark, and legible on paper.

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f7f8f9; --ink: #16191d; --soft: #5b6470; --faint: #667080; --line: #e3e6ea;
  --good: #1a7f4b; --good-wash: #e9f5ee; --bad: #c0292b; --bad-wash: #fdeeee; --open: #8f5f00; --open-wash: #fbf3e0;
  --check: #aeb6c1; --drain: #a99bdc; --restart: #d9822b; --proof: #3577d4; --watch: #8fbf9f; --finalise: #6a53c8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #111417; --panel: #181c20; --ink: #e8eaed; --soft: #a3acb8; --faint: #8a94a1; --line: #2a3037;
    --good: #5cc98d; --good-wash: #15281e; --bad: #ff7b74; --bad-wash: #331a1a; --open: #e0b050; --open-wash: #2d2514;
    --check: #59626d; --drain: #7f70bd; --restart: #dd8c3c; --proof: #5b95e8; --watch: #4d7f60; --finalise: #9482ec;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 1060px; margin: 0 auto; padding: 44px 32px 56px; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .87em; }
h1, h2, h3, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
.eyebrow { color: var(--soft); font-size: 13px; display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: baseline; }
h1 { font-size: 34px; line-height: 1.2; font-weight: 650; letter-spacing: -.02em; margin: 6px 0 12px; }
h1 .arrow { color: var(--faint); font-weight: 400; padding: 0 .08em; }
h2 { font-size: 17px; font-weight: 650; letter-spacing: -.005em; margin: 44px 0 12px; }
h3 { font-size: 13px; font-weight: 600; color: var(--soft); margin: 24px 0 2px; }
.lead { font-size: 16px; color: var(--soft); max-width: 74ch; }
.chip { display: inline-block; font-weight: 600; font-size: 14px; border-radius: 5px; padding: 2px 10px; margin-right: 10px; }
.good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
.chip.good { background: var(--good-wash); } .chip.bad { background: var(--bad-wash); } .chip.open { background: var(--open-wash); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); margin-top: 26px; }
.facts div { padding: 12px 16px 12px 0; }
.facts dt { font-size: 12.5px; color: var(--soft); }
.facts dd { font-size: 19px; font-weight: 600; letter-spacing: -.01em; line-height: 1.35; }
.facts small { display: block; font-size: 12.5px; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.panel { border-radius: 8px; background: var(--panel); padding: 18px 22px; margin-top: 24px; border-left: 3px solid var(--line); }
.panel.bad { border-left-color: var(--bad); background: var(--bad-wash); color: inherit; }
.panel.open { border-left-color: var(--open); background: var(--open-wash); color: inherit; }
.panel h2 { margin: 0 0 8px; }
.panel dl { display: grid; grid-template-columns: max-content 1fr; gap: 5px 16px; }
.panel dt { color: var(--soft); font-size: 13px; padding-top: 1px; }
.panel dd, .panel li, .list dd { overflow-wrap: anywhere; }
.panel ol { padding-left: 1.25em; } .panel ol.alone { margin: 0; } .panel li { padding: 2px 0 2px 2px; } .panel li::marker { color: var(--soft); }
pre { margin: 12px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid var(--line); padding-top: 10px; line-height: 1.5; }
.chart { position: relative; }
.row { display: grid; grid-template-columns: 126px 1fr 52px; gap: 14px; align-items: center; font-size: 13px; line-height: 24px; }
.row .name { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.row .num { text-align: right; color: var(--soft); }
.track { position: relative; height: 24px; border-left: 1px solid var(--line); }
.bar { position: absolute; top: 5px; height: 14px; min-width: 2px; border-radius: 2px; }
.bar.is-failed { outline: 2px solid var(--bad); outline-offset: 1px; }
.grid { position: absolute; inset: 0; pointer-events: none; }
.grid i { position: absolute; top: 0; bottom: 0; border-left: 1px solid var(--line); }
.grid b { position: absolute; top: 0; bottom: 0; border-left: 1.5px dashed var(--bad); }
.axis .track { height: 22px; border: 0; }
.axis .track span { position: absolute; transform: translateX(-50%); font-size: 12px; color: var(--soft); }
.axis .track span:first-child { transform: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--soft); margin-bottom: 12px; }
.legend i { display: inline-block; width: 14px; height: 10px; border-radius: 2px; margin-right: 7px; }
.legend .line { height: 12px; width: 0; border-left: 1.5px dashed var(--bad); border-radius: 0; vertical-align: -1px; margin-left: 4px; }
.check { background: var(--check); } .drain { background: var(--drain); } .restart { background: var(--restart); }
.proof { background: var(--proof); } .watch { background: var(--watch); } .finalise { background: var(--finalise); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12.5px; }
th, td { padding: 6px 18px 6px 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
td.num, th.num { text-align: right; }
.was { color: var(--soft); }
.steps { list-style: none; }
.step { display: grid; grid-template-columns: 18px 26px minmax(0, 1fr) 66px 52px; gap: 0 10px; padding: 7px 0; border-bottom: 1px solid var(--line); font-size: 14px; align-items: baseline; }
.step .mark { font-weight: 700; text-align: center; }
.step .no, .step .at, .step .took { text-align: right; color: var(--soft); font-size: 13px; }
.step .what { overflow-wrap: anywhere; }
.step .detail { color: var(--soft); font-size: 13px; }
.step .detail::before { content: "— "; color: var(--faint); }
.step p { font-size: 13px; color: var(--ink); }
.step p.wait { color: var(--soft); } .step p.wait.is-gate { color: var(--open); }
.step.not_begun .what b, .step.not_begun .no { color: var(--faint); font-weight: 400; }
.step.failed { background: var(--bad-wash); box-shadow: -10px 0 0 var(--bad-wash), 10px 0 0 var(--bad-wash); }
.step.unfinished { background: var(--open-wash); box-shadow: -10px 0 0 var(--open-wash), 10px 0 0 var(--open-wash); }
.step b { font-weight: 550; }
details { font-size: 13px; }
summary { cursor: pointer; color: var(--soft); width: fit-content; }
summary span { color: var(--ink); }
summary:hover { color: var(--ink); }
.evidence { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; padding: 4px 0 4px; }
.evidence dt { font-size: 12px; color: var(--soft); } .evidence dd { overflow-wrap: anywhere; }
.no-return { display: flex; align-items: center; gap: 12px; color: var(--bad); font-size: 12.5px; font-weight: 600; padding: 10px 0 4px; border: 0; }
.no-return::before, .no-return::after { content: ""; flex: 1; border-top: 1.5px dashed var(--bad); opacity: .6; }
.no-return::before { flex: 0 0 40px; }
.list { display: grid; grid-template-columns: max-content 1fr; gap: 5px 18px; font-size: 14px; }
.list dt { color: var(--soft); font-size: 13px; }
footer { margin-top: 52px; border-top: 1px solid var(--line); padding-top: 12px; color: var(--soft); font-size: 12.5px; }
@media (max-width: 640px) {
  main { padding: 24px 16px 40px; } h1 { font-size: 26px; } h2 { margin-top: 34px; }
  .facts { grid-template-columns: 1fr 1fr; } .facts dd { font-size: 17px; }
  .row { grid-template-columns: 84px 1fr 38px; gap: 8px; font-size: 12px; }
  .step { grid-template-columns: 14px 22px minmax(0, 1fr) 42px; gap: 0 8px; } .step .at { display: none; }
  .step .detail { display: block; } .step .detail::before { content: none; }
  .evidence, .list, .panel dl { grid-template-columns: 1fr; gap: 0; } .evidence dd, .list dd, .panel dd { padding-bottom: 6px; }
  .panel { padding: 14px 16px; }
}
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; } .step, tr, .row, .panel { break-inside: avoid; }
  details::details-content { content-visibility: visible; height: auto; } summary { list-style: none; }
  .scroll { overflow: visible; }
}
`;
