import { divideCosts, median, type Observed } from "../../benchmarks/roll/measure";
import { readLoopMarks, readProductMarks } from "../../benchmarks/roll/read-marks";

const startMs = Date.parse("2026-11-23T12:00:00.000Z");
const line = (event: string, afterMs: number, facts: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ event, at: new Date(startMs + afterMs).toISOString(), run: "r", ...facts });

const journal = [
  line("run_started", 0),
  line("step_done", 1_000, { step: "check_start" }),
  line("bm_admin", 1_500, { operation: "change_leader_blacklist" }),
  line("drained", 2_500),
  line("step_done", 2_500, { step: "drain_leaders:dbserver:db1" }),
  line("stopping", 3_000),
  line("step_done", 4_000, { step: "restart_process:dbserver:db1" }),
  line("step_done", 12_000, { step: "watch:dbserver:db1" }),
  line("stopping", 13_000),
  line("step_done", 22_000, { step: "watch:dbserver:db2" }),
].join("\n");

const observed: Observed = {
  truths: new Map([
    ["dbserver db1", { servingAtMs: startMs + 4_100, wholeAtMs: startMs + 5_000 }],
    ["dbserver db2", { servingAtMs: startMs + 14_000, wholeAtMs: startMs + 13_900 }],
  ]),
  commandsAtMs: [500, 1_000, 11_999, 12_000, 22_000].map((afterMs) => startMs + afterMs),
};

test("a process's time is divided into what the cluster needed, the pause, and the rest", () => {
  const costs = divideCosts(readProductMarks(journal), observed, 5_000);
  expect(costs).toEqual([
    {
      process: "dbserver db1",
      totalMs: 11_000,
      drainMs: 1_000,
      restartMs: 1_100,
      catchUpMs: 900,
      pauseMs: 5_000,
      overheadMs: 3_000,
      commandCount: 2,
    },
    {
      process: "dbserver db2",
      totalMs: 10_000,
      drainMs: 0,
      restartMs: 1_000,
      catchUpMs: 0,
      pauseMs: 5_000,
      overheadMs: 4_000,
      commandCount: 1,
    },
  ]);
});

test("a process whose start the sandbox did not see is not given a cost", () => {
  expect(() => divideCosts(readProductMarks(journal), { truths: new Map(), commandsAtMs: [] }, 0)).toThrow(
    "saw no start of dbserver db1",
  );
});

test("the loop's marks name its hosts as the sandbox does", () => {
  const output = [
    `@${startMs * 1000} begin`,
    `@${(startMs + 100) * 1000} stopping mserver 127.1.0.11`,
    "1 tile moved",
    `@${(startMs + 900) * 1000} started mserver 127.1.0.11`,
    `@${(startMs + 2_000) * 1000} done mserver 127.1.0.11`,
    `@${(startMs + 2_500) * 1000} end`,
  ].join("\n");
  expect(readLoopMarks(output, [{ name: "db1", address: "127.1.0.11" }])).toEqual([
    {
      process: "mserver db1",
      beganAtMs: startMs,
      stopOrderedAtMs: startMs + 100,
      doneAtMs: startMs + 2_000,
      drainMs: 0,
    },
  ]);
});

test("the median of an even number of values lies between the middle two", () => {
  expect(median([4, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
