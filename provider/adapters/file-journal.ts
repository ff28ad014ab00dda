// The journal: one JSON line per event, flushed as it is written, in `.pulumi-bmdb/` beside the Pulumi.yaml
// found upwards from the working directory. It is for people; the roll never reads it.

import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join, parse, resolve } from "node:path";
import type { Journal } from "../ports";

const SCHEMA_VERSION = 1;

export function openJournal(run: string, workingDirectory: string, onTrouble: (message: string) => void): Journal {
  let path: string | undefined;
  try {
    const directory = journalDirectory(workingDirectory);
    mkdirSync(directory, { recursive: true });
    path = join(directory, `${run}.jsonl`);
    appendFileSync(path, "", { mode: 0o600 });
  } catch (error) {
    onTrouble(`no journal is written: ${error instanceof Error ? error.message : String(error)}`);
    path = undefined;
  }
  return {
    path,
    append(entry) {
      if (path === undefined) return;
      try {
        appendFileSync(path, `${JSON.stringify({ schema: SCHEMA_VERSION, ...entry })}\n`);
      } catch (error) {
        onTrouble(`the journal ends here: ${error instanceof Error ? error.message : String(error)}`);
        path = undefined;
      }
    },
  };
}

/** Where journals are written, whether it is there already or not. */
export const journalDirectory = (workingDirectory: string): string =>
  process.env["PULUMI_BMDB_JOURNAL"] || join(findProject(workingDirectory), ".pulumi-bmdb");

function findProject(from: string): string {
  let directory = resolve(from);
  while (directory !== parse(directory).root) {
    if (existsSync(join(directory, "Pulumi.yaml")) || existsSync(join(directory, "Pulumi.yml"))) return directory;
    directory = dirname(directory);
  }
  return resolve(from);
}
