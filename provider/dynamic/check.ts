// Bad input gets all its problems at once, with paths, before anything is contacted. Good input gets the derived
// inputs that reviewers of `--json` and policy packs read.

import { declaredProcesses } from "../model/desired";
import { parseDesired, parseDesiredInPreview } from "../model/parse-desired";
import { compareVersions, isSameRelease, parseVersion } from "../model/version";
import { type CallContext, noteContext } from "./call-context";
import { connectEngineLog } from "./engine-log";

type Props = Record<string, unknown>;
export interface CheckResult {
  readonly inputs?: Props;
  readonly failures?: { readonly property: string; readonly reason: string }[];
}

export async function check(olds: Props, news: Props): Promise<CheckResult> {
  const { __ctx: context, ...own } = news;
  const { problems, warnings, hasUnknowns } = parseDesiredInPreview(own);
  const downgrade = findDowngrade(olds["version"], own["version"]);
  const all = downgrade === undefined ? problems : [...problems, downgrade];
  // property stays empty: with a name in it the CLI prints the value, even that of a secret.
  if (all.length > 0) return { inputs: own, failures: all.map((reason) => ({ property: "", reason })) };

  const inputs: Props = { ...own, ...deriveUpgrade(olds, own, hasUnknowns) };
  noteContext(inputs, context);
  await warn(context, warnings);
  return { inputs };
}

/** Spec L1, as far as the old inputs tell; the planner asks the processes themselves. */
function findDowngrade(old: unknown, wanted: unknown): string | undefined {
  if (typeof old !== "string" || typeof wanted !== "string" || !parseVersion(old) || !parseVersion(wanted))
    return undefined;
  if (isSameRelease(wanted, old) || compareVersions(wanted, old) >= 0) return undefined;
  return `version: ${wanted} is older than ${old}, which the cluster was last asked to run; BMDB does not support a downgrade (spec L1)`;
}

// Kept as they were while the version stays: an input that changed would be an update by itself.
function deriveUpgrade(olds: Props, news: Props, hasUnknowns: boolean): Props {
  const from = olds["version"];
  const to = news["version"];
  if (from === to && olds["planSummary"] !== undefined)
    return { planSummary: olds["planSummary"], ...(olds["upgrade"] !== undefined && { upgrade: olds["upgrade"] }) };
  if (typeof to !== "string" || hasUnknowns || from === to) return {};
  const parsed = parseDesired(news);
  const count = "desired" in parsed ? declaredProcesses(parsed.desired).length : 0;
  if (typeof from !== "string") return { planSummary: `adopt ${count} processes at ${to}` };
  return { planSummary: `${from} → ${to}: ${count} processes`, upgrade: { from, to, processes: count } };
}

async function warn(context: unknown, warnings: readonly string[]): Promise<void> {
  const { urn } = (context ?? {}) as Partial<CallContext>;
  if (typeof urn !== "string") return;
  for (const warning of warnings) await connectEngineLog().log(urn, warning, { passing: false, severity: "warning" });
}
