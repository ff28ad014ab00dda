// One page from one process, or from the first of several that gives a usable answer.

import { type Fact, factOf, type Parsed, unparsed } from "../model/fact";
import type { Clock, HttpAnswer, WebPages } from "../ports";

export interface Asking {
  readonly pages: WebPages;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

export async function askPage<T>(asking: Asking, url: string, parse: (body: string) => Parsed<T>): Promise<Fact<T>> {
  const answer = await asking.pages.get(url, { timeoutMs: asking.timeoutMs });
  return factOf(readAnswer(answer, parse), url, asking.clock.nowMs());
}

/** What a release without that page answers. */
export const NO_SUCH_PAGE = "there is no such page";
const NOBODY_LISTENS = "nobody listens there";

// Who is down says nothing about a page; that it is missing under one of its names says less than that it failed.
const tellingOf = (why: string): number => (why === NOBODY_LISTENS ? 1 : why === NO_SUCH_PAGE ? 2 : 3);

/** Tries the urls in order until one answers in the right shape. Not known: with the most telling of the answers. */
export async function askFirst<T>(
  asking: Asking,
  urls: readonly string[],
  parse: (body: string) => Parsed<T>,
): Promise<Fact<T>> {
  let failure: Fact<T> = factOf(unparsed<T>("there is nobody to ask"), "", asking.clock.nowMs());
  let telling = 0;
  for (const url of urls) {
    const fact = await askPage(asking, url, parse);
    if (fact.known) return fact;
    if (tellingOf(fact.why) < telling) continue;
    failure = fact;
    telling = tellingOf(fact.why);
  }
  return failure;
}

export function readAnswer<T>(answer: HttpAnswer, parse: (body: string) => Parsed<T>): Parsed<T> {
  switch (answer.kind) {
    case "refused":
      return unparsed(NOBODY_LISTENS);
    case "closed":
      return unparsed("the connection closed without a whole answer");
    case "timeout":
      return unparsed(`no answer within ${answer.afterMs} ms`);
    case "failed":
      return unparsed(answer.message);
    case "answer":
      if (answer.status === 200) return parse(answer.body);
      return unparsed(answer.status === 404 ? NO_SUCH_PAGE : `status ${answer.status}`);
  }
}
