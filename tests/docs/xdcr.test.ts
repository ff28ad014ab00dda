// The plan that docs/xdcr.md shows is one that the code makes.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../..");
const page = readFileSync(join(root, "docs/xdcr.md"), "utf8");

test("the plan over a topology is its golden", () => {
  const name = /<!-- the golden of a test: (tests\/goldens\/topologies\/[\w-]+\.txt) -->/.exec(page)?.[1] ?? "";
  const golden = readFileSync(join(root, name), "utf8");
  // Copy the golden when this fails: the plan changed.
  expect(/```text\n([\s\S]*?)```/.exec(page)?.[1]).toBe(golden);
});

test("the example is a program of under 40 lines", () => {
  const program = readFileSync(join(root, "examples/xdcr-pair/index.ts"), "utf8");
  expect(program.trimEnd().split("\n").length).toBeLessThan(40);
});
