// Links rest before anything is touched (X1), and are looked after once everything is done and checked (X3).

import type { PlanStep } from "../../provider/model/plan";
import type { World } from "./lint-world";

export function lintLinks({ desired, inventory }: World, steps: readonly PlanStep[]): string[] {
  const problems: string[] = [];
  const declared = desired.xdcr?.links ?? [];
  const kinds = steps.map((step) => step.kind);
  // What is started so that somebody leads comes first: before that no link can be seen, let alone paused.
  const firstTouch = kinds.findIndex((kind, index) => index > kinds.indexOf("check_start") && kind !== "pause_xdcr");
  const pauses = steps.flatMap((step, index) => (step.kind === "pause_xdcr" ? [{ link: step.link, index }] : []));
  const resumes = steps.flatMap((step, index) => (step.kind === "resume_xdcr" ? [{ link: step.link, index }] : []));
  if (pauses.some(({ index }) => index > firstTouch))
    problems.push("a link is paused after something was touched (X1)");
  if (resumes.some(({ index }) => index < kinds.indexOf("check_end")))
    problems.push("a link is resumed before the whole cluster was checked at the end (X3)");
  for (const { link } of pauses)
    if (!resumes.some((other) => other.link === link)) problems.push(`${link.group} is paused and never looked after`);
  const touches = kinds.some((kind) => ["restart_process", "start_process", "promote_auto_flags"].includes(kind));
  for (const link of declared) {
    const config =
      link.target === desired.xdcr?.self
        ? inventory.config
        : inventory.xdcrPeers.find(({ name }) => name === link.target)?.config;
    const isActive =
      config?.known && config.value.xdcrGroups.some((each) => each.group === link.group && !each.isPaused);
    if (touches && isActive && !pauses.some((pause) => pause.link === link))
      problems.push(`${link.group} into ${link.target} is active and not paused (X1)`);
  }
  return problems;
}
