import { type Asking, askFirst, askPage, NO_SUCH_PAGE, readAnswer } from "../../../provider/inventory/ask-page";
import { type Parsed, parsed, unparsed } from "../../../provider/model/fact";
import type { HttpAnswer } from "../../../provider/ports";
import { answering, pagesOf } from "../../support/cluster-pages";
import { createVirtualClock } from "../../support/virtual-clock";

const parse = (body: string): Parsed<string> =>
  body.startsWith("good") ? parsed(body) : unparsed(`not good: ${body}`);
const refused: HttpAnswer = { kind: "refused" };
const missing = answering("Error 404", 404);
const broken = answering("half", 200);

function ask(answers: readonly HttpAnswer[]) {
  const urls = answers.map((_, index) => `http://m${index + 1}/page`);
  const pages = pagesOf(new Map(answers.map((answer, index) => [urls[index] ?? "", answer])));
  const asking: Asking = { pages, clock: createVirtualClock(1_000), timeoutMs: 5_000 };
  return { pages, fact: askFirst(asking, urls, parse) };
}

test("the first good answer counts, with its place and time, and nobody further is asked", async () => {
  const { pages, fact } = ask([answering("good one"), answering("good two")]);
  expect(await fact).toEqual({ known: true, value: "good one", from: "http://m1/page", atMs: 1_000 });
  expect(pages.asked).toEqual(["http://m1/page"]);
});

test.each<[string, HttpAnswer]>([
  ["refuses", refused],
  ["closes", { kind: "closed" }],
  ["is silent", { kind: "timeout", afterMs: 5_000 }],
  ["has no such page", missing],
  ["answers nonsense with status 200", broken],
])("when the first one %s the next one is asked", async (_how, answer) => {
  expect(await ask([answer, answering("good two")]).fact).toMatchObject({ value: "good two", from: "http://m2/page" });
});

test("without anybody to ask nothing is known", async () => {
  expect(await ask([]).fact).toMatchObject({ known: false, why: "there is nobody to ask" });
});

describe("of several failures the most telling one is told", () => {
  test.each<[string, readonly HttpAnswer[], string]>([
    ["a failure before a missing page", [broken, missing], "not good: half"],
    ["a missing page before a failure", [missing, broken], "not good: half"],
    ["a missing page before one that is down", [missing, refused], NO_SUCH_PAGE],
    ["one that is down before a missing page", [refused, missing], NO_SUCH_PAGE],
    [
      "one that is down before a failure",
      [refused, { kind: "closed" }],
      "the connection closed without a whole answer",
    ],
    ["the last of equal ones", [answering("a", 500), answering("b", 502)], "status 502"],
  ])("%s", async (_situation, answers, why) => {
    expect(await ask(answers).fact).toMatchObject({ known: false, why });
  });
});

test.each<[HttpAnswer, string]>([
  [refused, "nobody listens there"],
  [{ kind: "closed" }, "the connection closed without a whole answer"],
  [{ kind: "timeout", afterMs: 700 }, "no answer within 700 ms"],
  [{ kind: "failed", message: "certificate has expired" }, "certificate has expired"],
  [missing, NO_SUCH_PAGE],
  [answering("good", 500), "status 500"],
  [answering("good", 204), "status 204"],
])("%j is not known, and the reason says why", (answer, why) => {
  expect(readAnswer(answer, parse)).toEqual({ ok: false, why });
});

test("one page alone is read the same way", async () => {
  const asking: Asking = { pages: pagesOf(new Map()), clock: createVirtualClock(), timeoutMs: 1 };
  expect(await askPage(asking, "http://m1/none", parse)).toMatchObject({ known: false, why: NO_SUCH_PAGE });
});
