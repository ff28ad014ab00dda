// The pause before the clusters of a topology: a change of a release is an update, and its preview is the plan over all clusters.
// The first `pulumi up` pauses nothing, and neither does one after which no process of any cluster has to be stopped.

import { findUnequalVersions } from "../model/check-topology";
import { problemLine } from "../model/explain-issues";
import { findTopologyProblems, parseTopology } from "../model/parse-topology";
import { hasUnknownValue } from "../model/unknown-value";
import { renderRefusals } from "../report/render-refusals";
import { renderTopologyPlan, summariseTopology } from "../report/render-topology-plan";
import { pauseAll, previewTopology } from "../topology-engine";
import { contextOf, noteContext } from "./call-context";
import type { CheckResult } from "./check";
import { connectEngineLog } from "./engine-log";
import { SCHEMA_VERSION } from "./saved-state";
import { clean, isChanged, operate, type Props, pickTopology, TOPOLOGY_KEYS } from "./topology-call";

async function check(olds: Props, news: Props): Promise<CheckResult> {
  const { __ctx: context, ...own } = news;
  const before = listVersions(olds);
  const after = listVersions(own);
  const isFirst = olds["clusters"] === undefined;
  const unequal = findUnequalVersions(own).map(problemLine);
  // Clusters may be adopted as they run; a change has to be one after which replication can run again.
  const problems = [...findTopologyProblems(own), ...(isFirst || before === after ? [] : unequal)];
  if (problems.length > 0) return { inputs: own, failures: problems.map((reason) => ({ property: "", reason })) };

  const kept = before === after ? olds["planSummary"] : undefined;
  const planSummary = kept ?? (isFirst ? `adopt ${after}` : `${before} → ${after}`);
  const inputs: Props = { ...own, planSummary };
  noteContext(inputs, context);
  const { urn } = contextOf(inputs) ?? {};
  if (urn !== undefined)
    for (const line of unequal) await connectEngineLog().log(urn, line, { passing: false, severity: "warning" });
  return { inputs };
}

/** `east 2.16.0.0, west 2.16.0.0`. */
function listVersions({ clusters }: Props): string {
  if (typeof clusters !== "object" || clusters === null) return "";
  return Object.entries(clusters)
    .map(([name, cluster]) => {
      const version: unknown =
        cluster !== null && typeof cluster === "object" && "version" in cluster ? cluster.version : "";
      return `${name} ${typeof version === "string" ? version : "?"}`;
    })
    .join(", ");
}

async function diff(_id: string, olds: Props, news: Props): Promise<{ changes?: boolean }> {
  if (!TOPOLOGY_KEYS.some((key) => isChanged(key, olds, news))) return { changes: false };
  const context = contextOf(news);
  if (context?.dryRun) {
    const message = await describeChange(news).catch(
      (error: unknown) => `the plan could not be made\n${error instanceof Error ? error.message : String(error)}`,
    );
    await connectEngineLog().log(context.urn, message, { passing: false });
  }
  return {};
}

async function describeChange(news: Props): Promise<string> {
  const inputs = pickTopology(news);
  if (hasUnknownValue(inputs))
    return "the plan is made when all inputs are known: some are outputs of resources that do not exist yet";
  const parsed = parseTopology(inputs);
  if (!("desired" in parsed)) return parsed.problems.join("\n");
  const planned = await operate(news, (session, _sink, watch) => watch(previewTopology({ ...session, sink: silent })));
  switch (planned.kind) {
    case "plan":
      return renderTopologyPlan(planned.plan, parsed.desired);
    case "refused":
      return renderRefusals(planned.refusals);
    case "nothing":
      return "no process of any cluster changes: replication runs on, and the new settings are stored";
  }
}

const silent = { emit: (): void => undefined };

async function create(inputs: Props): Promise<{ id: string; outs: Props }> {
  const lastRun = { id: "", at: new Date().toISOString(), outcome: "adopted" };
  return {
    id: "xdcr-pause",
    outs: clean({
      ...pickTopology(inputs),
      planSummary: inputs["planSummary"],
      schemaVersion: SCHEMA_VERSION,
      lastRun,
    }),
  };
}

async function update(_id: string, _olds: Props, news: Props): Promise<{ outs: Props }> {
  return operate(news, async (session, sink, watch) => {
    const run = await watch(pauseAll(session, (plan) => sink.emit({ text: summariseTopology(plan), passing: false })));
    const count = run.linksPaused.length;
    const outcome = count === 0 ? "nothing had to rest" : `${count} links rest`;
    sink.emit({
      text: count === 0 ? outcome : `${outcome} until every cluster is upgraded and finalised`,
      passing: false,
    });
    const lastRun = {
      id: run.runId,
      at: new Date(run.startedAtMs).toISOString(),
      outcome,
      ...(run.journalPath && { journal: run.journalPath }),
    };
    return {
      outs: clean({ ...pickTopology(news), planSummary: news["planSummary"], schemaVersion: SCHEMA_VERSION, lastRun }),
    };
  });
}

/** What rests is told by the clusters at every run; nothing is kept here that could be out of date. */
async function read(id: string, props: Props): Promise<{ id: string; props: Props; inputs: Props }> {
  const { lastRun: _run, schemaVersion: _schema, ...inputs } = props;
  return { id, props, inputs };
}

/** Forgets. Replication is never touched by taking it out of a program. */
async function remove(): Promise<void> {}

/** @public: loaded by name, from `index.ts`. */
export const xdcrPause = { check, diff, create, update, read, delete: remove };
