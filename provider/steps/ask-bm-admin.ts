// Operations of bm-admin that print nothing on success: asked again while the failure passes by itself.

import { bmAdminFailed } from "../errors/catalog";
import { pollUntil } from "../executor/poll-until";
import { journal, type Run } from "../executor/run";
import { parseQuietFailure } from "../inventory/parse/bm-admin";
import { bmAdminNode, runBmAdmin } from "./run-bm-admin";

export interface AskOptions {
  /** The same operation under its possible names; the first that this bm-admin knows is used. */
  readonly names: readonly string[];
  readonly args: readonly string[];
  readonly limitMs: number;
  /** Aborted: it is not asked again. @default it is asked whatever happens to the run */
  readonly signal?: AbortSignal;
}

/**
 * "unknown" when this bm-admin knows none of the names (a release without the operation). Raises `BmAdminFailed` when it
 * fails for good, or does not succeed in time.
 */
export async function askBmAdmin(run: Run, { names, ...how }: AskOptions): Promise<"done" | "unknown"> {
  for (const name of names) {
    if (run.unknownOperations.has(name)) continue;
    if ((await askByName(run, name, how)) === "done") return "done";
    run.unknownOperations.add(name);
  }
  return "unknown";
}

async function askByName(
  run: Run,
  name: string,
  { args, limitMs, signal = new AbortController().signal }: Omit<AskOptions, "names">,
): Promise<"done" | "unknown"> {
  let output = "";
  const outcome = await pollUntil<"done" | "unknown">(
    {
      clock: run.ports.clock,
      intervalMs: run.desired.policy.pollIntervalMs,
      limitMs,
      signal,
    },
    async () => {
      const result = await runBmAdmin(run, [name, ...args], Math.min(run.desired.bmAdmin.timeoutMs, limitMs));
      output = `${result.stdout}\n${result.stderr}`;
      const failure = parseQuietFailure(result);
      journal(run, "bm_admin", { operation: name, args, outcome: failure === undefined ? "done" : failure.why });
      if (failure === undefined) return { done: true as const, value: "done" };
      if (/invalid operation/i.test(output)) return { done: true as const, value: "unknown" };
      if (failure.isTransient) return { done: false as const, last: failure.why };
      throw bmAdminFailed({ operation: name, node: bmAdminNode(run), reason: failure.why, output });
    },
  );
  if (outcome.kind === "done") return outcome.value;
  throw bmAdminFailed({
    operation: name,
    node: bmAdminNode(run),
    reason: `${outcome.last}, for ${Math.round(outcome.waitedMs / 1000)} s`,
    output,
  });
}
