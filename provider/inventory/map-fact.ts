import type { Fact } from "../model/fact";

/** The fact about a part of the value; not known where the value does not hold that part. */
export function mapFact<T, U>(fact: Fact<T>, change: (value: T) => U | undefined): Fact<U> {
  if (!fact.known) return fact;
  const value = change(fact.value);
  return value === undefined
    ? { known: false, why: "the page does not say it", from: fact.from, atMs: fact.atMs }
    : { ...fact, value };
}
