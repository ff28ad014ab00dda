// One process at a time (P1), in the right order, each one proven back and watched (P2) before the next.

import { type ProcessId, processName } from "../../provider/model/desired";
import type { PlanStep } from "../../provider/model/plan";
import type { World } from "./lint-world";

export function lintOrder(world: World, steps: readonly PlanStep[]): string[] {
  return [
    ...lintEnds(world, steps),
    ...lintTiers(world, steps),
    ...lintReturns(world, steps),
    ...lintDrains(world, steps),
    ...lintHandOver(world, steps),
  ];
}

const same = (a: ProcessId, b: ProcessId): boolean => a.node === b.node && a.role === b.role;

/** Only MServers without which nobody leads, and nothing can be checked, come before the check of the whole cluster. */
function lintEnds({ processes }: World, steps: readonly PlanStep[]): string[] {
  if (steps.length === 0) return [];
  const mservers = processes.filter((each) => each.id.role === "mserver");
  const down = mservers.filter((each) => each.state === "down");
  const isQuorumLost = 2 * (mservers.length - down.length) <= mservers.length;
  const before = steps.slice(
    0,
    steps.findIndex((step) => step.kind === "check_start"),
  );
  const early = before.filter(
    (step) =>
      !isQuorumLost ||
      !["start_process", "prove_return", "watch"].includes(step.kind) ||
      !("process" in step && step.process.role === "mserver"),
  );
  const late = down.filter(
    ({ id }) => isQuorumLost && !before.some((step) => step.kind === "start_process" && same(step.process, id)),
  );
  const places = (kind: PlanStep["kind"]): string =>
    steps.flatMap((step, index) => (step.kind === kind ? [index + 1] : [])).join();
  return [
    ...(/^\d+$/.test(places("check_start")) ? [] : ["the whole cluster is not checked once at the start"]),
    ...early.map((step) => `${step.kind} comes before the whole cluster is checked`),
    ...late.map(({ name }) => `nobody leads before ${name} runs, and it is not started first`),
    ...(places("check_end") === String(steps.length) ? [] : ["the last step is not the check of the whole cluster"]),
  ];
}

/** MServers before DBServers; what is down before what runs; the leader MServer last. */
function lintTiers({ desired, inventory }: World, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  const touched = steps.filter((step) => step.kind === "restart_process" || step.kind === "start_process");
  const lastMServer = touched.findLastIndex((step) => step.process.role === "mserver");
  const firstDBServer = touched.findIndex((step) => step.process.role === "dbserver");
  if (lastMServer >= 0 && firstDBServer >= 0 && firstDBServer < lastMServer)
    problems.push("a DBServer comes before an MServer");
  for (const role of ["mserver", "dbserver"]) {
    const kinds = touched.filter((step) => step.process.role === role).map((step) => step.kind);
    if (kinds.lastIndexOf("start_process") > kinds.indexOf("restart_process") && kinds.includes("restart_process"))
      problems.push(`a ${role} is stopped while one that is down waits to be started`);
  }
  const leader = inventory.mservers.known ? inventory.mservers.value.find((each) => each.role === "LEADER") : undefined;
  const leaderNode = desired.nodes.find((node) => node.host === leader?.host)?.name;
  const restarted = touched.filter((step) => step.kind === "restart_process" && step.process.role === "mserver");
  const leaderAt = restarted.findIndex((step) => step.process.node === leaderNode);
  if (leaderAt >= 0 && leaderAt !== restarted.length - 1)
    problems.push(`the leader MServer ${leaderNode} is number ${leaderAt + 1} of ${restarted.length}, not the last`);
  for (const step of restarted)
    if (step.kind === "restart_process" && step.isLeader !== (step.process.node === leaderNode))
      problems.push(`${processName(step.process)} is called the leader, or not, wrongly`);
  return problems;
}

