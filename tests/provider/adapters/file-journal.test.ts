import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../../provider/adapters/file-journal";
import type { JournalEntry } from "../../../provider/ports";

let root: string;
const VARIABLE = "PULUMI_BMDB_JOURNAL";
const before = process.env[VARIABLE];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bmdb-journal-"));
  delete process.env[VARIABLE];
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  if (before === undefined) delete process.env[VARIABLE];
  else process.env[VARIABLE] = before;
});

const entry = (event: string): JournalEntry => ({ at: "2026-01-01T00:00:00.000Z", run: "run-1", event, count: 1 });

function open(workingDirectory: string) {
  const troubles: string[] = [];
  return { journal: openJournal("run-1", workingDirectory, (message) => troubles.push(message)), troubles };
}

const readLines = (path: string | undefined): unknown[] =>
  readFileSync(path ?? "", "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test.each(["Pulumi.yaml", "Pulumi.yml"])("the journal lies beside the %s that is found upwards", (name) => {
  const below = join(root, "infra", "dist");
  mkdirSync(below, { recursive: true });
  writeFileSync(join(root, name), "name: prod\n");
  const { journal, troubles } = open(below);
  expect(journal.path).toBe(join(root, ".pulumi-bmdb", "run-1.jsonl"));
  expect(troubles).toEqual([]);
});

test("the nearest Pulumi.yaml counts", () => {
  const inner = join(root, "inner");
  mkdirSync(inner);
  for (const directory of [root, inner]) writeFileSync(join(directory, "Pulumi.yaml"), "name: prod\n");
  expect(open(inner).journal.path).toBe(join(inner, ".pulumi-bmdb", "run-1.jsonl"));
});

test("without a Pulumi.yaml the working directory itself is taken", () => {
  expect(open(root).journal.path).toBe(join(root, ".pulumi-bmdb", "run-1.jsonl"));
});

test("PULUMI_BMDB_JOURNAL names the directory, and an empty one counts as not set", () => {
  writeFileSync(join(root, "Pulumi.yaml"), "name: prod\n");
  process.env[VARIABLE] = join(root, "elsewhere", "deep");
  expect(open(root).journal.path).toBe(join(root, "elsewhere", "deep", "run-1.jsonl"));
  process.env[VARIABLE] = "";
  expect(open(root).journal.path).toBe(join(root, ".pulumi-bmdb", "run-1.jsonl"));
});

test("every entry is one line that is there as soon as it was appended", () => {
  const { journal } = open(root);
  journal.append(entry("first"));
  expect(readLines(journal.path)).toEqual([{ schema: 1, ...entry("first") }]);
  journal.append({ ...entry("second"), text: "two\nlines" });
  expect(readLines(journal.path)).toHaveLength(2);
});

test("a journal that is there already is continued", () => {
  open(root).journal.append(entry("first"));
  const { journal } = open(root);
  journal.append(entry("second"));
  expect(readLines(journal.path)).toHaveLength(2);
});

test("only its owner may read it", () => {
  const { journal } = open(root);
  expect(statSync(journal.path ?? "").mode & 0o777).toBe(0o600);
});

test("a place that cannot be written is told once and does not end the run", () => {
  writeFileSync(join(root, "file"), "");
  process.env[VARIABLE] = join(root, "file", "below");
  const { journal, troubles } = open(root);
  journal.append(entry("first"));
  journal.append(entry("second"));
  expect(journal.path).toBeUndefined();
  expect(troubles).toEqual([expect.stringContaining("no journal is written: ")]);
});

test("a journal that cannot be continued is told once and does not end the run", () => {
  const { journal, troubles } = open(root);
  journal.append(entry("first"));
  rmSync(join(root, ".pulumi-bmdb"), { recursive: true });
  writeFileSync(join(root, ".pulumi-bmdb"), "");
  chmodSync(join(root, ".pulumi-bmdb"), 0o400);
  journal.append(entry("second"));
  journal.append(entry("third"));
  expect(troubles).toEqual([expect.stringContaining("the journal ends here: ")]);
});
