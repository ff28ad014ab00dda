// The reports of a run, beside its journal. Like the journal they are for people: writing them must not fail a roll.

import { writeFileSync } from "node:fs";

export interface RenderedReport {
  readonly html: string;
  readonly markdown: string;
}

/** The path of the HTML report, or undefined when it could not be written. */
export function writeReportFiles(
  journalPath: string,
  report: RenderedReport,
  onTrouble: (message: string) => void,
): string | undefined {
  const path = (ending: string): string => journalPath.replace(/(\.jsonl)?$/, ending);
  try {
    writeFileSync(path(".md"), report.markdown, { mode: 0o600 });
    writeFileSync(path(".html"), report.html, { mode: 0o600 });
    return path(".html");
  } catch (error) {
    onTrouble(`no report is written: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
