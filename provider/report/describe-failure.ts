// What ended a run, as the journal keeps it: the parts of an error, without its stack.

import { isBmdbError } from "../errors/bmdb-error";
import { cleanLine } from "../errors/clean-output";

export interface DescribedFailure {
  readonly code?: string;
  readonly what: string;
  readonly why?: string;
  readonly next?: string;
  /** Of the remote command, cleaned. */
  readonly output?: string;
}

export function describeFailure(error: unknown): DescribedFailure {
  if (!isBmdbError(error)) return { what: cleanLine(error instanceof Error ? error.message : String(error), 600) };
  const { code, what, why, next, output } = error.text;
  return { code, what, ...(why && { why }), next, ...(output && { output }) };
}
