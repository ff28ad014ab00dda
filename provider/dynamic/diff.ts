// Whether anything changes, and in a preview the plan of it. Never throws: refresh calls it with swapped arguments.
// Nothing is contacted when nothing changed.

import { contextOf, stableJson } from "./call-context";
import { connectEngineLog } from "./engine-log";
import { INPUT_KEYS, recall } from "./saved-state";

type Props = Record<string, unknown>;

// A preview without changes gets no further than the comparison, and most of the provider's code is behind this.
async function describe(olds: Props, news: Props): Promise<string> {
  const { describeChange } = require("./describe-change") as typeof import("./describe-change");
  return describeChange(olds, news);
}

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
    const message = await describe(olds, news).catch(
      (error: unknown) => `the plan could not be made: ${String(error)}`,
    );
    await connectEngineLog().log(context.urn, message, { passing: false });
  }
  // Undefined lets the engine compare the inputs itself, which fills --json and hides what is the same.
  return changedKeys.length > 0 ? {} : { changes: true };
}
