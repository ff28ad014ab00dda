// Who holds the lease, from what hosts answered and for how long it stayed the same.

import {
  judgeLease,
  type LeaseReading,
  majorityOf,
  noteSightings,
  type Sightings,
} from "../../../provider/lease/judge-lease";
import { type LeaseRecord, parseRecord, renderRecord } from "../../../provider/model/lease-record";

const NODES = ["db1", "db2", "db3"];
const TERM_MS = 60_000;

const record = (epoch: number, runId: string, more: Partial<LeaseRecord> = {}): string =>
  renderRecord({
    state: "held",
    epoch,
    beat: 0,
    termMs: TERM_MS,
    owner: { stack: "shop/prod", host: "h", person: "ada", runId, since: "2026-11-23T22:32:01.000Z" },
    ...more,
  });
const free = (epoch: number, runId: string) => record(epoch, runId, { state: "free" });

/** One text a node; null: it does not answer. */
function readAt(atMs: number, texts: readonly (string | null)[], tookMs = 0): LeaseReading {
  return {
    sentAtMs: atMs,
    answeredAtMs: atMs + tookMs,
    answers: new Map(
      texts.map((text, index) => [NODES[index] ?? "", text === null ? { failed: "no way there" } : parseRecord(text)]),
    ),
  };
}

/** Looks one after the other; the verdict after the last. */
function judge(readings: readonly LeaseReading[]) {
  let sightings: Sightings = new Map();
  for (const reading of readings) sightings = noteSightings(sightings, reading);
  const last = readings.at(-1);
  if (last === undefined) throw new Error("no reading");
  return judgeLease(NODES, last, sightings, TERM_MS);
}

test.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [5, 3],
])("of %d hosts %d are a majority", (count, majority) => {
  expect(majorityOf(count)).toBe(majority);
});

test("where nothing lies anywhere, epoch 1 may be taken", () => {
  expect(judge([readAt(0, ["", "", ""])])).toEqual({
    kind: "free",
    epoch: 1,
    expired: undefined,
    expected: new Map(NODES.map((node) => [node, ""])),
  });
});

test("the next epoch is above every one that was seen, and the hosts that answer are enough", () => {
  expect(judge([readAt(0, [free(4, "a"), null, free(9, "b")])])).toMatchObject({ kind: "free", epoch: 10 });
});

test("the next epoch is above that of hosts without an MServer, too, and these are no part of a majority", () => {
  const withDb4 = (texts: readonly (string | null)[]): LeaseReading => {
    const reading = readAt(0, texts);
    return { ...reading, answers: new Map([...reading.answers, ["db4", parseRecord(record(12, "a"))]]) };
  };
  expect(judge([withDb4(["", "", ""])])).toMatchObject({
    kind: "free",
    epoch: 13,
    expected: new Map(NODES.map((node) => [node, ""])),
  });
  expect(judge([withDb4(["", null, null])])).toMatchObject({ kind: "unreachable" });
});

test("fewer than a majority is no verdict, with why by host", () => {
  expect(judge([readAt(0, [free(4, "a"), null, null])])).toEqual({
    kind: "unreachable",
    failed: new Map([
      ["db2", "no way there"],
      ["db3", "no way there"],
    ]),
  });
});

test("a lease that is seen for the first time is waited for, for its own term", () => {
  const held = record(4, "a", { termMs: 90_000 });
  expect(judge([readAt(1_000, [held, held, held])])).toMatchObject({
    kind: "unchanged",
    by: { owner: { runId: "a" } },
    termMs: 90_000,
    forMs: 0,
    leftMs: 90_000,
  });
});

test("one that changes lives, on however few hosts it is seen to", () => {
  const [before, after] = [record(4, "a"), record(4, "a", { beat: 1 })];
  expect(judge([readAt(0, [before, before, before]), readAt(2_000, [before, before, after])])).toMatchObject({
    kind: "held",
    by: { owner: { runId: "a" }, beat: 1 },
  });
});

