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

/** Tries the urls in order until one answers in the right shape. Not known: with what the last one said. */
export async function askFirst<T>(
  asking: Asking,
  urls: readonly string[],
  parse: (body: string) => Parsed<T>,
): Promise<Fact<T>> {
  let last: Fact<T> = factOf(unparsed<T>("there is nobody to ask"), "", asking.clock.nowMs());
  for (const url of urls) {
    last = await askPage(asking, url, parse);
    if (last.known) return last;
  }
  return last;
}

export function readAnswer<T>(answer: HttpAnswer, parse: (body: string) => Parsed<T>): Parsed<T> {
  switch (answer.kind) {
    case "refused":
      return unparsed("nobody listens there");
    case "closed":
      return unparsed("the connection closed without a whole answer");
    case "timeout":
      return unparsed(`no answer within ${answer.afterMs} ms`);
    case "failed":
      return unparsed(answer.message);
    case "answer":
      return answer.status === 200 ? parse(answer.body) : unparsed(`status ${answer.status}`);
  }
}
