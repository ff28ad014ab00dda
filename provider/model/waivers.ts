// Which gates a program may waive (design rule 13), and what it is told about the others.

import { didYouMean } from "./did-you-mean";
import { UNWAIVABLE_GATE_IDS, WAIVABLE_GATE_IDS } from "./gate-ids";

/** Undefined: it may be. */
export function whyNotWaivable(id: string): string | undefined {
  if (WAIVABLE_GATE_IDS.some((each) => each === id)) return undefined;
  if (UNWAIVABLE_GATE_IDS.some((each) => each === id))
    return "cannot be waived: what this gate protects cannot be given back";
  return `is not a gate${didYouMean(id, [...WAIVABLE_GATE_IDS])}`;
}
