import { isAwaitingRestart, listAwaiting, stillAwaiting } from "../../../provider/model/awaiting-restart";
import type { Inventory, ProcessFacts } from "../../../provider/model/inventory";
import { buildDesired, buildInventory, buildRunning, known, unknown } from "../../support/build-cluster";

const DB2 = "DBServer db2";

/** The same cluster, with another fact about the running process of DBServer db2. */
function withRunning(running: ProcessFacts["running"]): Inventory {
  const inventory = buildInventory(buildDesired(), { running: "2.18.0.0-b1" });
  return {
    ...inventory,
    processes: inventory.processes.map((facts) =>
      facts.id.role === "dbserver" && facts.id.node === "db2" ? { ...facts, running } : facts,
    ),
  };
}
const before = withRunning(known(buildRunning("dbserver", "2.18.0.0-b1", { pid: 17, startTicks: 900 })));

test("right after the promotion every declared process waits", () => {
  expect(Object.keys(listAwaiting(before))).toHaveLength(6);
  expect(stillAwaiting(listAwaiting(before), before)).toEqual(listAwaiting(before));
});

test.each<[string, ProcessFacts["running"], boolean]>([
  ["the same process", known(buildRunning("dbserver", "2.18.0.0-b1", { pid: 17, startTicks: 900 })), true],
  ["another pid", known(buildRunning("dbserver", "2.18.0.0-b1", { pid: 18, startTicks: 900 })), false],
  [
    "the same pid with another start",
    known(buildRunning("dbserver", "2.18.0.0-b1", { pid: 17, startTicks: 901 })),
    false,
  ],
  ["none", known(null), false],
  ["one that cannot be seen", unknown("no ssh"), true],
])("a process that then shows as %s: waiting is %p with it", (_what, running, isWaiting) => {
  const left = stillAwaiting(listAwaiting(before), withRunning(running));
  expect(DB2 in left).toBe(isWaiting);
  expect(Object.keys(left)).toHaveLength(isWaiting ? 6 : 5);
});

test("what could not be identified at the promotion waits until we have restarted it ourselves", () => {
  const blind = listAwaiting(withRunning(unknown("no ssh")));
  expect(blind[DB2]).toBe("");
  expect(DB2 in stillAwaiting(blind, before)).toBe(true);
});

test("nothing waits where nothing was said", () => {
  for (const facts of before.processes) expect(isAwaitingRestart(undefined, facts)).toBe(false);
});
