// A long tier, told by the first and the last of the processes that are treated alike; one line says which ones come between.

import type { PlanStep } from "../model/plan";

export interface NumberedStep {
  readonly step: PlanStep;
  readonly number: number;
}

/** Fewer than this are told in full: the line in their place would be hardly shorter. */
const OTHERS_MIN = 2;

export function shortenTier(steps: readonly NumberedStep[]): (NumberedStep | string)[] {
  const lines: (NumberedStep | string)[] = [];
  const processes = groupByProcess(steps);
  for (let from = 0; from < processes.length; ) {
    const alike = processes.slice(from).findIndex((each) => kindsOf(each) !== kindsOf(processes[from] ?? []));
    const run = processes.slice(from, alike < 0 ? processes.length : from + alike);
    const between = run.slice(1, -1);
    if (between.length < OTHERS_MIN) lines.push(...run.flat());
    else lines.push(...(run[0] ?? []), describeOthers(between), ...(run.at(-1) ?? []));
    from += run.length;
  }
  return lines;
}

/** Steps in a row that are about the same process. */
function groupByProcess(steps: readonly NumberedStep[]): NumberedStep[][] {
  const groups: NumberedStep[][] = [];
  for (const each of steps) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && nodeOf(group[0]) === nodeOf(each)) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

const nodeOf = ({ step }: NumberedStep): string => ("process" in step ? step.process.node : step.kind);
const kindsOf = (group: readonly NumberedStep[]): string => group.map(({ step }) => step.kind).join();

function describeOthers(groups: readonly NumberedStep[][]): string {
  const names = groups.flatMap((group) => group.slice(0, 1).map(nodeOf));
  const all = names.join(", ");
  const shown = all.length <= 90 ? all : `${all.slice(0, 60).replace(/,[^,]*$/, "")}, …, ${names.at(-1)}`;
  return `      … the same for ${names.length} others, in this order: ${shown}`;
}
