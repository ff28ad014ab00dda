// Every gate with a case in which it is open and cases in which it is closed, with the words that a DBA reads.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gates } from "../../../provider/gates";
import { askGates } from "../../../provider/gates/ask-gates";
import { UNWAIVABLE_GATE_IDS, WAIVABLE_GATE_IDS } from "../../../provider/model/gate-ids";
import type { PlanStep } from "../../../provider/model/plan";
import type { GateVerdict } from "../../../provider/model/verdict";
import { buildDesired, buildInventory, unknown } from "../../support/build-cluster";
import { casesOfAStop } from "./cases-of-a-stop";
import { casesOfTheStart } from "./cases-of-the-start";
import { type Case, mserver, newMServers } from "./gate-cases";

const cases = [...casesOfAStop, ...casesOfTheStart];

function ask(id: string, { cluster = {}, inventory = {}, step, toBeStarted = [] }: Case): GateVerdict {
  const gate = gates.find((each) => each.id === id);
  if (!gate) throw new Error(`no gate ${id}`);
  const desired = buildDesired(cluster);
  const candidate = "process" in step ? step.process : undefined;
  return gate.ask({ desired, inventory: buildInventory(desired, inventory), step, candidate, toBeStarted });
}

test.each(cases)("%s, when %s", (id, _situation, situation, expected) => {
  const verdict = ask(id, situation);
  expect(verdict.kind === "open" ? "open" : `${verdict.kind}: ${verdict.reason}`).toBe(expected);
  // What it says instead of "Remove the cause, then run `pulumi up`" ends with a command as well.
  if (verdict.kind === "stop" && verdict.next) expect(verdict.next).toMatch(/`pulumi (up|preview)`/);
});

test("every gate has a case in which it is open and one in which it is closed", () => {
  for (const gate of gates) {
    const outcomes = cases.filter(([id]) => id === gate.id).map(([, , , expected]) => expected === "open");
    expect([gate.id, outcomes.includes(true), outcomes.includes(false)]).toEqual([gate.id, true, true]);
  }
});

test("a stop is told before a wait, because waiting for what cannot come helps nobody", () => {
  const desired = buildDesired();
  const inventory = buildInventory(desired, {
    facts: { mservers: unknown("silence") },
    processes: { "mserver:db2": { staged: null } },
  });
  const answer = askGates({
    desired,
    inventory,
    step: mserver("db2"),
    candidate: { node: "db2", role: "mserver" },
    toBeStarted: [],
  });
  expect(answer.closed?.verdict.kind).toBe("stop");
});

const lagging = (waive: Record<string, string>) => {
  const desired = buildDesired({ more: { policy: { waive } } });
  const inventory = buildInventory(desired, { processes: { ...newMServers, "dbserver:db3": { lagMs: 48_000 } } });
  const step: PlanStep = { kind: "watch", process: { node: "db1", role: "dbserver" } };
  return askGates({ desired, inventory, step, candidate: step.process, toBeStarted: [] });
};

test("a waived gate lets the roll go on, and is told with the reason that the program gives", () => {
  expect(lagging({}).closed?.gate).toBe("every_follower_is_current");
  const answer = lagging({ every_follower_is_current: "a backup runs on db3" });
  expect(answer.closed).toBeUndefined();
  expect(answer.waived).toMatchObject([{ gate: "every_follower_is_current", why: "a backup runs on db3" }]);
});

test("the gates in the code are those that arguments may waive and those that they may not", () => {
  expect([...gates.map((gate) => gate.id)].sort()).toEqual([...WAIVABLE_GATE_IDS, ...UNWAIVABLE_GATE_IDS].sort());
});

test("docs/gates.md lists exactly the gates in the code, in the same order", () => {
  const page = readFileSync(join(__dirname, "../../../docs/gates.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1]);
  expect(listed).toEqual(gates.map((gate) => gate.id));
});

/** A column of that page is free text; these are the words that it may use. */
const ASKED_BEFORE: Readonly<Record<string, readonly string[]>> = {
  "the roll": ["check_start"],
  "every stop": ["restart_process"],
  "every start": ["start_process"],
  "every stop and start": ["restart_process", "start_process"],
  "the stop of an MServer": ["restart_process"],
  "the stop of a DBServer": ["restart_process"],
  "the stop or start of a DBServer": ["restart_process", "start_process"],
  "the proof of return": ["prove_return"],
  "the watch": ["watch"],
  verification: ["verify_one_version"],
  promotion: ["promote_auto_flags"],
  "the BSQL catalog": ["upgrade_bsql_catalog"],
  "the end": ["check_end"],
};

test("docs/gates.md says before which steps each gate is asked, as the code does", () => {
  const page = readFileSync(join(__dirname, "../../../docs/gates.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| ([^|]+) \|/gm)];
  const told = rows.map(([, id, column = ""]) => [
    id,
    column
      .split(", ")
      .flatMap((words) => ASKED_BEFORE[words] ?? [`not understood: ${words}`])
      .sort(),
  ]);
  expect(told).toEqual(gates.map((gate) => [gate.id, [...gate.before].sort()]));
});
