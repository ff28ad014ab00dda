// Pure: the steps of a run as bars on one time axis, a row per process. One at a time shows as a staircase.

import { stepsOfReport } from "./describe-outcome";
import { renderLength, renderTook } from "./render-time";
import type { ReportStep, RunReport } from "./run-report";

export type Phase = "check" | "drain" | "restart" | "proof" | "watch" | "finalise";

export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  check: "whole cluster checked",
  drain: "leaders move away",
  restart: "gates, stop, start",
  proof: "proof of return",
  watch: "watched",
  finalise: "finalisation",
};

const PHASES: Readonly<Record<string, Phase>> = {
  check_start: "check",
  check_end: "check",
  pause_xdcr: "drain",
  resume_xdcr: "finalise",
  verify_one_version: "check",
  drain_leaders: "drain",
  step_down_leader: "drain",
  start_process: "restart",
  restart_process: "restart",
  prove_return: "proof",
  return_leaders: "proof",
  watch: "watch",
  promote_auto_flags: "finalise",
  wait_for_auto_flags: "finalise",
  upgrade_bsql_catalog: "finalise",
};

export interface Timeline {
  readonly lengthMs: number;
  readonly rows: readonly TimelineRow[];
  readonly ticks: readonly { readonly atMs: number; readonly label: string }[];
  /** When promotion began, from the start of the run. */
  readonly noReturnAtMs: number | undefined;
  readonly phases: readonly Phase[];
}

export interface TimelineRow {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly tookMs: number;
  readonly isFailed: boolean;
}

export interface Bar {
  readonly phase: Phase;
  /** Since the start of the run. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly title: string;
  readonly isFailed: boolean;
}

export function buildTimeline(report: RunReport): Timeline | undefined {
  const begun = stepsOfReport(report).filter((step) => step.beganAtMs !== undefined);
  const lengthMs = report.endedAtMs - report.startedAtMs;
  if (begun.length === 0 || lengthMs <= 0) return undefined;
  const rows = new Map<string, ReportStep[]>();
  for (const step of begun) {
    const label = step.process ?? (step.kind === "check_start" ? "Check" : "Finalisation");
    rows.set(label, [...(rows.get(label) ?? []), step]);
  }
  const promotion = begun.find((step) => step.isPointOfNoReturn);
  const barsOf = (steps: readonly ReportStep[]) => steps.map((step) => buildBar(step, report.startedAtMs));
  return {
    lengthMs,
    rows: [...rows].map(([label, steps]) => {
      const bars = barsOf(steps);
      return {
        label,
        bars,
        tookMs: bars.reduce((sum, bar) => sum + bar.toMs - bar.fromMs, 0),
        isFailed: steps.some((step) => step.state === "failed"),
      };
    }),
    ticks: buildTicks(lengthMs),
    noReturnAtMs: promotion?.beganAtMs === undefined ? undefined : promotion.beganAtMs - report.startedAtMs,
    phases: ORDER.filter((phase) => begun.some((step) => phaseOf(step) === phase)),
  };
}

const ORDER: readonly Phase[] = ["check", "drain", "restart", "proof", "watch", "finalise"];
const phaseOf = (step: ReportStep): Phase => PHASES[step.kind] ?? "finalise";

function buildBar(step: ReportStep, startedAtMs: number): Bar {
  const fromMs = (step.beganAtMs ?? startedAtMs) - startedAtMs;
  const toMs = Math.max(fromMs, (step.endedAtMs ?? step.beganAtMs ?? startedAtMs) - startedAtMs);
  return {
    phase: phaseOf(step),
    fromMs,
    toMs,
    title: `${step.number} ${step.title}, ${renderTook(toMs - fromMs)}`,
    isFailed: step.state === "failed",
  };
}

const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400].map((second) => second * 1000);
const TICKS_MAX = 6;

function buildTicks(lengthMs: number): Timeline["ticks"] {
  const stepMs = STEPS_MS.find((each) => lengthMs / each <= TICKS_MAX) ?? 28_800_000;
  const count = Math.floor(lengthMs / stepMs) + 1;
  return Array.from({ length: count }, (_, index) => ({ atMs: index * stepMs, label: renderLength(index * stepMs) }));
}
