// The plan of a change, or why there is none, as the preview shows it. Contacts the cluster, and changes nothing there.

import { previewUpgrade } from "../engine";
import { parseDesired } from "../model/parse-desired";
import { stepsOf } from "../model/plan";
import { hasUnknownValue } from "../model/unknown-value";
import { renderError } from "../report/render-error";
import { renderPlan } from "../report/render-plan";
import { renderRefusals } from "../report/render-refusals";
import { beginOperation } from "./cancel";
import { longestWayMs } from "./longest-way";
import { finalisationOf, pickInputs } from "./saved-state";

type Props = Record<string, unknown>;

/** Never raises. @public: loaded by name, from `diff`. */
export async function describeChange(olds: Props, news: Props): Promise<string> {
  return planChange(olds, news).catch((error: unknown) => renderError(error, "the plan could not be made").join("\n"));
}

async function planChange(olds: Props, news: Props): Promise<string> {
  const inputs = pickInputs(news);
  if (hasUnknownValue(inputs))
    return "the plan is made when all inputs are known: some are outputs of resources that do not exist yet";
  const parsed = parseDesired(inputs);
  if (!("desired" in parsed)) return parsed.problems.join("\n");
  const { desired } = parsed;
  const operation = beginOperation(longestWayMs(desired));
  const { signal } = operation;
  try {
    const { planned } = await operation.watch(
      previewUpgrade(
        { desired, sink: { emit: () => undefined }, signal, workingDirectory: undefined },
        finalisationOf(olds),
      ),
    );
    if (planned.kind === "plan")
      return stepsOf(planned.plan).length === 0
        ? "no process changes: the new settings are stored"
        : renderPlan(planned.plan, desired);
    return renderRefusals(planned.refusals);
  } finally {
    operation.end();
  }
}
