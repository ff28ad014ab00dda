import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { FAULT_CATALOGUE, FAULT_KINDS, parseFault } from "../../../sandbox/fault-catalogue";
import type { SandboxFaultKind } from "../../../sandbox/types";

const ROOT = resolve(__dirname, "../../..");
const page = readFileSync(join(ROOT, "sandbox/sandbox.md"), "utf8");
const section = page.slice(page.indexOf("\n## Faults\n")).split("\n## ")[1] ?? "";
const rows = section.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
const documented = new Map(
  rows.flatMap(([, kind = "", fields = ""]) => (/^`\w+`$/.test(kind) ? [[kind.slice(1, -1), fields] as const] : [])),
);

describe("the catalogue of faults", () => {
  test("is what `fault --list` prints, one a line, each with a sentence", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(ROOT, "dist/bin/pulumi-bmdb.js"),
      ...["sandbox", "fault", "--list"],
    ]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual(FAULT_KINDS);
    for (const line of lines) expect(line).toMatch(/^\w+ {2,}\w.* .*\.$/);
  });

  test("has at least the eighteen that upgrades are rehearsed with", () => {
    expect(FAULT_KINDS.length).toBeGreaterThanOrEqual(18);
  });

  test("is documented: every kind, and no other", () => {
    expect([...documented.keys()].sort()).toEqual([...FAULT_KINDS].sort());
  });

  test.each(FAULT_KINDS)("%s is documented with exactly the fields that it takes", (kind: SandboxFaultKind) => {
    const names = [...(documented.get(kind) ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(names.sort()).toEqual(Object.keys(FAULT_CATALOGUE[kind].fields).sort());
  });

  test("names every field that is missing, wrong or of another kind", () => {
    expect(() => parseFault({ kind: "page_hangs", host: "db1", role: "proxy", lie: "big" })).toThrow(
      /page_hangs cannot be set like this(.|\n)*lie(.|\n)*role/,
    );
    expect(() => parseFault({ kind: "admin_fails" })).toThrow(/operation/);
    expect(() => parseFault({ kind: "page_hangs", host: "db1", role: "mserver", path: "masters" })).toThrow(/path/);
    expect(() => parseFault({ kind: "rain" })).toThrow(/page_hangs/);
  });
});
