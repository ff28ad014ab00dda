// The arguments exist three times: as the user's manual, as the table in docs/, and as the schema that refuses what is
// in neither. One of them alone must not change.

import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { clusterInputsSchema } from "../../provider/model/input-schema";
import { nameOfKey, readArguments } from "./read-arguments";

const args = readArguments();
const page = fs.readFileSync(path.join(__dirname, "..", "..", "docs", "arguments.md"), "utf8");
const rows = [...page.matchAll(/^\| +`([^`]+)` +\| +([^|]+?) +\| [^|]+\|$/gm)].map(([, name = "", standard = ""]) => ({
  name,
  standard: standard.replaceAll("`", ""),
}));

test("the page lists every argument, and no other", () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(args.map((arg) => arg.path).sort());
});

test("the page states the defaults of the docstrings", () => {
  const stated = new Map(rows.map(({ name, standard }) => [name, standard]));
  for (const arg of args) {
    expect([arg.path, stated.get(arg.path)]).toEqual([arg.path, arg.isRequired ? "required" : arg.standard]);
  }
});

test("every argument has a docstring", () => {
  expect(args.filter((arg) => !arg.hasText).map((arg) => arg.path)).toEqual([]);
});

test("the schema takes the same arguments, with the same ones required", () => {
  const taken = leaves(clusterInputsSchema, "", true).map(({ path: name, isRequired }) => `${name} ${isRequired}`);
  expect(taken.sort()).toEqual(args.map((arg) => `${arg.path} ${arg.isRequired}`).sort());
});

function leaves(schema: unknown, prefix: string, isRequired: boolean): { path: string; isRequired: boolean }[] {
  if (schema instanceof z.ZodOptional) return leaves(schema.unwrap(), prefix, false);
  if (schema instanceof z.ZodObject) {
    const dot = prefix === "" ? "" : ".";
    return Object.entries(schema.shape).flatMap(([key, inner]) => leaves(inner, `${prefix}${dot}${key}`, true));
  }
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodObject) {
    return leaves(schema.element, `${prefix}[]`, true);
  }
  if (schema instanceof z.ZodRecord && schema.valueType instanceof z.ZodObject) {
    return leaves(schema.valueType, `${prefix}.${nameOfKey(prefix)}`, true);
  }
  return [{ path: prefix, isRequired }];
}
