// Part of the composition root: the journal of a run, and the report that is made of it when the run ends.

import { openJournal } from "./adapters/file-journal";
import { writeReportFiles } from "./adapters/report-files";
import type { Journal, JournalEntry } from "./ports";
import { readEntries } from "./report/read-journal";
import { renderRunHtml } from "./report/render-run-html";
import { renderRunMarkdown } from "./report/render-run-markdown";
import { renderRunText } from "./report/render-run-text";
import { summariseRun } from "./report/summarise-run";

export interface RunRecord {
  readonly journal: Journal;
  /** Writes the report beside the journal, once. Never raises. Undefined: the run did nothing that could be told. */
  finish(): FinishedReport | undefined;
}

export interface FinishedReport {
  /** A few lines, for the outputs of the resource. */
  readonly summary: string;
  /** Of the HTML file; undefined when it could not be written. */
  readonly path: string | undefined;
}

/** `workingDirectory` undefined: nothing is written anywhere. */
export function openRunRecord(
  run: string,
  workingDirectory: string | undefined,
  onTrouble: (message: string) => void,
): RunRecord {
  const file = workingDirectory === undefined ? undefined : openJournal(run, workingDirectory, onTrouble);
  const entries: JournalEntry[] = [];
  let finished: { readonly report: FinishedReport | undefined } | undefined;
  return {
    journal: {
      path: file?.path,
      append(entry) {
        entries.push(entry);
        file?.append(entry);
      },
    },
    finish() {
      finished ??= { report: writeReport(entries, file?.path, onTrouble) };
      return finished.report;
    },
  };
}

function writeReport(
  entries: readonly JournalEntry[],
  journalPath: string | undefined,
  onTrouble: (message: string) => void,
): FinishedReport | undefined {
  try {
    const report = summariseRun(readEntries(entries));
    if (report === undefined) return undefined;
    const rendered = { html: renderRunHtml(report), markdown: renderRunMarkdown(report) };
    return {
      summary: renderRunText(report),
      path: journalPath === undefined ? undefined : writeReportFiles(journalPath, rendered, onTrouble),
    };
  } catch (error) {
    // A report that cannot be made must not turn a good roll into a failed one.
    onTrouble(`no report is made: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
