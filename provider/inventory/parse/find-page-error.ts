// BMDB answers its own failures with status 200. This is the one place that tells such an answer from data.

import { PAGE_ERRORS } from "../../dialect/page-errors";
import { excerpt } from "./excerpt";

/** Why this body is no data, or undefined. The text must come from outside a JSON string: peers' errors inside a list are data. */
export function findPageError(body: string): string | undefined {
  const text = body.trimStart();
  if (text === "") return "the answer is empty";
  const beginning = text.slice(0, 4_000);
  const found = PAGE_ERRORS.find(({ pattern }) => pattern.test(beginning));
  return found && `${found.meaning}: ${excerpt(beginning)}`;
}
