// Reports of real rolls through the sandbox, as goldens; and of journals that are cut, strange, hostile or long.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "node-html-parser";
import { describeOutcome, tellNext } from "../../../provider/report/describe-outcome";
import { readEntries, readJournal } from "../../../provider/report/read-journal";
import { renderRunHtml } from "../../../provider/report/render-run-html";
import { renderRunMarkdown } from "../../../provider/report/render-run-markdown";
import { renderRunText } from "../../../provider/report/render-run-text";
import type { RunReport } from "../../../provider/report/run-report";
import { summariseRun } from "../../../provider/report/summarise-run";
import { expectGolden } from "../../support/golden";

const journalOf = (name: string): string =>
  readFileSync(join(__dirname, "../../fixtures/journals", `${name}.jsonl`), "utf8");

function summarise(text: string): RunReport {
  const report = summariseRun(readJournal(text));
  if (report === undefined) throw new Error("nothing to tell");
  return report;
}

const renderAll = (report: RunReport): string[] => [
  renderRunText(report),
  renderRunMarkdown(report),
  renderRunHtml(report),
];

describe.each(["roll-done", "roll-failed", "roll-resumed", "adoption"])("the report of %s", (name) => {
  const report = summarise(journalOf(name));

  test.each([
    ["txt", renderRunText],
    ["md", renderRunMarkdown],
  ])("reads as its golden, as %s", (ending, render) => {
    expectGolden(`reports/${name}.${ending}`, `${render(report).trimEnd()}\n`);
  });
});

test.each(["roll-done", "roll-failed"])("the page of %s is its golden", (name) => {
  expectGolden(`reports/${name}.html`, renderRunHtml(summarise(journalOf(name))));
});

describe("what is told of a run", () => {
  const done = summarise(journalOf("roll-done"));
  const failed = summarise(journalOf("roll-failed"));

  test("a success: every step with its times, every process with its proof", () => {
    const steps = done.sections.flatMap((section) => section.steps);
    expect(steps.map((step) => step.number)).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
    expect(steps.filter((step) => step.state !== "done")).toEqual([]);
    for (const step of steps) expect(step.endedAtMs).toBeGreaterThanOrEqual(step.beganAtMs ?? Number.NaN);
    expect(done.processes).toHaveLength(6);
    for (const process of done.processes) {
      expect(process).toMatchObject({ before: "2.16.0.0-b1", after: "2.18.0.0-b1" });
      expect(process.pidAfter).not.toBe(process.pidBefore);
      expect(process.watchReadingCount).toBeGreaterThan(1);
    }
    expect(done).toMatchObject({ autoFlags: { promoted: true, configVersion: 2 }, isPastNoReturn: true });
  });

  test("steps that ask gates say which, and what each saw", () => {
    const restarts = done.sections.flatMap((section) =>
      section.steps.filter((step) => step.kind === "restart_process"),
    );
    expect(restarts).toHaveLength(6);
    for (const { evidence, process } of restarts) {
      expect(evidence.map(({ gate }) => gate)).toEqual(expect.arrayContaining(["all_mservers_answer_and_one_leads"]));
      const majority = process?.startsWith("DBServer")
        ? "every_tile_keeps_a_majority"
        : "mserver_majority_survives_this_stop";
      expect(evidence.find(({ gate }) => gate === majority)?.seen).toMatch(/2 of [23]/);
    }
  });

  test("a failure: where it stopped, why, what runs now, and what was not begun", () => {
    const steps = failed.sections.flatMap((section) => section.steps);
    expect(steps.findIndex((step) => step.state === "failed")).toBe(18);
    expect(steps.slice(19).map((step) => [step.state, step.beganAtMs])).toEqual(
      steps.slice(19).map(() => ["not_begun", undefined]),
    );
    expect(failed.failure).toMatchObject({ code: "DiedAtStart", output: expect.stringContaining("Check failed") });
    expect(failed).toMatchObject({ outcome: "stopped", isPastNoReturn: false });
    expect(failed.processes.find((process) => process.name === "DBServer db2")?.after).toBe("down");
  });

  test("a waiver, with its reason, also when its gate was never closed", () => {
    const { waivers } = summarise(journalOf("roll-resumed"));
    expect(waivers).toEqual([{ gate: "memory_is_available", why: "a small rehearsal machine", seen: undefined }]);
  });
});