test("one that stayed the same for its term may be taken, and not a moment earlier", () => {
  const held = record(4, "a");
  const look = (atMs: number) => readAt(atMs, [held, held, held]);
  expect(judge([look(0), look(TERM_MS - 1)])).toMatchObject({ kind: "unchanged", leftMs: 1 });
  expect(judge([look(0), look(TERM_MS)])).toMatchObject({
    kind: "free",
    epoch: 5,
    expired: { owner: { runId: "a" } },
    expected: new Map(NODES.map((node) => [node, held])),
  });
});

test("the time that an answer is under way does not count", () => {
  const held = record(4, "a");
  const texts = [held, held, held];
  // Asked at 0, answered at 30 s: what it says may have been written just before.
  expect(judge([readAt(0, texts, 30_000), readAt(TERM_MS, texts, 40_000)])).toMatchObject({
    kind: "unchanged",
    leftMs: 30_000,
  });
});

test("a change begins the term anew, on each host by itself", () => {
  const held = record(4, "a");
  const other = record(5, "b");
  expect(
    judge([readAt(0, [held, held, held]), readAt(50_000, [held, held, other]), readAt(70_000, [held, held, other])]),
  ).toMatchObject({ kind: "unchanged", by: { owner: { runId: "b" } }, leftMs: 40_000 });
});

test("a host that did not answer for a while keeps what was seen of it", () => {
  const held = record(4, "a");
  expect(
    judge([readAt(0, [held, held, held]), readAt(30_000, [null, held, held]), readAt(TERM_MS, [held, held, held])]),
  ).toMatchObject({ kind: "free", epoch: 5 });
});

test("the wall clock in a record changes nothing", () => {
  const since = (text: string) => text.replace("2026-11-23", "2031-01-01");
  const held = record(4, "a");
  expect(judge([readAt(0, [since(held), since(held), since(held)])])).toMatchObject({
    kind: "unchanged",
    leftMs: TERM_MS,
  });
});

test("what an owner gave up on one host is over on those that he did not reach any more", () => {
  expect(judge([readAt(0, [free(4, "a"), record(4, "a"), null])])).toMatchObject({ kind: "free", epoch: 5 });
});

test("what one owner gave up says nothing about another, nor about an earlier lease of the same run", () => {
  expect(judge([readAt(0, [free(5, "b"), record(4, "a"), record(4, "a")])])).toMatchObject({ kind: "unchanged" });
  expect(judge([readAt(0, [free(5, "a"), record(6, "a"), record(6, "a")])])).toMatchObject({ kind: "unchanged" });
});

test("what a run could not take back of its own attempt keeps everybody waiting but itself", () => {
  const left = readAt(0, [record(5, "a"), free(4, "b"), ""]);
  expect(judge([left])).toMatchObject({ kind: "unchanged", by: { owner: { runId: "a" } } });
  expect(judgeLease(NODES, left, noteSightings(new Map(), left), TERM_MS, "a")).toMatchObject({
    kind: "free",
    epoch: 6,
    expired: undefined,
  });
});

test("somebody who takes a free lease is waited for, not taken for one who renews", () => {
  expect(
    judge([
      readAt(0, [free(4, "a"), free(4, "a"), free(4, "a")]),
      readAt(1_000, [record(5, "b"), free(4, "a"), free(4, "a")]),
    ]),
  ).toMatchObject({ kind: "unchanged", by: { owner: { runId: "b" } } });
});

test("a record that cannot be read is waited for like one that can, for this program's own term", () => {
  const garbled = readAt(0, ["half a rec", "", ""]);
  expect(judge([garbled])).toMatchObject({ kind: "unchanged", by: undefined, leftMs: TERM_MS });
  expect(judge([garbled, { ...garbled, sentAtMs: TERM_MS, answeredAtMs: TERM_MS }])).toMatchObject({
    kind: "free",
    epoch: 1,
    expected: new Map([
      ["db1", "half a rec"],
      ["db2", ""],
      ["db3", ""],
    ]),
  });
});
