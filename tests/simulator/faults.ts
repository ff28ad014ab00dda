// What goes wrong in a simulation: drawn from the seed, plain data, so that it can be printed, repeated and made shorter.

import type { Chance } from "../../sandbox/memory/chance";
import type { SandboxFault, SandboxRole } from "../../sandbox/types";
import type { Shape } from "./shape";

export const FAULT_KINDS = [
  "process_crashes",
  "process_crashes_and_is_started_again",
  "host_reboots",
  "host_boots_old_binaries",
  "operator_is_cut_off_from_host",
  "hosts_are_cut_off_from_each_other",
  "host_answers_late",
  "ssh_answers_are_lost",
  "ssh_commands_are_lost",
  "clock_is_wrong",
  "leader_mserver_steps_down",
  "disk_is_full",
  "own_process_is_killed",
  "own_machine_sleeps",
  "second_run_at_once",
  "person_restarts_a_process",
  "person_upgrades_a_process",
  "person_blacklists_a_dbserver",
  "version_is_set_back",
  "supervisor_starts_old_binary",
  "crash_at_start",
  "slow_start",
  "crash_while_serving",
  "ignores_sigterm",
  "page_hangs",
  "page_error_with_200",
  "page_answers_503",
  "page_half_json",
  "page_of_other_cluster",
  "never_catches_up",
  "tile_under_replicated",
  "tile_leaderless",
  "leader_steps_down_at_each_promotion",
  "stale_leader",
  "admin_fails",
  "admin_says_error_with_exit_0",
  "admin_says_success_with_exit_1",
  "admin_answers_are_lost",
  "admin_lacks_operation",
  "config_version_races",
  "promotion_needs_restart",
  "bsql_upgrade_conflicts",
  "bsql_upgrade_times_out",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Steps of a run with which faults begin: drawn by time alone they would hardly ever meet those that take a moment. */
const STEPS = [
  "check_start",
  "step_down_leader",
  "drain_leaders",
  "restart_process",
  "prove_return",
  "return_leaders",
  "watch",
  "verify_one_version",
  "promote_auto_flags",
  "wait_for_auto_flags",
  "upgrade_bsql_catalog",
  "check_end",
] as const;

export interface PlannedFault {
  readonly kind: FaultKind;
  /** After the beginning of the first run, or of the step that it begins with. */
  readonly afterMs: number;
  /** The step that it begins with, and which of that kind: counted over all runs. */
  readonly withStep?: { readonly kind: string; readonly number: number };
  readonly forMs: number;
  readonly host: string;
  readonly otherHost: string;
  readonly role: SandboxRole;
  readonly operation: string;
  /** For `own_process_is_killed`: the how-manieth thing that it waits for. */
  readonly awaitCount: number;
  readonly moment: "before" | "after";
}

const OPERATIONS = ["promote_auto_flags", "upgrade_bsql", "change_leader_blacklist", "master_leader_stepdown"] as const;

/** About as long as a roll without faults takes, its finalisation included. */
const ROLL_MS = 240_000;

export function drawFaults(chance: Chance, shape: Shape): PlannedFault[] {
  const count = chance.pick([0, 1, 1, 2, 2, 3, 3] as const);
  return Array.from({ length: count }, (_, index) => {
    const fault = drawFault(chance, shape, chance.pick(FAULT_KINDS));
    const steps = chance.split(`step ${index}`);
    if (steps.isLucky(0.5)) return fault;
    const withStep = { kind: steps.pick(STEPS), number: steps.pick([1, 1, 1, 2, 3, 5] as const) };
    return { ...fault, withStep, afterMs: steps.pick([0, 0, 200, 1000, 5000] as const) };
  });
}

export function drawFault(chance: Chance, shape: Shape, kind: FaultKind): PlannedFault {
  const host = chance.pick(shape.hosts);
  return {
    kind,
    afterMs: chance.whole(0, ROLL_MS),
    forMs: chance.pick([1000, 8000, 30_000, 120_000] as const),
    host: host.name,
    otherHost: chance.pick(shape.hosts.filter((each) => each !== host)).name,
    role: chance.pick(host.roles),
    operation: chance.pick(OPERATIONS),
    awaitCount: chance.whole(1, 1400),
    moment: chance.pick(["before", "after"] as const),
  };
}

/** The ordered fault of the sandbox that stands for this one, if there is one. */
export function orderedFault(fault: PlannedFault, shape: Shape): SandboxFault | undefined {
  const { host, role, operation } = fault;
  const ofProcess = { host, role };
  const hasDBServer = shape.hosts.find((each) => each.name === host)?.roles.includes("dbserver") === true;
  switch (fault.kind) {
    case "crash_at_start":
    case "slow_start":
    case "ignores_sigterm":
      return { kind: fault.kind, ...ofProcess };
    case "crash_while_serving":
      return { kind: fault.kind, ...ofProcess, afterMs: fault.forMs };
    case "page_hangs":
    case "page_error_with_200":
    case "page_answers_503":
    case "page_half_json":
    case "page_of_other_cluster":
      return { kind: fault.kind, ...ofProcess };
    case "never_catches_up":
    case "tile_under_replicated":
    case "tile_leaderless":
      return hasDBServer ? { kind: fault.kind, host } : undefined;
    case "leader_steps_down_at_each_promotion":
      return { kind: "leader_steps_down", onEvent: "auto_flags_promoted" };
    case "stale_leader":
      return { kind: "stale_leader", host };
    case "admin_fails":
      return { kind: "admin_fails", operation };
    case "admin_says_error_with_exit_0":
      return { kind: "admin_lies", operation, lie: "error_with_exit_0" };
    case "admin_says_success_with_exit_1":
      return { kind: "admin_lies", operation, lie: "success_with_exit_1" };
    case "admin_lacks_operation":
      return operation === "promote_auto_flags" ? undefined : { kind: "admin_lacks_operation", operation };
    case "config_version_races":
    case "promotion_needs_restart":
    case "bsql_upgrade_conflicts":
      return { kind: fault.kind };
    case "bsql_upgrade_times_out":
      return { kind: fault.kind };
    default:
      return undefined;
  }
}

const SLOW: readonly FaultKind[] = [
  "operator_is_cut_off_from_host",
  "hosts_are_cut_off_from_each_other",
  "host_answers_late",
  "ssh_answers_are_lost",
  "ssh_commands_are_lost",
  "admin_answers_are_lost",
  "page_hangs",
  "stale_leader",
  "own_machine_sleeps",
];

/** How old a reading may be when it is acted upon: answers that fail in time cost little, those that never come cost their limit. */
export const graceOf = (faults: readonly PlannedFault[]): number =>
  faults.some(({ kind }) => SLOW.includes(kind))
    ? 30_000
    : faults.some(({ kind }) => /^host_/.test(kind))
      ? 15_000
      : 6000;

export const describeFault = (fault: PlannedFault): string =>
  fault.kind === "own_process_is_killed"
    ? `${fault.kind} ${fault.moment} it waits for the ${fault.awaitCount}. time`
    : `${fault.kind} ${fault.role} ${fault.host} (${fault.otherHost}, ${fault.operation}) ${describeBegin(fault)} for ${fault.forMs / 1000} s`;

const describeBegin = ({ afterMs, withStep }: PlannedFault): string =>
  `${afterMs / 1000} s after ${withStep === undefined ? "the beginning" : `${withStep.kind} no. ${withStep.number}`}`;
