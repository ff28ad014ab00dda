// A step can be run twice: it looks at the world, not at our memory. Each one is doubled in turn, on a cluster in memory.

import { runPlan } from "../../provider/executor/run-plan";
import type { Inventory } from "../../provider/model/inventory";
import type { Plan, PlanStep } from "../../provider/model/plan";
import { planUpgrade } from "../../provider/planner/plan-upgrade";
import { buildDesired } from "../support/build-cluster";
import { buildRun } from "../support/build-run";
import { createFakeCluster, type FakeCluster } from "../support/fake-cluster";
import { createVirtualClock } from "../support/virtual-clock";
import { NEW } from "./shapes";
import { NOTHING_REMEMBERED } from "./situation";

/** What is left of an upgrade when few processes are: nothing in it is planned anew, so a doubled step stays doubled. */
const left: Readonly<Record<string, (cluster: FakeCluster) => void>> = {
  "the leader MServer is left": (cluster) => {
    for (const process of cluster.processes)
      if (process.id.node !== "db1" || process.id.role !== "mserver") process.version = NEW;
  },
  "one DBServer is left": (cluster) => {
    for (const process of cluster.processes)
      if (process.id.node !== "db3" || process.id.role !== "dbserver") process.version = NEW;
  },
  "one DBServer is down": (cluster) => {
    for (const process of cluster.processes) process.version = NEW;
    cluster.process("dbserver:db2").pid = null;
  },
};

function prepare(leave: (cluster: FakeCluster) => void) {
  const desired = buildDesired();
  const clock = createVirtualClock();
  const cluster = createFakeCluster(desired, clock);
  leave(cluster);
  const planAgain = (inventory: Inventory) => planUpgrade(desired, inventory, NOTHING_REMEMBERED);
  const planned = planAgain(cluster.collect());
  if (planned.kind === "refused") throw new Error(JSON.stringify(planned.refusals));
  const run = buildRun({ desired, clock, shell: cluster.shell, collect: () => cluster.collect() });
  return { cluster, plan: planned.plan, go: (plan: Plan) => runPlan(run, plan, planAgain) };
}

const double = (plan: Plan, wanted: number): Plan => {
  let at = -1;
  const twice = (step: PlanStep): PlanStep[] => {
    at += 1;
    return at === wanted ? [step, step] : [step];
  };
  return { ...plan, sections: plan.sections.map((section) => ({ ...section, steps: section.steps.flatMap(twice) })) };
};

// A restart is the one step whose second time would be a second restart: harmless too, but not the same story.
const cases = Object.entries(left).flatMap(([what, leave]) =>
  prepare(leave)
    .plan.sections.flatMap((section) => section.steps)
    .flatMap((step, index): [string, string, number][] =>
      step.kind === "restart_process" ? [] : [[step.kind, what, index]],
    ),
);
const endOf = ({ story, processes, blacklist }: FakeCluster) => ({
  touched: story.filter((line) => /^(?:stop|start) /.test(line)),
  finalisation: [...new Set(story.filter((line) => !/^(?:stop|start) /.test(line)))],
  versions: processes.map((process) => [process.id, process.version, process.pid !== null]),
  blacklist: [...blacklist],
});

test.each(cases)("%s is harmless the second time, when %s (step %i)", async (_kind, what, index) => {
  const leave = left[what] ?? (() => undefined);
  const once = prepare(leave);
  await once.go(once.plan);
  const twice = prepare(leave);
  const result = await twice.go(double(twice.plan, index));
  expect(result.error).toBeUndefined();
  expect(result.isFinalized).toBe(true);
  expect(endOf(twice.cluster)).toEqual(endOf(once.cluster));
});

test("every kind of step but the restart is among them", () => {
  expect([...new Set(cases.map(([kind]) => kind))].sort()).toEqual([
    "check_end",
    "check_start",
    "drain_leaders",
    "promote_auto_flags",
    "prove_return",
    "return_leaders",
    "start_process",
    "step_down_leader",
    "upgrade_bsql_catalog",
    "verify_one_version",
    "wait_for_auto_flags",
    "watch",
  ]);
});