describe("journals that are not whole", () => {
  const lines = journalOf("roll-done").trimEnd().split("\n");

  test("one that ends in the middle is told up to there, and is not called a failure", () => {
    const half = lines.slice(0, 60).join("\n");
    const report = summarise(half);
    expect(report.outcome).toBe("cut_off");
    expect(describeOutcome(report)).toMatch(/^no end recorded at step \d+ of 31$/);
    expect(renderRunHtml(report)).toContain("This journal has no end");
    expect(
      report.sections.flatMap((section) => section.steps).filter((step) => step.state === "unfinished"),
    ).toHaveLength(1);
  });

  test("half a last line is said, and costs nothing else", () => {
    const whole = lines.slice(0, 60);
    const report = summarise([...whole, String(lines[60]).slice(0, 40)].join("\n"));
    expect(report.troubles).toEqual(["The last line of the journal is cut off."]);
    expect({ ...report, troubles: [] }).toEqual(summarise(whole.join("\n")));
  });

  test("broken lines before the last one are counted", () => {
    const report = summarise([lines[0], "{]", "no json", ...lines.slice(1)].join("\n"));
    expect(report.troubles).toEqual(["2 lines of the journal cannot be read and are left out."]);
    expect(report.outcome).toBe("done");
  });

  test("an event that nobody knows is passed over in silence; one that is damaged is counted", () => {
    const strange = { schema: 1, at: "2026-11-23T22:41:50.000Z", run: "r", event: "moon_phase", phase: "full" };
    const damaged = { ...strange, event: "step_begun", number: "seven" };
    expect(summarise([...lines, JSON.stringify(strange)].join("\n")).troubles).toEqual([]);
    expect(summarise([...lines, JSON.stringify(damaged)].join("\n")).troubles).toEqual([
      "1 entries of the journal are not understood and are left out.",
    ]);
  });

  test("one of a newer schema is told as far as it goes, and says so", () => {
    const report = summarise(lines.map((line) => line.replace('"schema":1', '"schema":7')).join("\n"));
    expect(report.outcome).toBe("done");
    expect(report.troubles).toEqual([expect.stringContaining("schema 7")]);
  });

  test.each(["", "\n\n", "no journal at all", '{"schema":1}', "[]", "null"])("nothing comes of %j", (text) => {
    expect(summariseRun(readJournal(text))).toBeUndefined();
  });
});

test("a plan that changed on the way shows what was done and the new rest, numbered through", () => {
  const step = (id: string) => ({ id, kind: id, title: id, detail: "", isPointOfNoReturn: false });
  const entry = (event: string, facts: object) => ({ at: "2026-11-23T22:00:00Z", run: "r", event, ...facts });
  const report = summariseRun(
    readEntries([
      entry("run_started", {
        from: "1",
        to: "2",
        sections: [{ title: "A", steps: [step("a"), step("b"), step("c")] }],
      }),
      entry("step_begun", { number: 1 }),
      entry("step_done", { done: 1 }),
      entry("step_begun", { number: 2 }),
      entry("plan_changed", {
        done: 1,
        sections: [
          { title: "A", steps: [step("x"), step("y")] },
          { title: "B", steps: [step("z")] },
        ],
      }),
      entry("step_begun", { number: 2 }),
    ]),
  );
  expect(
    report?.sections.map(({ title, steps }) => [
      title,
      steps.map((each) => `${each.number} ${each.title} ${each.state}`),
    ]),
  ).toEqual([
    ["A", ["1 a done", "2 x unfinished", "3 y not_begun"]],
    ["B", ["4 z not_begun"]],
  ]);
});

