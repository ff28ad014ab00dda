// The edge: text in, typed value out, or why not. Extra fields pass; a shape that differs does not.

import type { z } from "zod";
import { knownFieldName } from "../../dialect/fields";
import { cleanLine } from "../../errors/clean-output";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import { excerpt } from "./excerpt";
import { findPageError } from "./find-page-error";

export function readJson<T>(body: string, schema: z.ZodType<T>): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return unparsed(findPageError(body) ?? describeBroken(body));
  }
  const error = findErrorField(json);
  return error === undefined ? readShape(json, schema) : unparsed(`the server answered with an error: ${error}`);
}

/** The same for what was JSON, or another notation, and is a value already. */
export function readShape<T>(json: unknown, schema: z.ZodType<T>): Parsed<T> {
  const result = schema.safeParse(json);
  if (result.success) return parsed(result.data);
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? "the answer" : issue.path.map(String).join(".");
  return unparsed(`${cleanLine(place, 100)} is not what was expected: ${cleanLine(issue?.message ?? "")}`);
}

// A list under `error` is a note of newer releases beside good data, and is read by the parser that knows it.
function findErrorField(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const entry = Object.entries(json).find(([name]) => name === "error" || name === "Error");
  if (entry === undefined || Array.isArray(entry[1]) || entry[1] === null) return undefined;
  return showJson(entry[1]);
}

/** A value inside an answer as one short line. */
export function showJson(value: unknown): string {
  if (typeof value === "string") return excerpt(value);
  try {
    return excerpt(JSON.stringify(value));
  } catch {
    // What can be parsed can be nested too deep to be written.
    return "(nested too deep to show)";
  }
}

function describeBroken(body: string): string {
  return /^\s*[[{]/.test(body)
    ? `the JSON is broken or cut off after ${body.length} characters: ${excerpt(body, 80)}`
    : `the answer is not JSON: ${excerpt(body)}`;
}

/** The object with renamed words in its field names put back; anything else as it is. For `z.preprocess`. */
export function withKnownNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (Object.keys(value).every((name) => knownFieldName(name) === name)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [knownFieldName(name), field]));
}
