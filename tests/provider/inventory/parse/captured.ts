import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Parsed } from "../../../../provider/model/fact";

/** A real answer, unchanged. */
export const captured = (name: string): string =>
  readFileSync(join(__dirname, "../../../fixtures/captured", name), "utf8");

/** The same answer as a product whose renaming reaches into the field names would give it. */
export const renamed = (body: string): string =>
  body.replaceAll("tablet", "tile").replaceAll("masters", "mservers").replaceAll("master_addrs", "mserver_addrs");

export function valueFrom<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(`not parsed: ${result.why}`);
  return result.value;
}

/** Why it was refused; "" when it was not, so that an expectation on the text fails. */
export const whyNot = (result: Parsed<unknown>): string => (result.ok ? "" : result.why);
