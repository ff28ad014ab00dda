// A plan as the journal keeps it: every step with the words that a person read in the preview.

import { type DesiredCluster, processName } from "../model/desired";
import { type Plan, type PlanSection, type PlanStep, stepId } from "../model/plan";
import { describeStep, SECTION_TITLES, type StepText } from "./describe-step";

export interface DescribedStep extends StepText {
  readonly id: string;
  readonly kind: PlanStep["kind"];
  /** `DBServer db2`. */
  readonly process?: string;
}

export interface DescribedSection {
  readonly section: PlanSection;
  readonly title: string;
  readonly steps: readonly DescribedStep[];
}

export const describePlan = (plan: Plan, desired: DesiredCluster): DescribedSection[] =>
  plan.sections.map(({ section, steps }) => ({
    section,
    title: SECTION_TITLES[section],
    steps: steps.map((step) => ({
      id: stepId(step),
      kind: step.kind,
      ...("process" in step && { process: processName(step.process) }),
      ...describeStep(step, desired),
    })),
  }));