/** Whoever was touched is in hand until its watch is over; nothing is stopped while anything is in hand. */
function lintReturns({ processes, context }: World, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  // What an earlier run left in hand is so from the beginning; what is down or due is touched anew.
  let inHand: { process: ProcessId; isStart: boolean; isProven: boolean }[] = processes
    .filter((each) => each.state === "new" && !each.isAwaited && context.inHand?.includes(each.name))
    .map(({ id }) => ({ process: id, isStart: true, isProven: false }));
  for (const step of steps) {
    if (step.kind === "restart_process" || step.kind === "start_process") {
      const isStart = step.kind === "start_process";
      // Those that are down may all be started before the first is proven: they may need each other to come back.
      if (
        inHand.some(
          (each) =>
            (each.process.role === "mserver" || each.process.role === step.process.role) && (!isStart || !each.isStart),
        )
      )
        problems.push(`${processName(step.process)} is touched while another one is not proven back and watched`);
      inHand.push({ process: step.process, isStart, isProven: false });
    } else if (step.kind === "prove_return") {
      const own = inHand.find((each) => same(each.process, step.process));
      if (own === undefined) problems.push(`${processName(step.process)} is proven back though it was not touched`);
      else own.isProven = true;
    } else if (step.kind === "watch") {
      const own = inHand.find((each) => same(each.process, step.process));
      if (!own?.isProven) problems.push(`the watch of ${processName(step.process)} comes before its proof of return`);
      inHand = inHand.filter((each) => each !== own);
    } else if (!("process" in step) && step.kind !== "check_start" && inHand.length > 0)
      problems.push(
        `${step.kind} comes while ${inHand.map((each) => processName(each.process)).join(", ")} is in hand`,
      );
  }
  return [...problems, ...inHand.map((each) => `${processName(each.process)} is never watched`)];
}

/** Leaders leave right before the stop, and come back after the proof and before the watch. */
function lintDrains({ desired, inventory }: World, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  const hasElsewhere = !(inventory.replicationFactor.known && inventory.replicationFactor.value < 2);
  const isWanted = desired.policy.drainLeaders && hasElsewhere;
  for (const [index, step] of steps.entries()) {
    if (step.kind === "drain_leaders") {
      const next = steps[index + 1];
      if (next?.kind !== "restart_process" || !same(next.process, step.process))
        problems.push(`${processName(step.process)} is drained and not stopped right after`);
      if (step.process.role !== "dbserver") problems.push(`${processName(step.process)} is drained`);
      const after = steps.slice(index + 1).filter((each) => "process" in each && same(each.process, step.process));
      if (after.map((each) => each.kind).join() !== "restart_process,prove_return,return_leaders,watch")
        problems.push(`${processName(step.process)} is drained and then: ${after.map((each) => each.kind).join(", ")}`);
    }
    if (step.kind === "restart_process" && step.process.role === "dbserver") {
      const isDrained = steps[index - 1]?.kind === "drain_leaders";
      if (isDrained !== isWanted)
        problems.push(`${processName(step.process)} is drained: ${isDrained}, wanted: ${isWanted}`);
    }
    if (step.kind === "return_leaders") {
      const isDrained = steps
        .slice(0, index)
        .some((each) => each.kind === "drain_leaders" && same(each.process, step.process));
      if (!isDrained) problems.push(`leaders return to ${processName(step.process)}, which was not drained`);
    }
  }
  return problems;
}

/** The leader MServer hands over right before it is stopped, where there is somebody to hand over to. */
function lintHandOver({ processes }: World, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  const hasPeers = processes.filter((each) => each.id.role === "mserver").length > 1;
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    const isHanded = before?.kind === "step_down_leader";
    if (step.kind === "restart_process" && (step.isLeader && hasPeers) !== isHanded)
      problems.push(`${processName(step.process)} hands over before its stop: ${isHanded}`);
    if (isHanded && (step.kind !== "restart_process" || !same(step.process, before.process)))
      problems.push(`${processName(before.process)} hands over and is not stopped right after`);
  }
  return problems;
}
