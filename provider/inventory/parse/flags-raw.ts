// `/varz?raw`: one `--name=value` a line. The page's title stands right before the first flag, without a line break.

import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { Flags, FlagValue } from "../../model/pages";
import { excerpt } from "./excerpt";
import { findPageError } from "./find-page-error";
import { rememberLast } from "./remember-last";

const FLAG = /^--([A-Za-z_][A-Za-z0-9_]*)=(.*)$/;

export const parseFlagsRaw = rememberLast((body: string): Parsed<Flags> => {
  const error = findPageError(body);
  if (error !== undefined) return unparsed(error);
  const flags = new Map<string, FlagValue>();
  let last: string | undefined;
  const lines = body
    .trim()
    .replace(/^Command-line Flags\s*(?=--)/i, "")
    .split("\n");
  for (const line of lines) {
    const match = FLAG.exec(line.replace(/\r$/, ""));
    const name = match?.[1];
    if (name !== undefined) {
      flags.set(name, { value: match?.[2] ?? "", type: undefined });
      last = name;
    } else if (last === undefined) {
      return unparsed(`the answer is not a list of flags: ${excerpt(body)}`);
    } else {
      // A value with a line break in it.
      flags.set(last, { value: `${flags.get(last)?.value}\n${line}`, type: undefined });
    }
  }
  return parsed(flags);
});
