import { cleanLine } from "../../errors/clean-output";

/** The beginning of an answer as one short line for the inside of a sentence: no tags, no control characters, no secrets. */
export function excerpt(body: string, lengthMax = 160): string {
  const text = body
    .slice(0, 4_000)
    .replace(/<[^<>]*>/g, " ")
    .replace(/[\p{Cf}\u2028\u2029]/gu, "")
    .replace(/[ \t\r\n]+/g, " ")
    .trim();
  return cleanLine(text, lengthMax);
}
