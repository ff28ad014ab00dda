import { type PlanStep, stepId } from "../model/plan";
import { journal, type Run } from "./run";

/** In the journal, a step that was begun and has no end is where a run stopped. `number`: from 1. */
export async function tellStep(run: Run, step: PlanStep, number: number, work: () => Promise<void>): Promise<void> {
  journal(run, "step_begun", { step: stepId(step), number });
  await work();
  journal(run, "step_done", { step: stepId(step), done: number });
}
