import { readFileSync } from "node:fs";

/** The last lines of a log for an error's text; empty when there is none. */
export function readTail(file: string, lineCount = 15): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lineCount).join("\n");
  } catch {
    return "";
  }
}