describe("runs that end otherwise", () => {
  const entry = (event: string, facts: object = {}) => ({ at: "2026-11-23T22:00:00Z", run: "r", event, ...facts });
  const step = (id: string) => ({ id, kind: id, title: id, detail: "", isPointOfNoReturn: false });
  const begun = [
    entry("run_started", { from: "1", to: "2", sections: [{ title: "A", steps: [step("a"), step("b"), step("c")] }] }),
    entry("step_begun", { number: 1 }),
    entry("step_done", { done: 1 }),
  ];
  const tell = (...entries: object[]): RunReport => {
    const report = summariseRun(readEntries(entries));
    if (report === undefined) throw new Error("nothing to tell");
    return report;
  };

  test("one that was cancelled between two steps has its arrow at the one that would have come next", () => {
    const report = tell(
      ...begun,
      entry("run_failed", { code: "RunStopped", what: "It was cancelled." }),
      entry("run_ended_early", { isCancelled: true, leftBehind: "DBServer d1 is still on the leader blacklist." }),
    );
    expect(report.sections.flatMap(({ steps }) => steps.map(({ state }) => state))).toEqual([
      "done",
      "failed",
      "not_begun",
    ]);
    expect(describeOutcome(report)).toBe("cancelled before step 2 of 3");
    expect(tellNext(report)).toEqual([
      "DBServer d1 is still on the leader blacklist.",
      expect.stringContaining("`pulumi preview`"),
    ]);
  });

  test("one that was refused says so, why, and what to do", () => {
    const refusals = [{ code: "DowngradeRefused", what: "2.16 is older.", next: "State 2.18." }];
    const report = tell(entry("run_refused", { to: "2", refusals }), entry("not_begun", { code: "Other", what: "x" }));
    expect(report).toMatchObject({ outcome: "refused", failure: { code: "DowngradeRefused", what: "2.16 is older." } });
    expect(tellNext(report)).toEqual(["State 2.18."]);
  });

  test("one that met another run's lease began nothing, and is no run without an end", () => {
    const report = tell(entry("not_begun", { code: "LeaseHeld", what: "Bob rolls.", next: "Wait." }));
    expect(describeOutcome(report)).toBe("refused, no process was touched");
    expect(renderRunHtml(report)).toContain("LeaseHeld");
  });

  test("past the point of no return, what to do next forbids the old release", () => {
    const failure = [
      entry("run_failed", { code: "BsqlUpgradeFailed", what: "x", next: "Hold DDL." }),
      entry("run_ended_early"),
    ];
    expect(tellNext(tell(...begun, ...failure)).join()).not.toContain("older release");
    const promoted = entry("promote_auto_flags", { outcome: "promoted", configVersion: 3 });
    expect(tellNext(tell(...begun, promoted, ...failure)).at(-1)).toMatch(
      /^AutoFlags are promoted: an older release must not/,
    );
  });

  test("a clock that was set back in the middle draws no bar outside of the timeline", () => {
    const lines = journalOf("roll-done").trimEnd().split("\n");
    const back = lines.map((line, index) => (index < 70 ? line : line.replace(/T22:4\d:/, "T22:40:")));
    const styles = parse(renderRunHtml(summarise(back.join("\n"))))
      .querySelectorAll(".bar")
      .map((bar) => [...(bar.getAttribute("style") ?? "").matchAll(/-?[\d.]+/g)].map(Number));
    expect(styles.length).toBeGreaterThan(10);
    for (const [left = Number.NaN, width = Number.NaN] of styles) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(100.01);
    }
  });

  test("one that found nothing to do is a success without next steps", () => {
    const report = tell(entry("run_started", { from: "2", to: "2", sections: [] }), entry("run_done"));
    expect(describeOutcome(report)).toBe("nothing was left to do");
    expect(tellNext(report)).toEqual([]);
  });
});

describe("hostile texts", () => {
  const attack = `<img src=x onerror=alert(1)>"'</style></title><script>alert(2)</script> | [a](javascript:1) @everyone \`\`\` ![x](http://e.vil/p.png)`;
  // Every text of the journal, wherever it stands, except those that choose what an entry is.
  const poison = (value: unknown, key = ""): unknown => {
    if (["at", "event", "role", "kind", "outcome"].includes(key)) return value;
    if (typeof value === "string") return `${attack}${value}`;
    if (Array.isArray(value)) return value.map((each) => poison(each));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poison(each, name)]));
    return value;
  };
  const hostile = ["roll-failed", "roll-resumed"].map((name) =>
    summariseRun(
      readEntries(
        journalOf(name)
          .trimEnd()
          .split("\n")
          .map((line) => poison(JSON.parse(line))),
      ),
    ),
  );

  test.each(hostile)("reach the HTML as text only (%#)", (report) => {
    if (report === undefined) throw new Error("nothing to tell");
    const page = parse(renderRunHtml(report));
    expect(page.querySelectorAll("script, img, a, iframe, link")).toEqual([]);
    const attributes = new Set(page.querySelectorAll("*").flatMap((element) => Object.keys(element.attributes)));
    expect([...attributes].filter((name) => name.startsWith("on"))).toEqual([]);
    expect(page.text).toContain("alert(2)");
  });

  test.each(hostile)("make neither HTML, link, image nor mention in Markdown (%#)", (report) => {
    if (report === undefined) throw new Error("nothing to tell");
    // What stands in fences and code spans is text already.
    const open = renderRunMarkdown(report)
      .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "")
      .replace(/`[^`\n]*`/g, "");
    expect(open).not.toMatch(/<(?:img|script|\/style|\/title)/);
    expect(open).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[|@everyone/);
  });
});

test("nothing that looks like a secret, and no escape sequence, comes through any of the forms", () => {
  const lines = journalOf("roll-failed")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const secrets =
    "PGPASSWORD=hunter2 postgres://bob:hunter2@db1/ \u001b[31m\u202e -----BEGIN OPENSSH PRIVATE KEY-----\nhunter2";
  const dirty = lines.map((line) =>
    "reason" in line || "what" in line ? { ...line, reason: secrets, what: secrets, output: secrets } : line,
  );
  const report = summariseRun(readEntries([...dirty, { ...dirty[0], event: "remark", text: secrets }]));
  if (report === undefined) throw new Error("nothing to tell");
  for (const text of renderAll(report)) {
    expect(text).not.toMatch(/hunter2|\u001b|\u202e|PRIVATE KEY/);
    expect(text).toContain("2.18.0.0");
  }
});

test("the HTML is one file that loads nothing and runs nothing", () => {
  for (const name of ["roll-done", "roll-failed"]) {
    const page = renderRunHtml(summarise(journalOf(name)));
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|@import|url\(|src=|href=/);
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).toContain("@media print");
  }
});
