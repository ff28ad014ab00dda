// Texts that a reviewer reads in a diff. `UPDATE_GOLDENS=1` writes them anew.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** `name`: the file below tests/goldens, with its folder and its ending. */
export function expectGolden(name: string, text: string): void {
  const golden = join(__dirname, "../goldens", name);
  if (process.env["UPDATE_GOLDENS"] === "1") {
    mkdirSync(dirname(golden), { recursive: true });
    writeFileSync(golden, text);
  }
  if (!existsSync(golden)) throw new Error(`no golden ${golden}; write it with UPDATE_GOLDENS=1 and read it`);
  expect(text).toBe(readFileSync(golden, "utf8"));
}
