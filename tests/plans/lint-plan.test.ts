// The lint itself: each way of spoiling a good plan is seen. A rule that no spoilt plan breaks would be no rule.

import type { Plan, PlanStep } from "../../provider/model/plan";
import { lintPlan } from "./lint-plan";
import { lintText } from "./lint-text";
import { newOn, OLD, separate, THREE, withInterruption } from "./shapes";
import { planSituation, type Situation } from "./situation";

type Spoil = (steps: PlanStep[]) => PlanStep[];

/** The situation's plan, with its steps spoilt; sections and counts are made to fit them. */
function lintSpoilt(situation: Situation, spoil: Spoil): string[] {
  const { desired, inventory, planned } = planSituation(situation);
  if (planned.kind === "refused") throw new Error("refused");
  const steps = spoil(planned.plan.sections.flatMap((section) => section.steps));
  const quorum = planned.plan.sections.flatMap(({ section, steps: own }) => (section === "quorum" ? own : []));
  const sectionOf = (step: PlanStep): Plan["sections"][number]["section"] =>
    quorum.includes(step)
      ? "quorum"
      : "process" in step
        ? `${step.process.role}s`
        : step.kind === "check_start"
          ? "start"
          : step.kind === "check_end"
            ? "end"
            : "finalisation";
  const plan: Plan = {
    ...planned.plan,
    sections: steps.map((step) => ({ section: sectionOf(step), steps: [step] })),
    processCount: steps.filter((step) => step.kind === "restart_process" || step.kind === "start_process").length,
  };
  return lintPlan({ kind: "plan", plan }, desired, inventory, situation.context);
}

const is = (kind: PlanStep["kind"], role?: string, node?: string) => (step: PlanStep) =>
  step.kind === kind &&
  (role === undefined || ("process" in step && step.process.role === role)) &&
  (node === undefined || ("process" in step && step.process.node === node));
const about = (role: string, node: string) => (step: PlanStep) =>
  "process" in step && step.process.role === role && step.process.node === node;
const without =
  (match: (step: PlanStep) => boolean): Spoil =>
  (steps) => {
    const at = steps.findIndex(match);
    return steps.filter((_, index) => index !== at);
  };
const moved =
  (match: (step: PlanStep) => boolean, before: (step: PlanStep) => boolean): Spoil =>
  (steps) => {
    const taken = steps.filter(match);
    const rest = steps.filter((step) => !match(step));
    const at = rest.findIndex(before);
    return [...rest.slice(0, at), ...taken, ...rest.slice(at)];
  };

const spoilt: readonly [string, Situation, Spoil, RegExp][] = [
  [
    "a process is left out",
    {},
    (steps) => steps.filter((step) => !about("dbserver", "db2")(step)),
    /db2 .*restarted 0 times, not 1/,
  ],
  [
    "a process comes twice",
    {},
    (steps) => steps.flatMap((step) => (is("restart_process", "dbserver", "db2")(step) ? [step, step] : [step])),
    /db2 .*restarted 2 times/,
  ],
  [
    "a DBServer comes before the MServers",
    {},
    moved(about("dbserver", "db1"), is("restart_process", "mserver")),
    /a DBServer comes before an MServer/,
  ],
  [
    "the leader MServer goes first",
    {},
    moved(about("mserver", "db1"), is("restart_process", "mserver")),
    /leader MServer db1 is number 1 of 3/,
  ],
  [
    "nobody proves a return",
    {},
    without(is("prove_return", "dbserver")),
    /watch of DBServer db1 comes before its proof/,
  ],
  ["nobody watches", {}, without(is("watch", "mserver", "db2")), /MServer db3 is touched while another one/],
  [
    "the last one is not watched",
    { cluster: { more: { finalize: "manual" } } },
    without(is("watch", "dbserver", "db3")),
    /DBServer db3 is never watched/,
  ],
  [
    "the watch comes before the proof",
    {},
    moved(is("watch", "mserver", "db2"), is("prove_return", "mserver", "db2")),
    /watch of MServer db2 comes before/,
  ],
  ["a DBServer is not drained", {}, without(is("drain_leaders")), /DBServer db1 is drained: false, wanted: true/],
  [
    "leaders never return",
    {},
    without(is("return_leaders")),
    /DBServer db1 is drained and then: restart_process, prove_return, watch/,
  ],
  [
    "leaders return after the watch",
    {},
    moved(is("watch", "dbserver", "db1"), is("return_leaders", "dbserver", "db1")),
    /db1 is drained and then/,
  ],
  [
    "something comes between drain and stop",
    {},
    moved(is("drain_leaders", "dbserver", "db2"), is("watch", "dbserver", "db1")),
    /db2 is drained and not stopped right after/,
  ],
  [
    "the leader does not hand over",
    {},
    without(is("step_down_leader")),
    /MServer db1 hands over before its stop: false/,
  ],
  ["promotion comes without a look", {}, without(is("verify_one_version")), /without a look at every process/],
  [
    "promotion comes before the last process",
    {},
    moved(is("promote_auto_flags"), about("dbserver", "db3")),
    /promoted while DBServer db3 is old/,
  ],
  [
    "promotion comes at the start",
    {},
    moved(is("promote_auto_flags"), is("restart_process")),
    /promoted while MServer db1 is old/,
  ],
  [
    "the catalog comes before the wait",
    {},
    moved(is("upgrade_bsql_catalog"), is("wait_for_auto_flags")),
    /the finalisation is verify_one_version, promote_auto_flags, upgrade_bsql_catalog/,
  ],
  ["the catalog is left out", {}, without(is("upgrade_bsql_catalog")), /it should be .*upgrade_bsql_catalog/],
  [
    "something comes after the finalisation",
    {},
    moved(is("watch", "dbserver", "db3"), is("check_end")),
    /between the steps of the finalisation, or after it/,
  ],
  ["the start is not checked", {}, without(is("check_start")), /not checked once at the start/],
  ["the end is not checked", {}, without(is("check_end")), /last step is not the check/],
  [
    "what is new is restarted",
    { inventory: { processes: newOn(["db2"]) } },
    (steps) =>
      steps.map((step) =>
        step.kind === "restart_process" && step.process.node === "db3"
          ? { ...step, process: { ...step.process, node: "db2" } }
          : step,
      ),
    /MServer db2 \(new, .*\) is restarted 1 times, not 0/,
  ],
  [
    "what is down is stopped last",
    { inventory: { processes: { ...newOn(THREE, ["db1"]), "dbserver:db2": { down: true } } } },
    moved(about("dbserver", "db2"), is("verify_one_version")),
    /stopped while one that is down waits to be started/,
  ],
  [
    "promotion against the program's word",
    { cluster: { more: { finalize: "manual" } } },
    (steps) => steps.toSpliced(-1, 0, { kind: "verify_one_version" }, { kind: "promote_auto_flags" }),
    /though finalize is "manual"/,
  ],
  [
    "promotion once more",
    { context: { finalizedVersion: "2.18.0.0" } },
    (steps) => steps.toSpliced(-1, 0, { kind: "verify_one_version" }, { kind: "promote_auto_flags" }),
    /promoted again/,
  ],
  [
    "an MServer is touched before the start is checked",
    { inventory: { processes: { ...newOn(["db2"]), "mserver:db3": { down: true } } } },
    moved(about("mserver", "db3"), is("check_start")),
    /start_process comes before the whole cluster is checked/,
  ],
  [
    "the start is checked before anybody can lead",
    { inventory: { processes: { ...newOn(["db2"]), "mserver:db1": { down: true }, "mserver:db3": { down: true } } } },
    (steps) => [...steps.filter(is("check_start")), ...steps.filter((step) => step.kind !== "check_start")],
    /nobody leads before MServer db1 runs/,
  ],
  [
    "a wrong version",
    {},
    (steps) => steps.map((step) => (step.kind === "restart_process" ? { ...step, from: "2.17.0.0" } : step)),
    /runs 2\.16\.0\.0-b1, the plan says 2\.17\.0\.0/,
  ],
];

