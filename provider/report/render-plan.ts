// The plan as text: a first line that stands alone, then the numbered steps. With `failedAt` the same plan with an arrow.

import type { DesiredCluster } from "../model/desired";
import { type Plan, type PlanStep, stepsOf } from "../model/plan";
import { describeStep, SECTION_TITLES } from "./describe-step";
import { renderDuration } from "./render-duration";
import { shortenTier } from "./shorten-tier";

/** Above this a plan is shortened: the first and last process of a tier stand for the others. */
const LINES_MAX = 60;

export interface RenderOptions {
  /** 0-based number of the step that failed; the steps before it are marked as done. */
  readonly failedAt?: number;
}

/** `2.16.0.0 → 2.18.0.0: 6 processes, 26 steps, about 14 min` */
export function summarisePlan(plan: Plan): string {
  const stepCount = stepsOf(plan).length;
  if (stepCount === 0) return `${plan.to}: nothing to do`;
  const processes =
    plan.processCount === 0 ? "" : `${plan.processCount} process${plan.processCount === 1 ? "" : "es"}, `;
  const has = (kind: PlanStep["kind"]): boolean => stepsOf(plan).some((step) => step.kind === kind);
  const rest = has("promote_auto_flags") ? "finalise" : has("watch") ? "watch on" : "resume xDCR on";
  const purpose = plan.processCount > 0 ? "restart on" : rest;
  const change = plan.from === plan.to ? `${purpose} ${plan.to}` : `${plan.from} → ${plan.to}`;
  return `${change}: ${processes}${stepCount} step${stepCount === 1 ? "" : "s"}, about ${renderDuration(plan.estimateMs)}`;
}

export function renderPlan(plan: Plan, desired: DesiredCluster, options: RenderOptions = {}): string {
  const lines = [summarisePlan(plan)];
  if (plan.findings.length > 0) lines.push("", "Seen just now", ...plan.findings.map((finding) => `  !  ${finding}`));
  const width = Math.max(0, ...stepsOf(plan).map((step) => describeStep(step, desired).title.length));
  let number = 0;
  for (const section of plan.sections) {
    lines.push("", SECTION_TITLES[section.section]);
    const numbered = section.steps.map((step) => {
      number += 1;
      return { step, number };
    });
    const shown = stepsOf(plan).length > LINES_MAX && options.failedAt === undefined ? shortenTier(numbered) : numbered;
    for (const item of shown) {
      if (typeof item === "string") {
        lines.push(item);
        continue;
      }
      const text = describeStep(item.step, desired);
      if (text.isPointOfNoReturn)
        lines.push("      ─── point of no return: an older process cannot join from here on ───");
      lines.push(
        `${markOf(item.number - 1, options.failedAt)}${String(item.number).padStart(3)}  ${text.title.padEnd(width)}  ${text.detail}`.trimEnd(),
      );
    }
  }
  if (plan.notes.length > 0) lines.push("", ...plan.notes.map((note) => `Note: ${note}`));
  return lines.join("\n");
}

function markOf(index: number, failedAt: number | undefined): string {
  if (failedAt === undefined) return " ";
  return index < failedAt ? "✓" : index === failedAt ? "→" : " ";
}
