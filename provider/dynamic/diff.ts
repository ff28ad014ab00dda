// Whether anything changes, and in a preview the plan of it. Never throws: refresh calls it with swapped arguments.
// Nothing is contacted when nothing changed.

import { previewUpgrade } from "../engine";
import { isBmdbError } from "../errors/bmdb-error";
import { parseDesired } from "../model/parse-desired";
import { stepsOf } from "../model/plan";
import { hasUnknownValue } from "../model/unknown-value";
import { renderError } from "../report/render-error";
import { renderPlan } from "../report/render-plan";
import { renderRefusals } from "../report/render-refusals";
import { contextOf, stableJson } from "./call-context";
import { beginOperation } from "./cancel";
import { connectEngineLog } from "./engine-log";
import { longestWayMs } from "./operations";
import { finalisationOf, INPUT_KEYS, pickInputs, recall } from "./saved-state";

type Props = Record<string, unknown>;

export async function diff(_id: string, olds: Props, news: Props): Promise<{ changes?: boolean }> {
  const changedKeys = INPUT_KEYS.filter((key) => stableJson(olds[key] ?? null) !== stableJson(news[key] ?? null));
  const { phase, wantedVersion, inHand = [], xdcrPaused } = recall(olds);
  // Inputs that a refresh has corrected are equal to the program's although nothing was done for that release yet.
  const isUndone = wantedVersion !== undefined && wantedVersion !== news["version"];
  const isUnfinished =
    isUndone || phase === "upgrading" || phase === "restart needed" || inHand.length > 0 || xdcrPaused !== undefined;
  if (changedKeys.length === 0 && !isUnfinished) return { changes: false };

  const context = contextOf(news);
  if (context?.dryRun) {
    const message = await describeChange(olds, news).catch((error: unknown) =>
      renderError(error, "the plan could not be made").join("\n"),
    );
    await connectEngineLog().log(context.urn, message, { passing: false });
  }
  // Undefined lets the engine compare the inputs itself, which fills --json and hides what is the same.
  return changedKeys.length > 0 ? {} : { changes: true };
}

async function describeChange(olds: Props, news: Props): Promise<string> {
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
  } catch (error) {
    if (!isBmdbError(error)) throw error;
    return renderError(error, "the plan could not be made").join("\n");
  } finally {
    operation.end();
  }
}
