// Two and more runs that want the same cluster, in every order in which their commands can arrive.

import { isBmdbError } from "../../../provider/errors/bmdb-error";
import { changeHost } from "../../../provider/executor/change-host";
import type { Run } from "../../../provider/executor/run";
import { parseRecord } from "../../../provider/model/lease-record";
import { buildDesired } from "../../support/build-cluster";
import {
  type Contender,
  createLeaseWorld,
  forEveryChoice,
  type LeaseWorld,
  type Outcome,
} from "../../support/lease-world";

const desired = buildDesired();
const TERM_MS = desired.policy.timeouts.leaseMs;
const HOUR_MS = 3_600_000;
const isLong = process.env["BMDB_TEST_LONG"] === "1";
const records = (world: LeaseWorld) => [...world.hosts.values()].map((host) => parseRecord(host.lease).record);

/** A roll of that length, which changes something on every host now and then; how many do so at a time is counted. */
function roll(inside: Set<string>, contender: Contender, lengthMs: number, stepMs = 30_000) {
  return async (held: Run) => {
    inside.add(contender.name);
    expect([...inside]).toEqual([contender.name]);
    for (let passedMs = 0; passedMs < lengthMs; passedMs += stepMs) {
      for (const node of desired.nodes) await changeHost(held, node.name, `change ${node.name}`, { timeoutMs: 1 });
      await held.ports.clock.sleep(stepMs);
    }
    inside.delete(contender.name);
    return "rolled";
  };
}

const codeOf = (outcome: Outcome | undefined): string =>
  outcome === undefined
    ? "still under way"
    : outcome.kind === "done"
      ? "done"
      : isBmdbError(outcome.error)
        ? outcome.error.code
        : String(outcome.error);

describe.each([
  ["with clocks that agree", 0, isLong ? 14 : 9],
  ["with clocks an hour apart", HOUR_MS, isLong ? 12 : 7],
  ["with clocks an hour apart the other way", -HOUR_MS, isLong ? 12 : 7],
])("two that start at the same moment, %s", (_how, offsetMs, depth) => {
  test("exactly one rolls, in whatever order their commands arrive, and the other is refused by name", async () => {
    const winners = new Set<string>();
    const playCount = await forEveryChoice(depth, async (choose) => {
      const world = createLeaseWorld(desired);
      const inside = new Set<string>();
      const [ada, bob] = [world.add("ada"), world.add("bob", offsetMs)];
      const outcomes = [ada, bob].map((each) => world.start(each, roll(inside, each, 30_000)));
      await world.play(() => outcomes.every(({ outcome }) => outcome() !== undefined), choose);
      expect(outcomes.map(({ outcome }) => codeOf(outcome())).sort()).toEqual(["LeaseHeld", "done"]);
      const winner = codeOf(outcomes[0]?.outcome()) === "done" ? ada : bob;
      const loser = winner === ada ? bob : ada;
      winners.add(winner.name);
      const error = outcomes.map(({ outcome }) => outcome()).find((each) => each?.kind === "failed");
      expect(error).toMatchObject({ error: { text: { what: expect.stringContaining(`shop/${winner.name}`) } } });
      expect(loser.done).toEqual([]);
      // Whatever the loser wrote is taken back, and the winner gave the lease back.
      expect(records(world).map((record) => record?.state)).toEqual(["free", "free", "free"]);
    });
    expect(playCount).toBe(2 ** depth);
    expect([...winners].sort()).toEqual(["ada", "bob"]);
  });
});

test("of four on five hosts, where each does not reach one of them, one at most rolls at a time, and one does", async () => {
  const five = buildDesired({ nodes: { db1: "both", db2: "both", db3: "both", db4: "both", db5: "both" } });
  let seed = 7;
  const random = (count: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * count);
  };
  for (let play = 0; play < 60; play += 1) {
    const world = createLeaseWorld(five);
    const contenders = ["ada", "bob", "cleo", "dora"].map((name, index) => world.add(name, index * HOUR_MS));
    for (const contender of contenders) contender.cutOff.add(`db${random(5) + 1}`);
    const inside = new Set<string>();
    const started = contenders.map((contender) =>
      world.start(contender, async (held) => {
        inside.add(contender.name);
        expect(inside.size).toBe(1);
        await held.ports.clock.sleep(70_000);
        inside.delete(contender.name);
      }),
    );
    await world.play(
      () => started.every(({ outcome }) => outcome() !== undefined),
      (names) => random(names.length),
    );
    const codes = started.map(({ outcome }) => codeOf(outcome()));
    expect(codes).toContain("done");
    expect(codes.every((code) => code === "done" || code === "LeaseHeld")).toBe(true);
  }
});

