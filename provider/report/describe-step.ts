// One line a step, as a DBA would write it into his runbook.

import { type DesiredCluster, mserverAddresses, processName } from "../model/desired";
import type { PlanSection, PlanStep } from "../model/plan";
import { isSameRelease } from "../model/version";
import { linkName } from "../model/xdcr";
import { renderDuration } from "./render-duration";

export const SECTION_TITLES: Readonly<Record<PlanSection, string>> = {
  quorum: "The MServer quorum first: no leader without it",
  start: "Before anything is stopped",
  xdcr_pause: "xDCR rests on every cluster involved (X1)",
  mservers: "MServers, one at a time, the leader last (M1–M5)",
  dbservers: "DBServers, one at a time (D1–D5)",
  finalisation: "Finalisation",
  end: "At the end",
  xdcr_resume: "xDCR, once every cluster involved is done (X3)",
};

export interface StepText {
  readonly title: string;
  /** What it waits for, or what it does beside the obvious. */
  readonly detail: string;
  readonly isPointOfNoReturn: boolean;
}

export function describeStep(step: PlanStep, desired: DesiredCluster): StepText {
  const { policy, version } = desired;
  const text = (title: string, detail: string, isPointOfNoReturn = false): StepText => ({
    title,
    detail,
    isPointOfNoReturn,
  });
  switch (step.kind) {
    case "check_start":
      return text(
        "check the whole cluster",
        `all healthy, release ${version} staged everywhere; write down how each process is started`,
      );
    case "start_process":
      return text(
        `start ${processName(step.process)}`,
        `it is down; started from ${version}${step.isForQuorum ? ", on what its host alone tells" : ""}`,
      );
    case "restart_process":
      return text(
        `restart ${processName(step.process)}`,
        `${isSameRelease(version, step.from) ? `once more on ${version}, so that promoted AutoFlags take effect` : `${step.from} → ${version}`}${step.isLeader ? ", the leader" : ""}; only while ${step.process.role === "mserver" ? "the MServer quorum" : "every tile"} is whole`,
      );
    case "step_down_leader":
      return text(
        `hand over from MServer ${step.process.node}`,
        "an upgraded MServer leads before this one is stopped",
      );
    case "drain_leaders":
      return text(
        `drain ${processName(step.process)}`,
        `its tile leaders move away, up to ${renderDuration(policy.drainTimeoutMs)}, then ${policy.onDrainTimeout === "stop" ? "the roll stops" : "goes on"}`,
      );
    case "return_leaders":
      return text(`let tile leaders return to ${step.process.node}`, "taken off the leader blacklist, read back");
    case "prove_return":
      return text(
        `prove ${processName(step.process)} is back`,
        step.process.role === "mserver"
          ? "new process, new version, seen by its peers, one leader"
          : "new process, new version, fresh heartbeat, replicas caught up",
      );
    case "watch":
      return text(`watch ${renderDuration(policy.pauseMs)}`, "health read again and again (P2)");
    case "verify_one_version":
      return text(
        "verify that every process runs the new release",
        "asked of each process itself and of its host (A5)",
      );
    case "promote_auto_flags":
      return text(
        "promote AutoFlags",
        `bm-admin -mserver_addresses ${shorten(mserverAddresses(desired.nodes))} promote_auto_flags (A1)`,
        true,
      );
    case "wait_for_auto_flags":
      return text("wait for AutoFlags to arrive", "2 × heartbeat_interval_ms (A4)");
    case "upgrade_bsql_catalog":
      return text(
        "upgrade the BSQL catalog",
        `bm-admin … -timeout_ms ${desired.bmAdmin.timeoutMs} upgrade_bsql, again on conflicts (B2–B5)`,
      );
    case "pause_xdcr":
      return text(
        `pause ${linkName(step.link)}`,
        desired.xdcr?.isFinishedElsewhere
          ? "done before, for all clusters of the topology; here only if somebody has resumed it since"
          : `on ${step.link.target}: bm-admin … set_universe_replication_enabled ${step.link.group} 0, written down before, read back`,
      );
    case "resume_xdcr":
      return text(
        `resume ${linkName(step.link)}`,
        `on ${step.link.target}, if this program paused it and every cluster runs and has finalised ${version}; no errors, lag falls`,
      );
    case "check_end":
      return text("check the whole cluster", "every process on the new release and healthy");
  }
}

/** Whole addresses, or somebody copies half a one. */
const shorten = (addresses: string): string =>
  addresses.length <= 60 ? addresses : `${addresses.slice(0, 60).replace(/,[^,]*$/, "")},…`;
