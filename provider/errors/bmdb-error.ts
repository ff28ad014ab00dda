// Two families, never mixed. BmdbError: the world said no. BugError: we are wrong.
// They are told apart by a registered symbol, not by instanceof, because two copies of this package may be loaded.

const BMDB_ERROR = Symbol.for("pulumi-bmdb.BmdbError");
const BUG_ERROR = Symbol.for("pulumi-bmdb.BugError");

export interface ErrorText {
  /** Stable, PascalCase, listed in docs/errors.md. */
  readonly code: string;
  /** What was seen: past tense, with the node, the value and the limit. */
  readonly what: string;
  /** What would have gone wrong. */
  readonly why?: string;
  /** The state things are in now, then the one thing to do. */
  readonly next: string;
  readonly blame: "operator" | "cluster" | "environment";
  readonly retry: "automatic" | "after_operator" | "never";
  /** Facts for machines. Never a secret. */
  readonly evidence?: Readonly<Record<string, string | number | boolean>>;
  /** Remote output, already cleaned by `cleanOutput`. Comes last. */
  readonly output?: string;
}

export class BmdbError extends Error {
  readonly [BMDB_ERROR] = true;
  readonly text: ErrorText;

  constructor(text: ErrorText, options?: { cause?: unknown }) {
    super(`${text.code}: ${text.what}`, options);
    this.name = "BmdbError";
    this.text = text;
  }

  get code(): string {
    return this.text.code;
  }
}

export class BugError extends Error {
  readonly [BUG_ERROR] = true;

  constructor(message: string) {
    super(`${message} This is a bug in pulumi-bmdb; please report it with the journal file of the run.`);
    this.name = "BugError";
  }
}

export function isBmdbError(error: unknown, code?: string): error is BmdbError {
  if (typeof error !== "object" || error === null || !(BMDB_ERROR in error)) return false;
  return code === undefined || (error as BmdbError).text.code === code;
}

export const isBugError = (error: unknown): error is BugError =>
  typeof error === "object" && error !== null && BUG_ERROR in error;

/** States what must be true. When it is not, we are wrong and the run ends. */
export function assertBug(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BugError(message);
}
