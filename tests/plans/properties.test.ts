// What holds of every plan of every cluster. A failure prints its seed and the smallest cluster that still fails.

import * as fc from "fast-check";
import type { Inventory } from "../../provider/model/inventory";
import type { Planned, PlanStep } from "../../provider/model/plan";
import { planUpgrade } from "../../provider/planner/plan-upgrade";
import { known } from "../support/build-cluster";
import { lintPlan } from "./lint-plan";
import { lintText } from "./lint-text";
import { RUNS, randomSituations } from "./random-clusters";
import { NOTHING_REMEMBERED, planSituation, type Situation } from "./situation";
import { takeSteps } from "./take-steps";

const stepsOf = (planned: Planned): PlanStep[] =>
  planned.kind === "refused" ? [] : planned.plan.sections.flatMap((section) => section.steps);
const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void): void =>
  fc.assert(fc.property(arbitrary, holds), { numRuns: RUNS });

// Without what depends on who leads: after a hand-over that was cut off, the same process is stopped, and is no leader any more.
const textOf = (step: PlanStep): string => JSON.stringify(step, ["kind", "process", "node", "role", "from"]);
const touching = (steps: readonly PlanStep[]): PlanStep[] =>
  steps.filter((step) => step.kind === "restart_process" || step.kind === "start_process");

test("every plan keeps the rules, and reads as one", () => {
  const seen = { plan: 0, refused: 0 };
  check(randomSituations(), (situation) => {
    const { desired, inventory, planned, text } = planSituation(situation);
    seen[planned.kind] += 1;
    expect(lintPlan(planned, desired, inventory, situation.context)).toEqual([]);
    expect(lintText(text)).toEqual([]);
  });
  // A property of nothing but refusals, or of nothing but plans, would say little.
  expect(Math.min(seen.plan, seen.refused)).toBeGreaterThan(RUNS / 10);
});

test("the same facts give the same plan", () => {
  check(randomSituations(), (situation) => {
    const [first, second] = [planSituation(situation), planSituation(structuredClone(situation))];
    expect(second.planned).toEqual(first.planned);
    expect(second.text).toBe(first.text);
  });
});

test("the order of the rows of a page, and of the answers of hosts, does not matter", () => {
  const withOrder = randomSituations().chain((situation) =>
    fc.tuple(fc.constant(situation), fc.array(fc.nat(), { minLength: 20, maxLength: 20 })),
  );
  check(withOrder, ([situation, order]) => {
    const { desired, inventory, planned } = planSituation(situation);
    const shuffled = <T>(values: readonly T[]): T[] =>
      values
        .map((value, index) => ({ value, key: order[index % 20] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ value }) => value);
    const again: Inventory = {
      ...inventory,
      mservers: inventory.mservers.known ? known(shuffled(inventory.mservers.value)) : inventory.mservers,
      dbservers: inventory.dbservers.known ? known(shuffled(inventory.dbservers.value)) : inventory.dbservers,
      hosts: shuffled(inventory.hosts),
    };
    expect(planUpgrade(desired, again, { ...NOTHING_REMEMBERED, ...situation.context })).toEqual(planned);
  });
});

test("a finished cluster gives an empty plan", () => {
  check(randomSituations({ calm: true }), (situation) => {
    const first = stepsOf(planSituation(situation).planned);
    fc.pre(first.length > 0);
    expect(stepsOf(planSituation(takeSteps(situation, first)).planned)).toEqual([]);
  });
});

test("after every prefix the rest of the plan is what is left to do", () => {
  const withCut = fc.tuple(randomSituations({ calm: true }), fc.double({ min: 0, max: 1, noNaN: true }));
  check(withCut, ([situation, share]) => {
    const first = stepsOf(planSituation(situation).planned);
    fc.pre(first.length > 0);
    const cut = Math.floor(share * first.length);
    const rest = stepsOf(planSituation(takeSteps(situation, first.slice(0, cut))).planned);
    expect(touching(rest).map(textOf)).toEqual(touching(first.slice(cut)).map(textOf));
    // Between two processes nothing but the check at the start comes again.
    if (first[cut - 1]?.kind === "watch" && touching(first.slice(cut)).length > 0)
      expect(rest.map(textOf)).toEqual(['{"kind":"check_start"}', ...first.slice(cut).map(textOf)]);
  });
});

test("every way of being interrupted again and again leads to the same end", () => {
  const withCuts = fc.tuple(
    randomSituations({ calm: true }),
    fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }),
  );
  check(withCuts, ([situation, cuts]) => {
    const wanted = touching(stepsOf(planSituation(situation).planned)).map(textOf);
    const touched: string[] = [];
    let now: Situation = situation;
    for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
      const done = stepsOf(planSituation(now).planned).slice(0, cut);
      touched.push(...touching(done).map(textOf));
      now = takeSteps(now, done);
    }
    expect(touched).toEqual(wanted);
    expect(stepsOf(planSituation(now).planned)).toEqual([]);
  });
});
