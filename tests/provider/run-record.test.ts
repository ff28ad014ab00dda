// The end of a run must not depend on whether its report can be made and written.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRunRecord, type RunRecord } from "../../provider/run-record";

const VARIABLE = "PULUMI_BMDB_JOURNAL";
const before = process.env[VARIABLE];
let dir: string;
let troubles: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bmdb-record-"));
  process.env[VARIABLE] = dir;
  troubles = [];
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
  if (before === undefined) delete process.env[VARIABLE];
  else process.env[VARIABLE] = before;
});

const open = (): RunRecord => openRunRecord("run-1", dir, (message) => troubles.push(message));
const entry = (event: string) => ({ at: "2026-11-23T22:00:00Z", run: "run-1", event, version: "2.16.0.0" });

test("the report lies beside the journal, for the owner only, and is written once", () => {
  const record = open();
  record.journal.append(entry("adopt_started"));
  record.journal.append(entry("adopted"));
  const finished = record.finish();
  expect(finished).toEqual({
    path: join(dir, "run-1.html"),
    summary: expect.stringMatching(/^2\.16\.0\.0: adopted\n/),
  });
  expect(readdirSync(dir)).toEqual(["run-1.html", "run-1.jsonl", "run-1.md"]);
  for (const name of readdirSync(dir)) expect([name, statSync(join(dir, name)).mode & 0o777]).toEqual([name, 0o600]);
  rmSync(join(dir, "run-1.html"));
  expect(record.finish()).toBe(finished);
  expect(readdirSync(dir)).toEqual(["run-1.jsonl", "run-1.md"]);
  expect(readFileSync(join(dir, "run-1.md"), "utf8")).toContain("adopted");
});

test("a run that did nothing leaves no report", () => {
  expect(open().finish()).toBeUndefined();
  expect(readdirSync(dir)).toEqual(["run-1.jsonl"]);
});

test("a report that cannot be written is told, and the summary is there all the same", () => {
  const record = open();
  record.journal.append(entry("adopted"));
  mkdirSync(join(dir, "run-1.html"));
  expect(record.finish()).toEqual({ path: undefined, summary: expect.stringContaining("adopted") });
  expect(troubles).toEqual([expect.stringMatching(/^no report is written: .*EISDIR/)]);
});

test("without a working directory nothing is written, and the summary is there", () => {
  const record = openRunRecord("run-1", undefined, (message) => troubles.push(message));
  record.journal.append(entry("adopted"));
  expect(record.finish()).toEqual({ path: undefined, summary: expect.stringContaining("adopted") });
  expect(record.journal.path).toBeUndefined();
  expect(readdirSync(dir)).toEqual([]);
});
