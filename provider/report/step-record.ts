// Follows a journal through the plan: which step was under way when something was written, and what came of it.

import type { JournalEvent, JournalStep } from "./journal-events";
import type { Evidence, Remark, ReportSection, StepState } from "./run-report";
import { tellFact } from "./tell-fact";

interface OpenStep {
  readonly step: JournalStep;
  beganAtMs?: number;
  endedAtMs?: number;
  isDone: boolean;
  readonly facts: string[];
  readonly waits: Remark[];
  evidence: readonly Evidence[];
}

interface Section {
  readonly title: string;
  readonly records: OpenStep[];
}

export interface StepRecord {
  take(entry: JournalEvent): void;
  /** `unended`: what a step is called that was begun and not done. */
  sections(unended: "failed" | "unfinished"): ReportSection[];
}

export function createStepRecord(): StepRecord {
  let sections: Section[] = [];
  let current: OpenStep | undefined;
  let lastAtMs = 0;
  const records = () => sections.flatMap((section) => section.records);
  return {
    take(entry) {
      const atMs = Date.parse(entry.at);
      if (entry.event !== "run_done" && entry.event !== "run_ended_early") lastAtMs = atMs;
      switch (entry.event) {
        case "run_started":
          sections = build(entry.sections);
          return;
        case "plan_changed": {
          // What is done stays; the new rest takes the place of the old one.
          const kept = keep(sections, entry.done ?? records().filter((record) => record.isDone).length);
          sections = join([...kept, ...build(entry.sections)]);
          current = undefined;
          return;
        }
        case "step_begun":
          current = records()[entry.number - 1];
          if (current) current.beganAtMs = atMs;
          return;
        case "step_done": {
          const record = current ?? records()[entry.done - 1];
          if (record) {
            record.isDone = true;
            record.endedAtMs = atMs;
          }
          current = undefined;
          return;
        }
        case "gate_wait":
        case "return_wait":
        case "watch_restarted":
          current?.waits.push({ atMs, text: entry.reason });
          return;
        default: {
          if (current === undefined) return;
          if ("evidence" in entry && entry.evidence.length > 0) current.evidence = entry.evidence;
          const fact = tellFact(entry);
          if (fact !== undefined && !current.facts.includes(fact)) current.facts.push(fact);
        }
      }
    },
    sections(unended) {
      let number = 0;
      return sections.map(({ title, records: own }) => ({
        title,
        steps: own.map((record) => {
          number += 1;
          const { id: _id, ...step } = record.step;
          const state = stateOf(record, unended);
          return {
            ...step,
            number,
            process: step.process,
            state,
            beganAtMs: record.beganAtMs,
            endedAtMs: record.endedAtMs ?? (state === "not_begun" ? undefined : lastAtMs),
            facts: record.facts,
            waits: record.waits,
            evidence: record.evidence,
          };
        }),
      }));
    },
  };
}

const stateOf = (record: OpenStep, unended: "failed" | "unfinished"): StepState =>
  record.isDone ? "done" : record.beganAtMs === undefined ? "not_begun" : unended;

const build = (sections: readonly { readonly title: string; readonly steps: readonly JournalStep[] }[]): Section[] =>
  sections.map(({ title, steps }) => ({
    title,
    records: steps.map((step) => ({ step, isDone: false, facts: [], waits: [], evidence: [] })),
  }));

function keep(sections: readonly Section[], count: number): Section[] {
  let left = count;
  return sections.flatMap(({ title, records }) => {
    const own = records.slice(0, left);
    left -= own.length;
    return own.length > 0 ? [{ title, records: own }] : [];
  });
}

/** A tier that was planned anew in its middle is still one tier. */
function join(sections: readonly Section[]): Section[] {
  const joined: Section[] = [];
  for (const section of sections) {
    const last = joined.at(-1);
    if (last?.title === section.title) last.records.push(...section.records);
    else joined.push(section);
  }
  return joined;
}
