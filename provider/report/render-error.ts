// An error as a person reads it under Diagnostics: what, why, next, then the remote output, the plan with an arrow,
// and what every process runs now. Continuation lines begin with a tab, or the terminal drops their indent.

import { isBmdbError, isBugError } from "../errors/bmdb-error";
import type { DesiredCluster } from "../model/desired";
import { type Plan, stepsOf } from "../model/plan";
import { describeStep } from "./describe-step";
import { renderPlan } from "./render-plan";

export interface FailureFacts {
  readonly error: unknown;
  readonly desired: DesiredCluster;
  readonly plan: Plan | undefined;
  readonly doneCount: number;
  /** One line a process. */
  readonly versions: readonly string[];
  readonly journalPath: string | undefined;
  readonly reportPath?: string | undefined;
  readonly leftBehind?: string | undefined;
}

export function renderFailure(facts: FailureFacts): string {
  const { error, plan, doneCount } = facts;
  const steps = plan ? stepsOf(plan) : [];
  const step = steps[doneCount];
  const where = step
    ? `stopped at step ${doneCount + 1} of ${steps.length}, ${describeStep(step, facts.desired).title}`
    : "";
  const lines = renderError(error, where);
  if (facts.leftBehind) lines.push(`left  ${facts.leftBehind}`);
  if (facts.versions.length > 0) lines.push("", "Processes now", ...facts.versions.map((line) => `  ${line}`));
  if (plan && step)
    lines.push("", ...renderPlan({ ...plan, findings: [] }, facts.desired, { failedAt: doneCount }).split("\n"));
  if (facts.journalPath) lines.push("", `Journal: ${facts.journalPath}`);
  if (facts.reportPath) lines.push(`Report:  ${facts.reportPath}`);
  return lines.join("\n\t  ");
}

/** The head line carries the code; every other line is one of its parts. */
export function renderError(error: unknown, where = ""): string[] {
  if (!isBmdbError(error)) {
    const text =
      error instanceof Error
        ? isBugError(error)
          ? (error.stack ?? error.message)
          : `${error.name}: ${error.message}`
        : String(error);
    return [`${where ? `${where}: ` : ""}unexpected error`, ...text.split("\n")];
  }
  const { text } = error;
  const part = (name: string, value: string | undefined): string[] =>
    value ? value.split("\n").map((line, index) => `${(index === 0 ? name : "").padEnd(6)}${line}`) : [];
  return [
    where ? `${text.code}   ${where}` : text.code,
    ...part("what", text.what),
    ...part("why", text.why),
    ...part("next", text.next),
    ...(text.output ? ["", "Output of the remote command", ...text.output.split("\n").map((line) => `  ${line}`)] : []),
  ];
}
