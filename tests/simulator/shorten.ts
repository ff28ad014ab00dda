// The shortest schedule of faults that still breaks the same rule: fewer faults first, then shorter ones.

import type { PlannedFault } from "./faults";
import { type Outcome, simulate } from "./simulate";

export async function shortenSchedule(failed: Outcome): Promise<Outcome> {
  const rule = failed.violations[0]?.rule;
  let best = failed;
  const isSame = async (faults: readonly PlannedFault[]): Promise<boolean> => {
    const outcome = await simulate(failed.seed, { faults, shape: failed.shape });
    if (!outcome.violations.some((violation) => violation.rule === rule)) return false;
    best = outcome;
    return true;
  };
  for (let isShorter = true; isShorter; ) {
    isShorter = false;
    for (const fault of best.faults) {
      if (!(await isSame(best.faults.filter((each) => each !== fault)))) continue;
      isShorter = true;
      break;
    }
  }
  for (const [index, fault] of best.faults.entries()) {
    for (const forMs of [1000, 8000].filter((each) => each < fault.forMs))
      if (await isSame(best.faults.with(index, { ...fault, forMs }))) break;
  }
  return best;
}
