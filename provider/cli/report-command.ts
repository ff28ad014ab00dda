// `pulumi-bmdb report`: what happened in a run, from its journal, also when the run itself could not say it any more.

import { type Command, Option } from "commander";
import { journalDirectory } from "../adapters/file-journal";
import { type JournalFile, listJournals, readJournalFile } from "../adapters/read-journals";
import { readJournal } from "../report/read-journal";
import { renderRunHtml } from "../report/render-run-html";
import { renderRunList } from "../report/render-run-list";
import { renderRunMarkdown } from "../report/render-run-markdown";
import { renderRunText } from "../report/render-run-text";
import type { RunReport } from "../report/run-report";
import { summariseRun } from "../report/summarise-run";

const FORMATS = {
  text: (report: RunReport) => `${renderRunText(report)}\n`,
  md: renderRunMarkdown,
  html: renderRunHtml,
} as const;

interface ReportOptions {
  readonly format: keyof typeof FORMATS;
  readonly dir?: string;
  readonly list?: true;
}

/** Adds `report [RUN]` to a program. */
export function addReportCommand(
  program: Command,
  print = (text: string): void => void process.stdout.write(text),
): void {
  program
    .command("report")
    .description("what happened in a run: from its journal, to the standard output")
    .argument("[run]", "id of the run, its beginning, or the path of a journal; the last run when left out")
    .option("--last", "the last run, as when no run is named")
    .addOption(new Option("--format <format>", "how").choices(Object.keys(FORMATS)).default("text"))
    .option("--list", "list the runs instead")
    .option("--dir <dir>", "where the journals are; .pulumi-bmdb beside Pulumi.yaml when left out")
    .action((run: string | undefined, options: ReportOptions) => {
      const directory = options.dir ?? journalDirectory(process.cwd());
      if (options.list) return print(renderRunList(listJournals(directory).flatMap((file) => summarise(file) ?? [])));
      print(FORMATS[options.format](find(run, directory)));
    });
}

const summarise = (file: Pick<JournalFile, "path">): RunReport | undefined =>
  summariseRun(readJournal(readJournalFile(file)));

function find(run: string | undefined, directory: string): RunReport {
  if (run?.endsWith(".jsonl")) {
    const report = summarise({ path: run });
    if (report === undefined) throw new Error(`${run} holds nothing that could be told.`);
    return report;
  }
  const files = listJournals(directory).filter((file) => run === undefined || file.run.startsWith(run));
  // One that was killed at once leaves an empty journal: there is nothing to tell of it.
  for (const file of files.reverse()) {
    const report = summarise(file);
    if (report !== undefined) return report;
  }
  throw new Error(
    `There is no ${run === undefined ? "run" : `run ${run}`} in ${directory}. Call it in the directory of Pulumi.yaml, give --dir, or see --list.`,
  );
}