test.each(spoilt)("is seen: %s", (_what, situation, spoil, expected) => {
  expect(lintSpoilt(situation, (steps) => steps)).toEqual([]);
  expect(lintSpoilt(situation, spoil).join("\n")).toMatch(expected);
});

describe("a plan that should not be", () => {
  const { planned: onePlan } = planSituation({});
  const against = (situation: Situation): string => {
    const { desired, inventory } = planSituation(situation);
    return lintPlan(onePlan, desired, inventory).join("\n");
  };
  test.each<[string, Situation, RegExp]>([
    ["a downgrade", { inventory: { running: "2.20.0.0-b1" } }, /runs the newer 2\.20\.0\.0-b1 \(L1\)/],
    [
      "a process that nobody saw",
      { inventory: { processes: { "dbserver:db1": { silent: true } } } },
      /DBServer db1 was not seen/,
    ],
    ["an outage", { cluster: { nodes: separate(1, 3) } }, /policy.allowInterruption does not give away/],
  ])("is seen: %s", (_what, situation, expected) => {
    expect(against(situation)).toMatch(expected);
  });

  test("an outage that the program accepts is none of the lint's business", () => {
    expect(against({ cluster: { nodes: separate(1, 3), more: withInterruption } })).not.toMatch(/allowInterruption/);
  });

  test("a refusal needs a reason", () => {
    const { desired, inventory } = planSituation({ inventory: { running: OLD } });
    expect(lintPlan({ kind: "refused", refusals: [] }, desired, inventory)).toEqual(["it is refused without a reason"]);
  });
});

describe("the text", () => {
  const { text } = planSituation({});
  test.each<[string, string, RegExp]>([
    ["a first line without its steps", text.replace("31 steps", "some steps"), /first line does not stand alone/],
    ["another number of steps", text.replace("31 steps", "30 steps"), /says 30 steps, the last one is number 31/],
    ["another number of processes", text.replace("6 processes", "5 processes"), /says 5 processes, the steps 6/],
    ["a number that is missing", text.replace(/^.*watch 60 s.*\n/m, ""), /numbers jump at 5/],
    ["a watch that is missing", text.replace(/watch 60 s/, "pause 60 s"), /MServer db2 is not watched/],
    [
      "a proof that is missing",
      text.replace("prove MServer db2 is back", "look at MServer db2"),
      /then: look at MServer db2/,
    ],
    ["no point of no return", text.replace(/^.*point of no return.*\n/m, ""), /not right before the promotion/],
    ["a value that is missing", text.replace("2.16.0.0 →", "undefined →"), /a value is missing/],
    ["steps after a refusal", `refused: X\n\nwhat  a\nnext  b\n${text}`, /steps follow a refusal/],
    ["a refusal without a next step", "refused: X\n\nwhat  a", /says no next step/],
    ["one of many", text.replace("\n", "\n  !  1 tiles are lost\n"), /one of many/],
  ])("is seen: %s", (_what, spoiltText, expected) => {
    expect(lintText(text)).toEqual([]);
    expect(lintText(spoiltText).join("\n")).toMatch(expected);
  });
});
