// Journals of earlier runs, for people who ask about them afterwards.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface JournalFile {
  readonly run: string;
  readonly path: string;
}

/** Oldest first: the names begin with the time. A directory that is not there holds none. */
export function listJournals(directory: string): JournalFile[] {
  const names = (existsSync(directory) ? readdirSync(directory) : []).filter((name) => name.endsWith(".jsonl"));
  return names.sort().map((name) => ({ run: basename(name, ".jsonl"), path: join(directory, name) }));
}

export const readJournalFile = ({ path }: Pick<JournalFile, "path">): string => readFileSync(path, "utf8");