describe("a run that is killed", () => {
  test("at whichever command, with or without its arrival, keeps the next one waiting for a term at most", async () => {
    for (let at = 0; at < 24; at += 1)
      for (const arrives of [true, false]) {
        const world = createLeaseWorld(desired);
        const dead = world.add("ada");
        dead.death = { at, arrives };
        const inside = new Set<string>();
        world.start(dead, roll(new Set(), dead, 40_000, 10_000));
        // Long enough for whatever it does, and too short for its end.
        const watcher = world.add("timer");
        let isTime = false;
        void watcher.run.ports.clock.sleep(25_000).then(() => {
          isTime = true;
        });
        await world.play(
          () => isTime,
          () => 0,
        );
        const next = world.add("bob", -HOUR_MS);
        const startedMs = world.nowMs();
        const { outcome } = world.start(next, async (held) => {
          expect(world.nowMs() - startedMs).toBeLessThanOrEqual(TERM_MS + 10_000);
          return roll(inside, next, 10_000)(held);
        });
        await world.play(
          () => outcome() !== undefined,
          () => 0,
        );
        expect([at, arrives, codeOf(outcome())]).toEqual([at, arrives, "done"]);
        expect(next.done).toHaveLength(3);
      }
  });

  test("is told to whoever waits, with how long it is unchanged, and its lease is taken over only after the term", async () => {
    const world = createLeaseWorld(desired);
    const dead = world.add("ada");
    dead.death = { at: 9, arrives: true };
    world.start(dead, roll(new Set(), dead, HOUR_MS));
    const next = world.add("bob", HOUR_MS);
    const { outcome } = world.start(next, async () => world.nowMs());
    await world.play(
      () => outcome() !== undefined,
      () => 0,
    );
    const result = outcome();
    const tookOverAtMs = result?.kind === "done" ? Number(result.value) : 0;
    expect(tookOverAtMs).toBeGreaterThanOrEqual(TERM_MS);
    const said = next.run.said.map((event) => event.text);
    expect(said[0]).toMatch(/^waiting for the lease of shop\/ada \(ada on laptop-ada\), 0:00 of 1:00 unchanged$/);
    expect(said.some((line) => /, 0:4\d of 1:00 unchanged$/.test(line))).toBe(true);
    expect(said.at(-1)).toBe("took over the lease of shop/ada (ada on laptop-ada), which was not renewed for 1:00");
    expect(next.run.journalled).toContainEqual(
      expect.objectContaining({
        event: "lease_acquired",
        epoch: 2,
        takenOverFrom: expect.objectContaining({ person: "ada" }),
      }),
    );
  });
});

test("a run that slept through its term is refused by every host, and ends", async () => {
  const world = createLeaseWorld(desired);
  const sleeper = world.add("ada");
  const nodes = desired.nodes.map((node) => node.name);
  const slept = world.start(sleeper, async (held) => {
    await changeHost(held, "db1", "first", { timeoutMs: 1 });
    // Its laptop is closed: no renewal goes out any more.
    for (const node of nodes) sleeper.cutOff.add(node);
    await held.ports.clock.sleep(10 * TERM_MS);
    sleeper.cutOff.clear();
    await changeHost(held, "db1", "second", { timeoutMs: 1 });
  });
  const other = world.add("bob");
  const rolled = world.start(other, async (held) => {
    await held.lease.fence();
    await held.ports.clock.sleep(20 * TERM_MS);
  });
  await world.play(
    () => slept.outcome() !== undefined && rolled.outcome() !== undefined,
    () => 0,
  );
  expect(codeOf(slept.outcome())).toBe("LeaseLost");
  expect(codeOf(rolled.outcome())).toBe("done");
  expect(sleeper.done).toEqual(["db1: first"]);
});

test("the clock of the wall moves and nothing follows from it", async () => {
  const world = createLeaseWorld(desired);
  const owner = world.add("ada");
  const held = world.start(owner, roll(new Set(), owner, 5 * TERM_MS));
  // Its records say that it began a day from now.
  const other = world.add("bob", -24 * HOUR_MS);
  const refused = world.start(other, async () => undefined);
  await world.play(
    () => held.outcome() !== undefined && refused.outcome() !== undefined,
    () => 0,
  );
  expect(codeOf(held.outcome())).toBe("done");
  expect(codeOf(refused.outcome())).toBe("LeaseHeld");
});
