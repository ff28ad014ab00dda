// Plans are goldens: a change of behaviour shows in the diff of a text file. `UPDATE_GOLDENS=1` writes them anew.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { inputInvalid } from "../../provider/errors/catalog";
import { parseDesired } from "../../provider/model/parse-desired";
import { renderError } from "../../provider/report/render-error";
import { buildInputs } from "../support/build-cluster";
import { expectGolden } from "../support/golden";
import { lintPlan } from "./lint-plan";
import { lintText } from "./lint-text";
import { separate } from "./shapes";
import { planSituation } from "./situation";
import { situations } from "./situations";

const TWO_MSERVERS = "two-mservers-refused";
const names = Object.keys(situations);

describe.each(Object.entries(situations))("%s", (name, situation) => {
  const { desired, inventory, planned, text } = planSituation(situation);

  test("reads as its golden", () => {
    expectGolden(`plans/${name}.txt`, `${text}\n`);
  });

  test("keeps the rules of the procedure", () => {
    expect(lintPlan(planned, desired, inventory, situation.context)).toEqual([]);
    expect(lintText(text)).toEqual([]);
  });
});

test("two MServers without policy.allowInterruption are refused before anything is contacted", () => {
  const parsed = parseDesired(buildInputs({ nodes: separate(2, 3) }));
  const problems = "problems" in parsed ? parsed.problems : [];
  expectGolden(`plans/${TWO_MSERVERS}.txt`, `${renderError(inputInvalid(problems)).join("\n")}\n`);
});

test("there is a situation for every golden", () => {
  const files = readdirSync(join(__dirname, "../goldens/plans")).map((file) => file.replace(/\.txt$/, ""));
  expect(files.sort()).toEqual([...names, TWO_MSERVERS].sort());
});
