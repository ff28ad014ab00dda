// The tables as a whole: no kind of fault is without a roll.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAULT_KINDS } from "../../../sandbox/fault-catalogue";
import { findPackageRoot } from "../../../sandbox/toolchain/package-root";
import { BEFORE_THE_START } from "./cases-before-the-start";
import { CATALOG_FAILS, IN_THE_MIDDLE, OLD_LEADER } from "./cases-in-the-middle";
import { OF_STAGING } from "./cases-of-staging";
import { SURVIVED } from "./cases-survived";

const cases = [...OF_STAGING, ...BEFORE_THE_START, ...IN_THE_MIDDLE, OLD_LEADER, CATALOG_FAILS, ...SURVIVED];

/** `second-roll.test.ts`, because a second roll follows; two clusters are needed for the faults of xDCR; `interruptions/` has what ends a run. */
const isRolledElsewhere = (kind: string): boolean =>
  /^promotion_needs_restart$|^xdcr_|^network_cut$|^host_reboots$/.test(kind);

test("every kind of fault has a roll", () => {
  const rolled = cases.flatMap((one) => one.faults.map((fault) => fault.kind));
  expect([...new Set(rolled)].sort()).toEqual(FAULT_KINDS.filter((kind) => !isRolledElsewhere(kind)).sort());
});

test("every roll that docs/gates.md names is there", () => {
  const page = readFileSync(join(findPackageRoot(__dirname), "docs/gates.md"), "utf8");
  const tables = {
    "staging.test.ts": OF_STAGING,
    "before-the-start.test.ts": BEFORE_THE_START,
    "in-the-middle.test.ts": IN_THE_MIDDLE,
    "survived.test.ts": SURVIVED,
  };
  for (const [file, table] of Object.entries(tables)) {
    const named = [...page.matchAll(new RegExp(`${file.replaceAll(".", "\\.")}: ([^;|]+?) *[;|]`, "g"))];
    expect([file, named.length > 0]).toEqual([file, true]);
    for (const [, title] of named) expect(table.map((one) => one.title)).toContain(title);
  }
});

test("no two cases have the same title, so that a page can name one", () => {
  const titles = cases.map((one) => one.title);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});
