import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { addReportCommand } from "../../../provider/cli/report-command";

const fixture = (name: string): string => join(__dirname, "../../fixtures/journals", `${name}.jsonl`);
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bmdb-reports-"));
  copyFileSync(fixture("roll-failed"), join(dir, "20261123-224055-c66a42.jsonl"));
  copyFileSync(fixture("roll-done"), join(dir, "20261123-224150-3b74bf.jsonl"));
  // As a run leaves it that was killed at once.
  writeFileSync(join(dir, "20261124-080000-aaaaaa.jsonl"), "");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function report(...words: string[]): string {
  let printed = "";
  const program = new Command("pulumi-bmdb").exitOverride();
  addReportCommand(program, (text) => {
    printed += text;
  });
  program.parse(["report", "--dir", dir, ...words], { from: "user" });
  return printed;
}

test.each([[[]], [["--last"]]])("the last run that did something is told when none is named (%j)", (words) => {
  expect(report(...words)).toMatch(/^2\.16\.0\.0 → 2\.18\.0\.0: done; 31 of 31 steps done\n/);
});

test("a run is named by its id, by the beginning of it, or by the path of its journal", () => {
  const expected = expect.stringMatching(/^2\.16\.0\.0 → 2\.18\.0\.0: stopped at step 19 of 31/);
  expect(report("20261123-224055-c66a42")).toEqual(expected);
  expect(report("20261123-2240")).toEqual(expected);
  expect(report(fixture("roll-failed"))).toEqual(expected);
});

test("a run is shown as Markdown or HTML", () => {
  expect(report("--format", "md")).toMatch(/^## ✅ /);
  expect(report("--format", "html")).toMatch(/^<!doctype html>/);
});

test("runs are listed, the oldest first, without those that did nothing", () => {
  expect(report("--list").split("\n")).toEqual([
    "run                     began                    took  change               outcome",
    "20261123-224055-c66a42  2026-11-23 22:40:56 UTC  35 s  2.16.0.0 → 2.18.0.0  stopped at step 19 of 31",
    "20261123-224150-3b74bf  2026-11-23 22:41:51 UTC  48 s  2.16.0.0 → 2.18.0.0  done",
    "",
  ]);
});

test("where there is no run, it says where it looked and what to do", () => {
  expect(() => report("19990101")).toThrow(
    `There is no run 19990101 in ${dir}. Call it in the directory of Pulumi.yaml, give --dir, or see --list.`,
  );
  mkdirSync(join(dir, "empty"));
  expect(() => report("--dir", join(dir, "empty"))).toThrow(/^There is no run in /);
  expect(report("--dir", join(dir, "not-there"), "--list")).toBe("no runs\n");
});
