// Before which steps a gate is asked, written down a second time; and for each of them a world in which exactly that asking counts.

import { gates } from "../../../provider/gates";
import { askGates } from "../../../provider/gates/ask-gates";
import type { ProcessId } from "../../../provider/model/desired";
import type { GateId } from "../../../provider/model/gate-ids";
import type { PlanStep } from "../../../provider/model/plan";
import { buildDesired, buildInventory } from "../../support/build-cluster";
import { casesOfAStop } from "./cases-of-a-stop";
import { casesOfTheStart } from "./cases-of-the-start";
import type { GateCase } from "./gate-cases";

type Kind = PlanStep["kind"];

const START: readonly Kind[] = ["check_start"];
const IN_HAND: readonly Kind[] = ["prove_return", "watch"];
const HEALTH: readonly Kind[] = ["check_start", "restart_process", ...IN_HAND, "promote_auto_flags"];
const ALIVE: readonly Kind[] = [...HEALTH, "verify_one_version", "upgrade_bsql_catalog", "check_end"];

const ASKED_BEFORE: Readonly<Record<GateId, readonly Kind[]>> = {
  release_is_staged_on_every_host: ["check_start", "restart_process", "start_process"],
  process_is_seen_on_its_host: ["restart_process", "start_process", "verify_one_version"],
  no_act_is_under_way: ["check_start", "restart_process", "start_process"],
  every_server_of_the_cluster_is_declared: ["check_start", "verify_one_version", "promote_auto_flags"],
  extensions_are_in_the_new_release: START,
  data_is_outside_every_release: START,
  promoted_flags_exist_in_the_new_release: START,
  catalog_upgrade_is_supported: START,
  disks_have_room: START,
  memory_is_available: START,
  clocks_agree: START,
  processes_outlive_the_login: START,
  every_xdcr_link_is_declared: START,
  xdcr_pause_fits_the_retention: START,
  xdcr_is_paused: ["check_start", "restart_process", "start_process", "promote_auto_flags"],
  all_mservers_answer_and_one_leads: ALIVE,
  cluster_is_settled: ["check_start", "restart_process", "prove_return", "promote_auto_flags"],
  mserver_majority_survives_this_stop: ["restart_process"],
  leader_mserver_goes_last: ["restart_process"],
  mservers_are_new_before_dbservers: ["restart_process", "start_process"],
  no_dbserver_is_down: ALIVE,
  no_tile_is_leaderless: [...HEALTH, "check_end"],
  no_tile_is_under_replicated: [...HEALTH, "check_end"],
  every_follower_is_current: HEALTH,
  every_tile_keeps_a_majority: ["check_start", "restart_process"],
  autoflags_need_one_version: ["verify_one_version", "promote_auto_flags", "upgrade_bsql_catalog", "check_end"],
};

/** The step of the wanted kind, about the process that the case is about. */
function stepOf(kind: Kind, process: ProcessId): PlanStep {
  switch (kind) {
    case "restart_process":
      return { kind, process, from: "2.16.0.0", isLeader: false };
    case "start_process":
    case "step_down_leader":
    case "drain_leaders":
    case "return_leaders":
    case "prove_return":
    case "watch":
      return { kind, process };
    case "pause_xdcr":
    case "resume_xdcr":
      return { kind, link: { group: "g1", source: "east", target: "west" } };
    default:
      return { kind };
  }
}

/** Whether the whole set of gates is closed by this one in the case's world, when the step is another one. */
function closes([id, , { cluster = {}, inventory = {}, step }]: GateCase, kind: Kind): boolean {
  const desired = buildDesired(cluster);
  const asked = stepOf(kind, "process" in step ? step.process : { node: "db2", role: "mserver" });
  const candidate = "process" in asked ? asked.process : undefined;
  const { all } = askGates({
    desired,
    inventory: buildInventory(desired, inventory),
    step: asked,
    candidate,
    toBeStarted: [],
  });
  return all.some((answer) => answer.gate === id);
}

const closedCases = [...casesOfAStop, ...casesOfTheStart].filter(([, , , expected]) => expected !== "open");
const pairs = Object.entries(ASKED_BEFORE).flatMap(([id, kinds]) => kinds.map((kind) => [id, kind] as const));

test.each(pairs)("%s holds %s up", (id, kind) => {
  expect(closedCases.some((each) => each[0] === id && closes(each, kind))).toBe(true);
});

test.each(gates.map((gate) => [gate.id, gate.before] as const))(
  "%s is asked before these steps and no others",
  (id, before) => {
    expect([...before].sort()).toEqual([...ASKED_BEFORE[id]].sort());
  },
);
