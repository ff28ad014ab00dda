// Pure: the events of one run → RunReport. What the journal does not say stays undefined; nothing is guessed.

import type { DescribedFailure } from "./describe-failure";
import type { JournalEvent } from "./journal-events";
import type { JournalContent } from "./read-journal";
import type { Outcome, ReportProcess, ReportSection, RunReport } from "./run-report";
import { createStepRecord } from "./step-record";
import { tellRemark } from "./tell-remark";

type Event<Name extends JournalEvent["event"]> = Extract<JournalEvent, { event: Name }>;

/** Undefined: the journal holds nothing that could be told. */
export function summariseRun({ events, troubles }: JournalContent): RunReport | undefined {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const all = <Name extends JournalEvent["event"]>(name: Name): Event<Name>[] =>
    events.filter((entry): entry is Event<Name> => entry.event === name);
  const [started] = all("run_started");
  const [refused] = all("run_refused");
  const end = all("run_done")[0] ?? all("run_ended_early")[0];
  const failed = all("run_failed").at(-1) ?? all("not_begun").at(-1);
  const steps = createStepRecord();
  for (const entry of events) steps.take(entry);
  const outcome = outcomeOf(events);
  const startedAtMs = Date.parse((started ?? first).at);
  const sections = markStop(steps.sections(outcome === "cut_off" ? "unfinished" : "failed"), outcome);
  const promotions = all("promote_auto_flags");
  const promoted = promotions.find((entry) => entry.outcome === "promoted");
  const wasPromoted = promoted ?? promotions.find((entry) => entry.outcome === "nothing_to_promote");
  const catalog = all("upgrade_bsql").at(-1);
  const waived = all("gate_waived");
  return {
    run: first.run,
    outcome,
    from: started?.from ?? "",
    to: started?.to ?? refused?.to ?? all("adopt_started")[0]?.version ?? "",
    startedAtMs,
    // A clock that was set back on the way must not make a step end after the run.
    endedAtMs: Math.max(Date.parse((end ?? last).at), ...events.map((entry) => Date.parse(entry.at))),
    estimateMs: started?.estimateMs,
    clusterUuid: started?.clusterUuid,
    sections,
    processes: buildProcesses(started?.processes, end?.processes, all("returned"), all("watched"), all("stopping")),
    versionsAfter: end?.versions,
    autoFlags: wasPromoted && { promoted: promoted !== undefined, configVersion: wasPromoted.configVersion },
    isPastNoReturn: wasPromoted !== undefined,
    bsql: catalog && { outcome: catalog.outcome, attempts: catalog.attempt },
    findings: started?.findings ?? [],
    notes: started?.notes ?? [],
    remarks: events.flatMap((entry) => {
      const text = tellRemark(entry);
      return text === undefined ? [] : [{ atMs: Date.parse(entry.at), text }];
    }),
    waivers: Object.entries(started?.waive ?? {}).map(([gate, why]) => ({
      gate,
      why,
      seen: waived.find((entry) => entry.gate === gate)?.reason,
    })),
    failure: refused?.refusals[0] ?? (failed && pickFailure(failed)),
    leftBehind: end?.leftBehind,
    troubles,
  };
}

function outcomeOf(events: readonly JournalEvent[]): Outcome {
  for (const entry of [...events].reverse()) {
    if (entry.event === "run_done") return events.some((each) => each.event === "step_done") ? "done" : "nothing_to_do";
    if (entry.event === "run_ended_early") return entry.isCancelled ? "cancelled" : "stopped";
    if (entry.event === "not_begun" && events.some((each) => each.event === "run_started")) return "stopped";
    if (entry.event === "run_refused" || entry.event === "not_begun") return "refused";
    if (entry.event === "adopted") return "adopted";
  }
  return "cut_off";
}

/** A run can also end between two steps: then the arrow stands at the one that would have come next. */
function markStop(sections: readonly ReportSection[], outcome: Outcome): readonly ReportSection[] {
  if (outcome !== "stopped" && outcome !== "cancelled") return sections;
  const steps = sections.flatMap((section) => section.steps);
  if (steps.some((step) => step.state === "failed")) return sections;
  const next = steps.find((step) => step.state === "not_begun")?.number;
  return sections.map((section) => ({
    ...section,
    steps: section.steps.map((step) => (step.number === next ? { ...step, state: "failed" } : step)),
  }));
}

const pickFailure = ({ code, what, why, next, output }: Event<"run_failed" | "not_begun">): DescribedFailure => ({
  what,
  ...(code && { code }),
  ...(why && { why }),
  ...(next && { next }),
  ...(output && { output }),
});

function buildProcesses(
  before: Event<"run_started">["processes"],
  after: Event<"run_done">["processes"],
  returned: readonly Event<"returned">[],
  watched: readonly Event<"watched">[],
  stopped: readonly Event<"stopping">[],
): ReportProcess[] {
  return (before ?? after ?? []).map(({ version, ...process }): ReportProcess => {
    const own = <T extends { readonly process: string }>(entries: readonly T[]): T | undefined =>
      entries.filter((entry) => entry.process === process.name).at(-1);
    const back = own(returned);
    return {
      ...process,
      before: before === undefined ? "not known" : version,
      after: after?.find((each) => each.name === process.name)?.version ?? back?.version,
      pidBefore: own(stopped)?.pid ?? back?.pidBefore,
      pidAfter: back?.pid,
      returnedAfterMs: back?.afterMs,
      proof: back && {
        heartbeatAgeSec: back.heartbeatAgeSec,
        tiles: back.tiles,
        tilesBefore: back.tilesBefore,
        followerLagMs: back.followerLagMs,
      },
      watchReadingCount: own(watched)?.readingCount,
    };
  });
}
