// What a person reads under Diagnostics: what, why, next, and every further line with the tab that keeps its indent.

import { BugError } from "../../../provider/errors/bmdb-error";
import { diedAtStart, gateClosed, runStopped } from "../../../provider/errors/catalog";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { renderDuration } from "../../../provider/report/render-duration";
import { renderError, renderFailure } from "../../../provider/report/render-error";
import { buildDesired, buildInventory, type ClusterShape } from "../../support/build-cluster";
import { expectGolden } from "../../support/golden";

const died = diedAtStart({
  process: "DBServer db2",
  node: "db2",
  version: "2.18.0.0",
  output: "\u001b[31mF1123 cannot open /data\u001b[0m\nPGPASSWORD=hunter2\n",
});

function failure(error: unknown, doneCount = 18, shape: ClusterShape = {}) {
  const desired = buildDesired(shape);
  const planned = planUpgrade(desired, buildInventory(desired), {
    finalizedVersion: undefined,
    adoptedVersion: undefined,
  });
  if (planned.kind === "refused") throw new Error("refused");
  return renderFailure({
    error,
    desired,
    plan: planned.plan,
    doneCount,
    versions: ["MServer db1      2.18.0.0-b1", "DBServer db2     down"],
    journalPath: "/srv/infra/.pulumi-bmdb/run-1.jsonl",
  });
}

test("a failed roll reads as its golden", () => {
  expectGolden("errors/failed-roll.txt", `${failure(died)}\n`);
});

test("every line after the first begins with a tab, or the terminal drops its indent", () => {
  const [first, ...others] = failure(died).split("\n");
  expect(first).toMatch(/^DiedAtStart {3}stopped at step 19 of 31, prove DBServer db2 is back$/);
  expect(others.length).toBeGreaterThan(20);
  for (const line of others) expect(line).toMatch(/^\t {2}/);
});

test("no escape sequence and no secret comes through", () => {
  expect(failure(died)).not.toMatch(/\u001b|hunter2/);
  expect(failure(died)).toContain("\\x1b[31mF1123 cannot open /data");
});

test("what, why and next stand in this order, and longer parts go on below themselves", () => {
  const lines = renderError(
    gateClosed({ gate: "g", reason: "one\ntwo", waitedMs: 0, untouched: "Nothing was stopped." }),
  );
  expect(lines).toEqual([
    "GateClosed",
    "what  g: one",
    "      two",
    "next  Nothing was stopped. Remove the cause, then run `pulumi up`; it goes on from here.",
  ]);
  expect(renderError(died).map((line) => line.slice(0, 6))).toEqual(
    expect.arrayContaining(["what  ", "why   ", "next  "]),
  );
});

test("remote output comes after everything that we say ourselves", () => {
  const lines = renderError(died);
  expect(lines.indexOf("Output of the remote command")).toBeGreaterThan(
    lines.findIndex((line) => line.startsWith("next")),
  );
});

test("an error without a step, without versions and without a journal says only itself", () => {
  const desired = buildDesired();
  const text = renderFailure({
    error: runStopped({ reason: "cancelled" }),
    desired,
    plan: undefined,
    doneCount: 0,
    versions: [],
    journalPath: undefined,
  });
  expect(text.split("\n")[0]).toBe("RunStopped");
  expect(text).not.toMatch(/Processes now|Journal|→/);
});

test("findings from before the roll are not repeated in its failure", () => {
  expect(failure(died)).not.toContain("Seen just now");
});

describe("errors that are none of ours", () => {
  test("a bug keeps its stack and asks to be reported", () => {
    const text = renderError(new BugError("A plan had no steps."), "stopped at step 1 of 2").join("\n");
    expect(text).toMatch(/^stopped at step 1 of 2: unexpected error\nBugError: A plan had no steps\. This is a bug/);
    expect(text).toContain("    at ");
  });

  test.each([
    [new TypeError("x is not a function"), "TypeError: x is not a function"],
    ["a text", "a text"],
    [undefined, "undefined"],
  ])("%p is shown without a stack", (error, text) => {
    expect(renderError(error)).toEqual(["unexpected error", text]);
  });
});

test.each([
  [0, "0 s"],
  [450, "450 ms"],
  [45_000, "45 s"],
  [119_000, "119 s"],
  [120_000, "2 min"],
  [14 * 60_000, "14 min"],
  [59.4 * 60_000, "59 min"],
  [65 * 60_000, "1 h 05 min"],
  [3_599_900, "1 h 00 min"],
])("%d ms are said as %s", (ms, text) => {
  expect(renderDuration(ms)).toBe(text);
});
