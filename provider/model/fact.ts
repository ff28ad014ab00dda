// A fact is something we saw, with where and when. "Not known" is a value of its own, with the reason,
// so that no gate can take silence for good news.

export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly from: string; readonly atMs: number }
  | { readonly known: false; readonly why: string; readonly from: string; readonly atMs: number };

/** What a parser made of one answer. It has no time and no place yet. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const unparsed = <T = never>(why: string): Parsed<T> => ({ ok: false, why });

/** The same, with a part or another form of the value. */
export const mapParsed = <T, U>(result: Parsed<T>, change: (value: T) => U): Parsed<U> =>
  result.ok ? parsed(change(result.value)) : result;

/** Gives a parsed answer its place and time. */
export function factOf<T>(result: Parsed<T>, from: string, atMs: number): Fact<T> {
  return result.ok ? { known: true, value: result.value, from, atMs } : { known: false, why: result.why, from, atMs };
}

/** The value, or undefined when it is not known. Only for display and for facts that no gate depends on. */
export const knownValue = <T>(fact: Fact<T> | undefined): T | undefined => (fact?.known ? fact.value : undefined);

/** Where facts come from that a host shows over ssh. */
export const overSsh = (node: string): string => `ssh ${node}`;
export const isFromSsh = (fact: Fact<unknown>): boolean => fact.from.startsWith(overSsh(""));
