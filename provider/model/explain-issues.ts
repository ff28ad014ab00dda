// Puts zod's findings into our words: the path first, then what was found and what is expected.
// Values appear only where a rule of ours put them, so a secret can never be in a message.

import type { z } from "zod";
import { didYouMean } from "./did-you-mean";
import { shown } from "./plain-word";
import { valueAt } from "./unknown-value";

type Issue = z.core.$ZodIssue;

export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly why: string;
}

/** `nodes[3].zone: "eu 1" is not a zone name` */
export const problemLine = (problem: Problem): string => `${pathText(problem.path)}: ${problem.why}`;

export function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "(arguments)";
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const word = String(key);
      if (!/^[A-Za-z_][\w-]*$/.test(word)) return `[${shown(word)}]`;
      return index === 0 ? word : `.${word}`;
    })
    .join("");
}

/** One issue can be several problems: every unknown property gets its own line. */
export function explainIssue(
  issue: Issue,
  inputs: unknown,
  knownKeysAt: (path: readonly PropertyKey[]) => string[],
): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      why: `there is no such property${didYouMean(key, knownKeysAt(issue.path))}`,
    }));
  }
  return [{ path: issue.path, why: whyRefused(issue, valueAt(inputs, issue.path)) }];
}

function whyRefused(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type": {
      const expected = EXPECTED[issue.expected] ?? issue.expected;
      return value === undefined
        ? `is missing; ${expected} is expected`
        : `${expected} is expected, ${kindOf(value)} was given`;
    }
    case "invalid_value": {
      const choices = issue.values.map((choice) => String(choice));
      const list = choices.map((choice) => JSON.stringify(choice)).join(" or ");
      if (value === undefined) return `is missing; ${list} is expected`;
      if (typeof value !== "string") return `${list} is expected, ${kindOf(value)} was given`;
      return `${shown(value)} is not ${list}${meant(value, choices)}`;
    }
    case "too_small":
    case "too_big":
      return typeof value === "number" ? `${value} is not a whole number from 1 to 65535` : issue.message;
    default:
      return issue.message;
  }
}

/** The words of the databases that BMDB's operators know; "tserver" would otherwise be taken for "mserver". */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  master: "mserver",
  masters: "mserver",
  tserver: "dbserver",
  "tablet-server": "dbserver",
  tileserver: "dbserver",
};

function meant(value: string, choices: readonly string[]): string {
  const other = OTHER_NAMES[value.toLowerCase()];
  return other !== undefined && choices.includes(other) ? `; did you mean "${other}"?` : didYouMean(value, choices);
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : typeof value === "string" ? "a text" : `a ${typeof value}`;
}
