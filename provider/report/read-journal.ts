// Pure: the text of a journal file, or the entries of a run that just ended, as events. Nothing in it is trusted.

import { z } from "zod";
import { JOURNAL_SCHEMA, type JournalEvent, journalEvent } from "./journal-events";

export interface JournalContent {
  readonly events: readonly JournalEvent[];
  readonly troubles: readonly string[];
}

const header = z.looseObject({ schema: z.number().catch(1), event: z.string().catch("") });
const KNOWN: ReadonlySet<string> = new Set(journalEvent.options.map((option) => option.shape.event.value));

export function readJournal(text: string): JournalContent {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const values: unknown[] = [];
  let brokenCount = 0;
  let isCut = false;
  for (const [index, line] of lines.entries()) {
    try {
      values.push(JSON.parse(line));
    } catch {
      // A writer that was killed leaves half a line; that is a cut end, and not a broken file.
      if (index === lines.length - 1) isCut = true;
      else brokenCount += 1;
    }
  }
  const content = readEntries(values);
  return {
    events: content.events,
    troubles: [
      ...content.troubles,
      ...(isCut ? ["The last line of the journal is cut off."] : []),
      ...(brokenCount > 0 ? [`${brokenCount} lines of the journal cannot be read and are left out.`] : []),
    ],
  };
}

export function readEntries(values: readonly unknown[]): JournalContent {
  const events: JournalEvent[] = [];
  let newest = 0;
  let strangeCount = 0;
  for (const value of values) {
    const parsed = journalEvent.safeParse(value);
    if (parsed.success) {
      events.push(parsed.data);
      newest = Math.max(newest, parsed.data.schema);
      continue;
    }
    const head = header.safeParse(value);
    newest = Math.max(newest, head.data?.schema ?? 0);
    // An event that is not known is somebody's addition; one that is known and does not parse is damage.
    if (!head.success || KNOWN.has(head.data.event)) strangeCount += 1;
  }
  return {
    events,
    troubles: [
      ...(newest > JOURNAL_SCHEMA
        ? [`The journal was written by a newer version (schema ${newest}); parts of it may be missing here.`]
        : []),
      ...(strangeCount > 0 ? [`${strangeCount} entries of the journal are not understood and are left out.`] : []),
    ],
  };
}
