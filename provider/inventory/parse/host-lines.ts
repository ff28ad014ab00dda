// The frame of the host-facts answer: `key value` lines between a first and a last line.

import { type Parsed, parsed, unparsed } from "../../model/fact";
import { HOST_FACTS_BEGIN, HOST_FACTS_END } from "../host-facts-command";

/** One `key value` line. */
export interface HostLine {
  readonly key: string;
  readonly value: string;
}

export function readHostLines(output: string): Parsed<readonly HostLine[]> {
  const lines = output.split("\n").map((line) => line.replace(/\r$/, ""));
  // Whatever a login shell printed stands before it.
  const begin = lines.indexOf(HOST_FACTS_BEGIN);
  if (begin < 0) return unparsed("the host's answer has no beginning");
  const end = lines.indexOf(HOST_FACTS_END, begin);
  if (end < 0) return unparsed("the host's answer is cut off");
  const read: HostLine[] = [];
  for (const line of lines.slice(begin + 1, end)) {
    const match = /^([a-z-]+) (.*)$/.exec(line);
    if (match?.[1] === undefined) return unparsed("the host's answer has a line that is not understood");
    read.push({ key: match[1], value: match[2] ?? "" });
  }
  return parsed(read);
}

/** What was asked in the same command, behind the frame; "" where the frame has no end. */
export function textAfterHostFacts(output: string): string {
  const end = new RegExp(`^${HOST_FACTS_END}\\r?\\n`, "m").exec(output);
  return end === null ? "" : output.slice(end.index + end[0].length);
}

/** Undefined for what is missing or not base64. */
export function decode(base64: string | undefined): Buffer | undefined {
  if (base64 === undefined || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  return Buffer.from(base64, "base64");
}
