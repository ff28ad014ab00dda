// What a program waives is told aloud: once, and again whenever it is something else.

import { askAloud } from "../../../provider/executor/ask";
import type { PlanStep } from "../../../provider/model/plan";
import { buildDesired, buildInventory, known } from "../../support/build-cluster";
import { buildRun } from "../../support/build-run";

const why = "an index is being built";
const desired = buildDesired({
  more: { policy: { waive: { no_tile_is_leaderless: why, every_follower_is_current: why } } },
});
const step: PlanStep = { kind: "check_start" };

function prepare() {
  const run = buildRun({ desired });
  const ask = (tiles: string[], lagMs = 0) => {
    const inventory = buildInventory(desired, {
      facts: { tilesLeaderless: known(tiles) },
      processes: { "dbserver:db3": { lagMs } },
    });
    askAloud(run, { inventory, step, candidate: undefined, toBeStarted: [] });
  };
  const told = () => run.journalled.filter((entry) => entry.event === "gate_waived").map((entry) => entry["reason"]);
  return { run, ask, told };
}

test("a waiver is told again when what is waived is another one, and not while it is the same", () => {
  const { run, ask, told } = prepare();
  ask(["tile-1"]);
  ask(["tile-1"]);
  ask(["tile-1", "tile-2", "tile-3"]);
  ask(["tile-1"]);
  expect(told()).toEqual([
    expect.stringContaining("tile-1"),
    expect.stringContaining("tile-3"),
    expect.stringContaining("tile-1"),
  ]);
  expect(run.said.filter((event) => event.text.startsWith("waived no_tile_is_leaderless"))).toHaveLength(3);
});

test("a lag that counts up is one and the same", () => {
  const { ask, told } = prepare();
  ask([], 48_000);
  ask([], 49_500);
  expect(told()).toHaveLength(1);
});
