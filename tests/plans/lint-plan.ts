// Whether a plan keeps the rules of the procedure. Knows the rules and the data, and nothing of the code that makes plans.

import { type DesiredCluster, type ProcessId, processName } from "../../provider/model/desired";
import type { Inventory } from "../../provider/model/inventory";
import type { Plan, Planned, PlanStep } from "../../provider/model/plan";
import type { PlanContext } from "../../provider/planner/plan-upgrade";
import { lintFinalisation } from "./lint-finalisation";
import { lintLinks } from "./lint-links";
import { lintOrder } from "./lint-order";
import { isNewer, isWanted, seenProcesses, type World } from "./lint-world";

/** What is wrong with it, one sentence a finding; empty: nothing. */
export function lintPlan(
  planned: Planned,
  desired: DesiredCluster,
  inventory: Inventory,
  context: Partial<PlanContext> = {},
): string[] {
  const world: World = { desired, inventory, context, processes: seenProcesses(inventory, desired, context) };
  if (planned.kind === "refused") return lintRefusal(planned);
  const steps = planned.plan.sections.flatMap((section) => section.steps);
  const withoutLinks = steps.filter((step) => !("link" in step));
  return [
    ...lintMustRefuse(world, steps),
    ...lintProcesses(world, steps),
    ...lintOrder(world, withoutLinks),
    ...lintFinalisation(world, withoutLinks),
    ...lintLinks(world, steps),
    ...lintSummary(planned.plan, steps),
  ];
}

function lintRefusal(planned: Extract<Planned, { kind: "refused" }>): string[] {
  const problems: string[] = [];
  if (planned.refusals.length === 0) problems.push("it is refused without a reason");
  if ("plan" in planned) problems.push("a refusal carries a plan");
  for (const refusal of planned.refusals)
    if (refusal.what === "" || refusal.next === "") problems.push(`${refusal.code} lacks what or next`);
  return problems;
}

/** What no plan may be made for at all: L1, and outages that nobody agreed to. */
function lintMustRefuse({ desired, inventory, processes }: World, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  for (const { name, state, version } of processes) {
    if (state === "unseen") problems.push(`there is a plan though ${name} was not seen`);
    if (isNewer(version, desired.version))
      problems.push(`there is a plan though ${name} runs the newer ${version} (L1)`);
  }
  const mserverCount = processes.filter((each) => each.id.role === "mserver").length;
  const hasOneCopy = inventory.replicationFactor.known && inventory.replicationFactor.value < 3;
  const stops = steps.some((step) => step.kind === "restart_process");
  if (stops && !desired.policy.allowInterruption && (mserverCount < 3 || hasOneCopy))
    problems.push("it interrupts a service that policy.allowInterruption does not give away");
  return problems;
}

/** Every process that is not on the release exactly once, and no other one. */
function lintProcesses({ processes }: World, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  const count = (kind: PlanStep["kind"], id: ProcessId): number =>
    steps.filter(
      (step) =>
        step.kind === kind && "process" in step && step.process.node === id.node && step.process.role === id.role,
    ).length;
  for (const { id, name, state, version, isAwaited } of processes) {
    const restarts = count("restart_process", id);
    const starts = count("start_process", id);
    const wantedRestarts = state === "old" || (state === "new" && isAwaited) ? 1 : 0;
    if (restarts !== wantedRestarts)
      problems.push(
        `${name} (${state}, ${version ?? "no version"}) is restarted ${restarts} times, not ${wantedRestarts}`,
      );
    if (starts !== (state === "down" ? 1 : 0)) problems.push(`${name} (${state}) is started ${starts} times`);
  }
  for (const step of steps)
    if (
      "process" in step &&
      !processes.some(({ id }) => id.node === step.process.node && id.role === step.process.role)
    )
      problems.push(`${step.kind} is about ${processName(step.process)}, which is not declared`);
  for (const step of steps)
    if (step.kind === "restart_process") {
      const seen = processes.find(({ id }) => id.node === step.process.node && id.role === step.process.role);
      if (seen?.version !== undefined && !isWanted(step.from, seen.version) && step.from !== seen.version)
        problems.push(`${seen.name} runs ${seen.version}, the plan says ${step.from}`);
    }
  return problems;
}

const SECTION_OF: Readonly<Record<string, string>> = {
  check_start: "start",
  verify_one_version: "finalisation",
  promote_auto_flags: "finalisation",
  wait_for_auto_flags: "finalisation",
  upgrade_bsql_catalog: "finalisation",
  check_end: "end",
  pause_xdcr: "xdcr_pause",
  resume_xdcr: "xdcr_resume",
};

function lintSummary(plan: Plan, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  const touched = steps.filter((step) => step.kind === "restart_process" || step.kind === "start_process").length;
  if (plan.processCount !== touched) problems.push(`it counts ${plan.processCount} processes and touches ${touched}`);
  if (steps.length > 0 && !(plan.estimateMs > 0)) problems.push("it does not say how long it takes");
  for (const section of plan.sections) {
    if (section.steps.length === 0) problems.push(`the section ${section.section} is empty`);
    for (const step of section.steps) {
      const own =
        section.section === "quorum" && "process" in step && step.process.role === "mserver"
          ? "quorum"
          : "process" in step
            ? `${step.process.role}s`
            : SECTION_OF[step.kind];
      if (own !== section.section) problems.push(`${step.kind} stands in the section ${section.section}`);
    }
  }
  return problems;
}
