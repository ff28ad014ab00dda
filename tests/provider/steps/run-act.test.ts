// The act is launched once and its report read until it ends; what happens to the connection meanwhile does not matter to it.

import { type BmdbError, isBmdbError } from "../../../provider/errors/bmdb-error";
import { isSameProcess, type ProcessId } from "../../../provider/model/desired";
import type { Inventory } from "../../../provider/model/inventory";
import type { CommandResult, Shell } from "../../../provider/ports";
import { buildReadActCommand, NO_START_RECORD } from "../../../provider/steps/act-script";
import { actLimitMs, runAct } from "../../../provider/steps/run-act";
import { buildDesired, buildInventory, buildRunning, known } from "../../support/build-cluster";
import { buildRun, errorOf, inTurn } from "../../support/build-run";
import { saying } from "../../support/fake-cluster";

const process: ProcessId = { node: "db2", role: "dbserver" };
const desired = buildDesired();
const ID = "000000000000";
const stop = { pid: 4711, startTicks: "1000", timeoutMs: desired.policy.timeouts.stopMs };
type Reading = CommandResult | Error;

const report = (...lines: readonly string[]): CommandResult => saying([`act ${ID} 2.18.0.0`, ...lines, ""].join("\n"));

function act(
  readings: readonly [Reading, ...Reading[]],
  more: { readonly launched?: Reading; readonly isDown?: boolean; readonly collect?: () => Inventory } = {},
) {
  const launches: { command: string; stdin: string | undefined }[] = [];
  const next = inTurn(readings);
  const shell: Shell = {
    run: async (_node, command, { stdin }) => {
      const isReading = command === buildReadActCommand("dbserver");
      if (!isReading) launches.push({ command, stdin });
      const answer = isReading ? next() : (more.launched ?? saying(""));
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: async () => undefined,
  };
  const run = buildRun({ desired, shell, ...(more.collect && { collect: more.collect }) });
  const acting = () =>
    runAct(run, process, {
      stop: more.isDown ? undefined : stop,
      releaseDir: "/home/bigmath/softwarebm-2.18.0.0",
      own: { start: undefined, stop: undefined },
    });
  return { run, launches, acting };
}

async function textOf(promise: Promise<unknown>): Promise<BmdbError["text"]> {
  const error = await errorOf(promise);
  if (!isBmdbError(error)) throw error;
  return error.text;
}

test("an act is launched once, with its script on standard input, and gives the pid that it started", async () => {
  const { run, launches, acting } = act([
    report("stopping 4711"),
    report("stopping 4711", "stopped 4711", "done ok 5000"),
  ]);
  expect(await acting()).toBe(5000);
  expect(launches).toHaveLength(1);
  expect(launches[0]?.stdin).toContain("pid=4711");
  expect(run.journalled.map((entry) => entry.event)).toEqual(["act_launched", "act_done"]);
  expect(run.journalled[0]).toMatchObject({ process: "DBServer db2", act: ID, pidBefore: 4711 });
});

test("the report of an earlier act is not taken for this one's", async () => {
  const earlier = saying("act ffffffffffff 2.18.0.0\ndone ok 99\n");
  const { acting } = act([earlier, saying(""), report("done ok 5000")]);
  expect(await acting()).toBe(5000);
});

test("a connection that is lost while it is read does not lose the act", async () => {
  const { launches, acting } = act([new Error("lost"), new Error("lost again"), report("done ok 5000")]);
  expect(await acting()).toBe(5000);
  expect(launches).toHaveLength(1);
});

test("a run that is stopped meanwhile still reads the act to its end", async () => {
  const { run, acting } = act([report("stopping 4711"), report("done ok 5000")]);
  run.controller.abort(new Error("stopped by the operator"));
  expect(await acting()).toBe(5000);
});

test("a SIGKILL is journalled, and said", async () => {
  const { run, acting } = act([report("stopping 4711", "killed 4711 after 60 s", "stopped 4711", "done ok 5000")]);
  await acting();
  expect(run.journalled).toContainEqual(
    expect.objectContaining({ event: "killed_by_sigkill", line: "killed 4711 after 60 s" }),
  );
  expect(run.said.map(({ text }) => text)).toContain(
    "DBServer db2 did not end on SIGTERM within 60 s: ended by SIGKILL",
  );
});

test("what was left behind and ended is journalled, and said", async () => {
  const lines = ["left behind 4800 (postgres) ", "ending 4800 (postgres) ", "killed 4800 (postgres) after 60 s"];
  const { run, acting } = act([report("stopping 4711", "stopped 4711", ...lines, "done ok 5000")]);
  await acting();
  expect(run.journalled).toContainEqual(expect.objectContaining({ event: "children_left_behind", lines }));
  expect(run.said.map(({ text }) => text)).toContainEqual(
    expect.stringContaining("db2: after its end left behind 4800 (postgres)"),
  );
});

test("the act of a DBServer knows its BSQL port and every limit; an MServer's has no such port", async () => {
  const { run, launches, acting } = act([report("done ok 5000")]);
  await acting();
  expect(launches[0]?.stdin).toContain('port=":1539"');
  expect(launches[0]?.stdin).toContain("sleep 0.3");
  expect(run.desired.nodes.find((node) => node.name === "db2")?.ports.bsql).toBe(0x1539);
});

describe("an act that fails says what became of the process", () => {
  test.each<[string, Reading, boolean, string]>([
    [
      "before the stop",
      report("done failed it could not be started from /r: denied"),
      false,
      "It was not stopped and runs as before.",
    ],
    [
      "during the stop",
      report("stopping 4711", "done failed process 4711 does not end"),
      false,
      "It was told to stop and may still run.",
    ],
    ["after the stop", report("stopping 4711", "stopped 4711", "done failed its ports are busy"), false, "It is down."],
    [
      "with nothing to stop",
      report("done failed it could not be started from /r: denied"),
      true,
      "It is down, as before.",
    ],
  ])("%s", async (_when, reading, isDown, state) => {
    const text = await textOf(act([reading], { isDown }).acting());
    expect(text.code).toBe("RestartFailed");
    expect(text.next.startsWith(state)).toBe(true);
    expect(text.output).toContain("done failed");
  });

  test("when a process is down and nothing says how it is started, what to give", async () => {
    const text = await textOf(act([report(`done failed ${NO_START_RECORD}`)], { isDown: true }).acting());
    expect(text).toMatchObject({ code: "StartUnknown", next: expect.stringContaining("process.dbserver.args") });
  });

  test("when a running process has no record, that it was not stopped", async () => {
    const text = await textOf(act([report(`done failed ${NO_START_RECORD}`)]).acting());
    expect(text).toMatchObject({ code: "RestartFailed", next: expect.stringMatching(/^It was not stopped/) });
  });
});

test("an old binary that was started again in the meantime is named, with who started it", async () => {
  const running = buildRunning("dbserver", "2.16.0.0-b1", { pid: 4800, parent: { pid: 77, name: "runsv" } });
  const reading = report("stopping 4711", "stopped 4711", "done failed the old binary was started again: process 4800");
  const inventory = buildInventory(desired);
  const processes = inventory.processes.map((facts) =>
    isSameProcess(facts.id, process) ? { ...facts, running: known(running) } : facts,
  );
  const seen = act([reading], { collect: () => ({ ...inventory, processes }) });
  expect(await textOf(seen.acting())).toMatchObject({
    code: "OldBinaryCameBack",
    what: expect.stringMatching(/2\.16\.0\.0-b1 was started in its place: process 4800 .*process 77 \(runsv\)/),
  });
  expect((await textOf(act([reading]).acting())).what).toContain("process 4800 runs a binary that is not shown");
});

test("an act that could not be launched left the process as it was", async () => {
  const launched: CommandResult = { code: 75, stdout: "", stderr: "an act on this process is still running\n" };
  const { acting } = act([report("done ok 5000")], { launched });
  expect(await textOf(acting())).toMatchObject({
    code: "RestartFailed",
    what: expect.stringContaining("the act could not be launched: an act on this process is still running."),
  });
});

test("an act that does not end is given up at its limit, with the last thing that it said", async () => {
  const { run, acting } = act([report("stopping 4711")]);
  const text = await textOf(acting());
  expect(text.what).toContain("the act on db2 has not ended; last: stopping 4711");
  expect(run.clock.monotonicMs()).toBe(actLimitMs(desired.policy.timeouts));
});

test("what the shell raises at the launch is raised", async () => {
  const lost = new Error("lost");
  expect(await errorOf(act([report("done ok 5000")], { launched: lost }).acting())).toBe(lost);
});
