// The resume after the clusters of a topology. It looks again whenever one of them ran, or something is left paused from before.

import { hasUnknownValue } from "../model/unknown-value";
import { linkId, type PauseRecord } from "../model/xdcr";
import { resumeAll, tellLeftLinks } from "../topology-engine";
import { contextOf, noteContext } from "./call-context";
import type { CheckResult } from "./check";
import { connectEngineLog } from "./engine-log";
import { SCHEMA_VERSION } from "./saved-state";
import { clean, isChanged, operate, type Props, pickTopology, TOPOLOGY_KEYS } from "./topology-call";

/** The pause before it has told all problems. */
async function check(_olds: Props, news: Props): Promise<CheckResult> {
  const { __ctx: context, ...inputs } = news;
  noteContext(inputs, context);
  return { inputs };
}

async function diff(_id: string, olds: Props, news: Props): Promise<{ changes?: boolean }> {
  const isOther = [...TOPOLOGY_KEYS, "ran"].some((key) => isChanged(key, olds, news));
  const isLeft = Object.keys(objectIn(olds, "xdcrPaused")).length > 0;
  if (!isOther && !isLeft) return { changes: false };
  const context = contextOf(news);
  // When the pause is going to run, its plan tells of the resume too.
  if (context?.dryRun && !hasUnknownValue(objectIn(news, "ran")["pause"]) && !hasUnknownValue(pickTopology(news))) {
    const lines = await operate(news, (session, _sink, watch) =>
      watch(tellLeftLinks({ ...session, sink: silent })),
    ).then(
      ({ told }) => told.map((line) => `${line} This \`pulumi up\` goes on, then resumes it.`),
      (error: unknown) => [
        `what is paused could not be read\n${error instanceof Error ? error.message : String(error)}`,
      ],
    );
    if (lines.length > 0) await connectEngineLog().log(context.urn, lines.join("\n"), { passing: false });
  }
  return isOther ? {} : { changes: true };
}

const silent = { emit: (): void => undefined };

const objectIn = (props: Props, key: string): Props => {
  const value = props[key];
  return typeof value === "object" && value !== null ? { ...value } : {};
};

/** Adoption resumes nothing either: what an earlier run left paused shows as a change of the next one. */
async function create(inputs: Props): Promise<{ id: string; outs: Props }> {
  return operate(inputs, async (session, sink, watch) => {
    const { told, linksPaused } = await watch(tellLeftLinks(session));
    for (const line of told) sink.emit({ text: `${line} The next \`pulumi up\` resumes it.`, passing: false });
    const lastRun = { id: "", at: new Date().toISOString(), outcome: "adopted" };
    return { id: "xdcr-resume", outs: buildOutputs(inputs, linksPaused, lastRun) };
  });
}

async function update(_id: string, _olds: Props, news: Props): Promise<{ outs: Props }> {
  return operate(news, async (session, _sink, watch) => {
    const run = await watch(resumeAll(session));
    const count = run.linksPaused.length;
    const lastRun = {
      id: run.runId,
      at: new Date(run.startedAtMs).toISOString(),
      outcome: count === 0 ? "nothing is left paused" : `${count} links stay paused`,
      ...(run.journalPath && { journal: run.journalPath }),
    };
    return { outs: buildOutputs(news, run.linksPaused, lastRun) };
  });
}

const buildOutputs = (inputs: Props, linksPaused: readonly PauseRecord[], lastRun: Props): Props =>
  clean({
    ...pickTopology(inputs),
    ran: inputs["ran"],
    schemaVersion: SCHEMA_VERSION,
    xdcrPaused: Object.fromEntries(linksPaused.map((record) => [linkId(record), record.since])),
    lastRun,
  });

async function read(id: string, props: Props): Promise<{ id: string; props: Props; inputs: Props }> {
  const { lastRun: _run, xdcrPaused: _paused, schemaVersion: _schema, ...inputs } = props;
  return { id, props, inputs };
}

/** Forgets. Replication is never touched by taking it out of a program. */
async function remove(): Promise<void> {}

/** @public: loaded by name, from `index.ts`. */
export const xdcrResume = { check, diff, create, update, read, delete: remove };
