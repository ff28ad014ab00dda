// One page from one process, or from the first of several that gives a usable answer.

import { type Fact, factOf, type Parsed, unparsed } from "../model/fact";
import type { Clock, HttpAnswer, WebPages } from "../ports";
import { findPageError } from "./parse/find-page-error";

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

export interface Question<T> {
  /** Tried in order until one answers in the right shape. */
  readonly urls: readonly string[];
  readonly parse: (body: string) => Parsed<T>;
}

export interface Asked<T> {
  readonly fact: Fact<T>;
  /** Whoever answered has no such page. False when somebody only failed: a page that is late is not missing. */
  readonly isMissing: boolean;
}

/** The first usable answer, or else the most telling failure. */
export async function askInTurn<T>(
  asking: Asking,
  { urls, parse }: Question<T>,
  wanted: "json" | "html" = "json",
): Promise<Asked<T>> {
  let failure: Fact<T> = factOf(unparsed<T>("there is nobody to ask"), "", asking.clock.nowMs());
  let telling = 0;
  for (const url of urls) {
    const answer = await asking.pages.get(url, { timeoutMs: asking.timeoutMs });
    const fact = factOf(readAnswer(answer, parse), url, asking.clock.nowMs());
    if (fact.known) return { fact, isMissing: false };
    const tellingNow = tellingOf(answer, wanted);
    if (tellingNow < telling) continue;
    failure = fact;
    telling = tellingNow;
  }
  return { fact: failure, isMissing: telling === TELLING.missing };
}

export const askFirst = async <T>(
  asking: Asking,
  urls: readonly string[],
  parse: (body: string) => Parsed<T>,
): Promise<Fact<T>> => (await askInTurn(asking, { urls, parse })).fact;

/** JSON where the release has it, and the HTML page that says the same where it has not. */
export async function askEither<T>(asking: Asking, json: Question<T>, html: Question<T>): Promise<Fact<T>> {
  const asked = await askInTurn(asking, json);
  if (!asked.isMissing) return asked.fact;
  const twin = await askInTurn(asking, html, "html");
  return twin.isMissing ? asked.fact : twin.fact;
}

// Who is down says nothing about a page; that it is missing under one of its names says less than that it failed.
const TELLING = { down: 1, missing: 2, failed: 3 } as const;

function tellingOf(answer: HttpAnswer, wanted: "json" | "html"): number {
  if (answer.kind === "refused") return TELLING.down;
  return isMissingPage(answer, wanted) ? TELLING.missing : TELLING.failed;
}

/** Says that the release has no such page: with its status, in words, or by showing a web page where data was asked for. */
export function isMissingPage(answer: HttpAnswer, wanted: "json" | "html" = "json"): boolean {
  if (answer.kind !== "answer") return false;
  if (answer.status !== 200) return answer.status === 404;
  const error = findPageError(answer.body);
  if (error !== undefined) return error.startsWith(NO_SUCH_PAGE);
  return wanted === "json" && /^\s*<(?:!doctype|html|head|body|h\d|div|table)\b/i.test(answer.body);
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
      if (answer.status === 200) return parse(answer.body);
      return unparsed(answer.status === 404 ? NO_SUCH_PAGE : `status ${answer.status}`);
  }
}
