// The same leader is the same life of the same MServer: a new one knows little, whatever its uuid is.

import { forgetfulLeaderMemory, readLeader } from "../../../provider/inventory/leader-memory";
import { type Fact, knownValue } from "../../../provider/model/fact";
import type { MServerEntry } from "../../../provider/model/pages";
import { buildDesired, buildInventory, known, unknown } from "../../support/build-cluster";

type Leader = Partial<MServerEntry> | "nobody" | "silence";

function listOf(leader: Leader): Fact<readonly MServerEntry[]> {
  if (leader === "silence") return unknown("half a page");
  const { mservers } = buildInventory(buildDesired());
  if (!mservers.known) throw new Error("not known");
  return known(
    mservers.value.map((entry) => {
      if (entry.role !== "LEADER") return entry;
      return leader === "nobody" ? { ...entry, role: "FOLLOWER" } : { ...entry, ...leader };
    }),
  );
}

/** Readings as `[when, who leads]`; what is remembered after the last one. */
function read(...readings: readonly (readonly [nowMs: number, Leader])[]) {
  const memory = forgetfulLeaderMemory();
  let last: ReturnType<typeof readLeader> | undefined;
  for (const [nowMs, leader] of readings)
    last = readLeader({ mservers: listOf(leader), nowMs, gapMsMax: 6_000 }, memory);
  return knownValue(last);
}

const htmlUp = (uptimeSec: number | undefined): Leader => ({ startTimeUs: undefined, uptimeSec });

test("the same start of the same MServer is counted on, however long nobody looked", () => {
  expect(read([0, {}], [2_000, {}], [900_000, {}])).toMatchObject({ readingCount: 3, forMs: 900_000 });
});

test("an MServer that crashed and was elected again is a new leader", () => {
  expect(read([0, {}], [2_000, {}], [4_000, { startTimeUs: 2 }])).toMatchObject({ readingCount: 1, forMs: 0 });
});

test("another MServer, nobody, or no list at all begins the count anew", () => {
  expect(read([0, {}], [2_000, { uuid: "other" }])).toMatchObject({ uuid: "other", readingCount: 1 });
  expect(read([0, {}], [2_000, "nobody"], [4_000, {}])).toMatchObject({ readingCount: 1 });
  expect(read([0, {}], [2_000, "silence"], [4_000, {}])).toMatchObject({ readingCount: 1 });
});

test("where only uptimes are told, one that is shorter than we know it means a new start", () => {
  expect(read([0, htmlUp(70)], [100_000, htmlUp(170)])).toMatchObject({ readingCount: 2, forMs: 100_000 });
  expect(read([0, htmlUp(70)], [2_000, htmlUp(0)])).toMatchObject({ readingCount: 1, forMs: 0 });
});

test("where nothing tells its start, only readings that follow each other closely are of the same leader", () => {
  const untold = htmlUp(undefined);
  expect(read([0, untold], [6_000, untold])).toMatchObject({ readingCount: 2 });
  expect(read([0, untold], [6_001, untold])).toMatchObject({ readingCount: 1 });
});
