// A whole roll against a cluster in memory: what was done to which process, in which order, and what was left alone.

import { isBmdbError } from "../../../provider/errors/bmdb-error";
import { processKey } from "../../../provider/executor/run";
import { type RunResult, runPlan } from "../../../provider/executor/run-plan";
import { withLease } from "../../../provider/executor/with-lease";
import { listAwaiting } from "../../../provider/model/awaiting-restart";
import { type ProcessId, processName } from "../../../provider/model/desired";
import type { Inventory } from "../../../provider/model/inventory";
import { type Plan, stepId, stepsOf } from "../../../provider/model/plan";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { buildDesired, type ClusterShape, known, unknown } from "../../support/build-cluster";
import { buildRun, errorOf, type TestRun } from "../../support/build-run";
import { createFakeCluster, type FakeCluster, saying } from "../../support/fake-cluster";
import { createVirtualClock } from "../../support/virtual-clock";

const OWNER = {
  stack: "shop/prod",
  host: "laptop-7",
  person: "ada",
  runId: "run-1",
  since: "2026-01-01T00:00:00.000Z",
};

interface Roll {
  readonly cluster: FakeCluster;
  readonly run: TestRun;
  readonly first: Plan;
  go(): Promise<RunResult>;
}

interface Hooks {
  /** Called before every look at the cluster, with the story so far. */
  readonly beforeLook?: (cluster: FakeCluster, run: TestRun) => void;
  readonly shape?: ClusterShape;
  readonly prepare?: (cluster: FakeCluster) => void;
  /** Left in hand by a run before this one. */
  readonly earlier?: readonly ProcessId[];
  /** Names of processes that have to be restarted once more for AutoFlags. */
  readonly awaiting?: readonly string[];
}

function prepareRoll({ beforeLook, shape = {}, prepare, earlier, awaiting = [] }: Hooks = {}): Roll {
  const desired = buildDesired(shape);
  const clock = createVirtualClock();
  const cluster = createFakeCluster(desired, clock);
  prepare?.(cluster);
  const awaitingAtFirst = listAwaiting(cluster.collect());
  const inHand = new Map((earlier ?? []).map((id) => [processKey(id), id]));
  const planAgain = (inventory: Inventory) =>
    planUpgrade(desired, inventory, {
      finalizedVersion: undefined,
      adoptedVersion: undefined,
      awaitingRestart: Object.fromEntries(
        Object.entries(awaitingAtFirst).filter(
          ([name]) =>
            awaiting.includes(name) && !cluster.story.some((line) => line.startsWith(`start ${name.toLowerCase()} `)),
        ),
      ),
      inHand: [...inHand.values()].map(processName),
    });
  const planned = planAgain(cluster.collect());
  if (planned.kind === "refused") throw new Error(JSON.stringify(planned.refusals));
  const run: TestRun = {
    ...buildRun({
      desired,
      clock,
      shell: cluster.shell,
      collect: () => {
        beforeLook?.(cluster, run);
        return cluster.collect();
      },
    }),
    inHand,
  };
  return {
    cluster,
    run,
    first: planned.plan,
    go: () => withLease(run, OWNER, (held) => runPlan(held, planned.plan, planAgain)),
  };
}

const errorText = (result: RunResult) => {
  if (!isBmdbError(result.error)) throw new Error(`not an error of ours: ${String(result.error)}`);
  return result.error.text;
};
const processKeyOf = (name: string): string => name.toLowerCase().replace(" ", ":");
const events = (run: TestRun, event: string) => run.journalled.filter((entry) => entry.event === event);

test("processes are restarted in the order of the plan, and only then is the cluster finalized", async () => {
  const { cluster, run, go } = prepareRoll();
  const result = await go();
  expect(result.error).toBeUndefined();
  expect(result.isFinalized).toBe(true);
  expect(cluster.story).toEqual([
    "stop mserver db2",
    "start mserver db2 2.18.0.0",
    "stop mserver db3",
    "start mserver db3 2.18.0.0",
    "stop mserver db1",
    "start mserver db1 2.18.0.0",
    "stop dbserver db1",
    "start dbserver db1 2.18.0.0",
    "stop dbserver db2",
    "start dbserver db2 2.18.0.0",
    "stop dbserver db3",
    "start dbserver db3 2.18.0.0",
    "promote_auto_flags",
    "upgrade_bsql",
  ]);
  expect(events(run, "plan_changed")).toEqual([]);
});

test("every step of the plan is done once and in its order", async () => {
  const { run, first, go } = prepareRoll();
  const result = await go();
  expect(events(run, "step_done").map((entry) => entry["step"])).toEqual(stepsOf(first).map(stepId));
  expect(result.doneCount).toBe(stepsOf(first).length);
});

test("after every restart the process is proven back and watched for the whole pause before the next stop", async () => {
  const { run, go } = prepareRoll();
  await go();
  const stops = events(run, "stopping").map((entry) => Date.parse(entry.at));
  const watched = events(run, "watched").map((entry) => Date.parse(entry.at));
  const returned = events(run, "returned").map((entry) => Date.parse(entry.at));
  expect(stops).toHaveLength(6);
  for (const [index, at] of watched.entries()) {
    expect(at - (returned[index] ?? 0)).toBeGreaterThanOrEqual(run.desired.policy.pauseMs);
    expect(stops[index + 1] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(at);
  }
});

test("how every process is started is written down before the first stop", async () => {
  const { run, go } = prepareRoll();
  await go();
  const order = run.journalled.map((entry) => entry.event);
  expect(order.lastIndexOf("start_recorded")).toBeLessThan(order.indexOf("stopping"));
  expect(events(run, "start_recorded")).toHaveLength(6);
});

test("the first process that does not come back ends the roll, and nothing after it is touched", async () => {
  const { cluster, go, first } = prepareRoll({ prepare: (each) => each.dying.add("dbserver:db1") });
  const result = await go();
  expect(errorText(result)).toMatchObject({ code: "DiedAtStart", output: "F dbserver of db1: cannot open its data" });
  expect(cluster.story.slice(-2)).toEqual(["stop dbserver db1", "start dbserver db1 2.18.0.0"]);
  expect(result.isFinalized).toBe(false);
  expect(stepsOf(first)[result.doneCount]).toEqual({
    kind: "prove_return",
    process: { node: "db1", role: "dbserver" },
  });
});

test("a gate that stays closed ends the roll before its step", async () => {
  const { cluster, go } = prepareRoll({
    beforeLook: (each) => {
      if (each.story.includes("start mserver db2 2.18.0.0")) each.facts = () => ({ tilesUnderReplicated: unknown() });
    },
  });
  const result = await go();
  expect(errorText(result).code).toBe("DidNotReturn");
  expect(errorText(result).what).toContain("no_tile_is_under_replicated");
  expect(cluster.story).toEqual(["stop mserver db2", "start mserver db2 2.18.0.0"]);
});

test("when leadership moved since the plan, the rest is planned anew and the leader still goes last", async () => {
  let looks = 0;
  const { cluster, run, go } = prepareRoll({
    beforeLook: (each) => {
      looks += 1;
      // The second look is the one right before db2 would be stopped.
      if (looks === 2) each.leader = "db2";
    },
  });
  const result = await go();
  expect(result.error).toBeUndefined();
  expect(cluster.story.filter((line) => line.startsWith("stop mserver"))).toEqual([
    "stop mserver db1",
    "stop mserver db3",
    "stop mserver db2",
  ]);
  expect(events(run, "plan_changed")).toHaveLength(1);
});

test.each(["mserver:db2", "mserver:db1", "dbserver:db1", "dbserver:db3"])(
  "trouble that begins when everything before %s has ended is seen before its stop: no fact is older than the step",
  async (key) => {
    const troubledMs = 20_000;
    let beganMs: number | undefined;
    let toldMs = Number.NaN;
    const beforeLook = (each: FakeCluster, run: TestRun) => {
      const isItsTurn = events(run, "step_begun").at(-1)?.["step"] === `restart_process:${key}`;
      if (isItsTurn) beganMs ??= run.clock.monotonicMs();
      const isTroubled = isItsTurn && run.clock.monotonicMs() - (beganMs ?? 0) < troubledMs;
      each.facts = () => (isTroubled ? { tilesLeaderless: known(["tile-1"]) } : {});
    };
    const { cluster, run, go } = prepareRoll({ beforeLook });
    const append = run.ports.journal.append;
    run.ports.journal.append = (entry) => {
      append(entry);
      const isIts = entry.event === "stopping" && processKeyOf(String(entry["process"])) === key;
      if (isIts) toldMs = run.clock.monotonicMs();
    };
    expect((await go()).error).toBeUndefined();
    expect(cluster.story).toContain(`stop ${key.replace(":", " ")}`);
    expect(toldMs - (beganMs ?? Number.NaN)).toBeGreaterThanOrEqual(troubledMs);
  },
);

test("leadership that moves again and again ends the roll instead of going round forever", async () => {
  let looks = 0;
  const { cluster, go } = prepareRoll({
    beforeLook: (each) => {
      looks += 1;
      // Whoever is about to be stopped leads at that moment, and another one when the plan is made anew.
      each.leader =
        looks % 2 === 0 ? (["db2", "db1"][(looks / 2 + 1) % 2] ?? "") : (["db1", "db2"][((looks - 1) / 2) % 2] ?? "");
    },
  });
  const result = await go();
  expect(errorText(result)).toMatchObject({ code: "GateClosed", evidence: { gate: "leader_mserver_goes_last" } });
  expect(cluster.story).toEqual([]);
});

test("a process that somebody else upgraded meanwhile is not restarted again", async () => {
  const { cluster, run, go } = prepareRoll({
    beforeLook: (each) => {
      if (!each.story.includes("start dbserver db1 2.18.0.0")) return;
      each.process("dbserver:db3").version = "2.18.0.0-b1";
    },
  });
  const result = await go();
  expect(result.error).toBeUndefined();
  expect(cluster.story).not.toContain("stop dbserver db3");
  expect(cluster.story.slice(-2)).toEqual(["promote_auto_flags", "upgrade_bsql"]);
  expect(events(run, "plan_changed")).toHaveLength(1);
  expect(stepsOf(result.plan)).toHaveLength(result.doneCount);
});

describe("a process that was restarted on the new release by somebody else, after the plan was made anew", () => {
  /** By a person, or by an act of a dead run that was held up: right before this step looks at the cluster. */
  const restartedBefore = (step: string, key: string): Hooks => {
    let isDone = false;
    return {
      beforeLook: (each, run) => {
        if (isDone || events(run, "step_begun").at(-1)?.["step"] !== step) return;
        isDone = true;
        const process = each.process(key);
        process.version = "2.18.0.0-b1";
        process.pid = 4711;
        process.startedAtMs = run.clock.monotonicMs();
      },
    };
  };

  test.each([
    ["restart_process:mserver:db3", "mserver:db3", "MServer db3"],
    ["step_down_leader:mserver:db1", "mserver:db1", "MServer db1"],
    ["drain_leaders:dbserver:db2", "dbserver:db2", "DBServer db2"],
    ["restart_process:dbserver:db2", "dbserver:db2", "DBServer db2"],
  ])(
    "is seen at %s: it is not stopped once more, but proven back and watched like the others",
    async (step, key, name) => {
      const { cluster, run, go } = prepareRoll(restartedBefore(step, key));
      const result = await go();
      expect(result.error).toBeUndefined();
      expect(cluster.story).not.toContain(`stop ${key.replace(":", " ")}`);
      expect(cluster.story.filter((line) => line.startsWith("stop "))).toHaveLength(5);
      expect(cluster.process(key).pid).toBe(4711);
      for (const event of ["returned", "watched"])
        expect(events(run, event).map((entry) => entry["process"])).toContain(name);
      expect(events(run, "remark").map((entry) => entry["text"])).toContain(
        `${name} runs 2.18.0.0 already: somebody restarted it meanwhile. It is not stopped again, but proven back and watched`,
      );
      expect(run.inHand.size).toBe(0);
      expect(cluster.blacklist.size).toBe(0);
      const isSpared = step.startsWith("step_down") || step.startsWith("drain");
      expect(cluster.care.filter((line) => /hand over|ADD/.test(line))).toHaveLength(isSpared ? 3 : 4);
    },
  );

  test("is restarted all the same where it waits for one more restart, although it runs the new release", async () => {
    const prepare = (cluster: FakeCluster) => {
      for (const each of cluster.processes) each.version = "2.18.0.0-b1";
    };
    const { cluster, run, first, go } = prepareRoll({ prepare, awaiting: ["DBServer db2"] });
    expect(stepsOf(first).map(stepId)).toContain("restart_process:dbserver:db2");
    expect((await go()).error).toBeUndefined();
    expect(cluster.story).toContain("stop dbserver db2");
    expect(events(run, "remark")).toEqual([]);
  });
});

test("a process that went down by itself meanwhile ends the roll, and the text does not say that nothing was changed", async () => {
  const { cluster, run, go } = prepareRoll({
    beforeLook: (each) => {
      if (events(run, "watched").length === 1) each.process("dbserver:db3").pid = null;
    },
  });
  const result = await go();
  expect(errorText(result).code).toBe("ProcessDown");
  expect(errorText(result).next).toMatch(/^Nothing further was stopped\./);
  expect(cluster.story).toEqual(["stop mserver db2", "start mserver db2 2.18.0.0"]);
});

const whenUnseen = (looksUntilSeen: number): Hooks => {
  let unseenLooks = 0;
  return {
    beforeLook: (each, run) => {
      const isAfterFirst = events(run, "watched").length === 1 && unseenLooks < looksUntilSeen;
      if (isAfterFirst) unseenLooks += 1;
      each.facts = () => {
        if (!isAfterFirst) return {};
        each.facts = () => ({});
        const { processes } = each.collect();
        return {
          processes: processes.map((facts) =>
            facts.id.node === "db3" && facts.id.role === "dbserver"
              ? { ...facts, isAnswering: unknown("too late"), version: unknown("too late") }
              : facts,
          ),
        };
      };
    },
  };
};

test("one page that failed while the plan was made anew does not end the roll", async () => {
  const { cluster, go } = prepareRoll(whenUnseen(3));
  expect((await go()).error).toBeUndefined();
  expect(cluster.story).toContain("upgrade_bsql");
});

test("a process that is not seen for the gates' whole limit ends the roll", async () => {
  const { cluster, run, go } = prepareRoll(whenUnseen(Number.POSITIVE_INFINITY));
  const startedMs = run.clock.monotonicMs();
  const result = await go();
  expect(errorText(result).code).toBe("ProcessUnseen");
  expect(run.clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(run.desired.policy.timeouts.gateMs);
  expect(cluster.story).toEqual(["stop mserver db2", "start mserver db2 2.18.0.0"]);
});

test("a process that answers but is not on its host is not started a second time", async () => {
  const { cluster, go } = prepareRoll({
    beforeLook: (each, run) => {
      if (events(run, "step_done").length === 0) return;
      each.facts = () => {
        each.facts = () => ({});
        return { processes: each.collect().processes.map((facts) => ({ ...facts, running: known(null) })) };
      };
    },
  });
  expect(errorText(await go()).code).toBe("ProcessNotOnHost");
  expect(cluster.story).toEqual([]);
});

test("no new AutoFlags after an attempt whose answer was lost is told as what it is, and not as nothing to promote", async () => {
  const lost = saying("Unable to promote AutoFlags: PromoteAutoFlags RPC timed out after 180.000s\n", 1);
  const { cluster, run, go } = prepareRoll();
  let asked = 0;
  cluster.bmAdmin = (operation) => {
    if (operation !== "promote_auto_flags") return saying("BSQL successfully upgraded to the latest version\n");
    asked += 1;
    return asked === 1 ? lost : saying("PromoteAutoFlags status: \nNo new AutoFlags to promote\n");
  };
  const result = await go();
  expect(result).toMatchObject({ isFinalized: true, promotionNote: expect.stringContaining("is not known") });
  expect(run.said.map((event) => event.text).filter((text) => text.includes("no new AutoFlags"))).toEqual([
    expect.stringContaining("the answer to an earlier attempt of ours was lost"),
  ]);
  expect(events(run, "remark").map((entry) => entry["text"])).toContain(result.promotionNote);
  expect(run.promotion.isUnanswered).toBe(false);
});

test("every one of several that were down is proven and watched, although it answers on the new release long before", async () => {
  const prepare = (cluster: FakeCluster) => {
    for (const each of cluster.processes) each.version = "2.18.0.0-b1";
    for (const key of ["dbserver:db3", "dbserver:db5"]) cluster.process(key).pid = null;
  };
  const names = ["db1", "db2", "db3", "db4", "db5"];
  const shape = { nodes: Object.fromEntries(names.map((name) => [name, "both" as const])) };
  const { run, go } = prepareRoll({ prepare, shape });
  expect((await go()).error).toBeUndefined();
  const started = ["DBServer db3", "DBServer db5"];
  expect(events(run, "watched").map((entry) => entry["process"])).toEqual(expect.arrayContaining(started));
  expect(events(run, "returned").map((entry) => entry["process"])).toEqual(expect.arrayContaining(started));
  expect(run.inHand.size).toBe(0);
});

test("what an earlier run left in hand is proven and watched before anything else of its tier is stopped", async () => {
  const prepare = (cluster: FakeCluster) => {
    cluster.process("mserver:db3").version = "2.18.0.0-b1";
  };
  const { run, go } = prepareRoll({ prepare, earlier: [{ node: "db3", role: "mserver" }] });
  expect((await go()).error).toBeUndefined();
  const order = run.journalled.filter((entry) => ["stopping", "returned", "watched"].includes(entry.event));
  expect(order.slice(0, 3).map((entry) => `${entry.event} ${String(entry["process"])}`)).toEqual([
    "returned MServer db3",
    "watched MServer db3",
    "stopping MServer db2",
  ]);
  expect(run.inHand.size).toBe(0);
});

test("a process that did not come back stays in hand for the next run", async () => {
  const { run, go } = prepareRoll({ prepare: (cluster) => cluster.dying.add("mserver:db3") });
  expect(errorText(await go()).code).toBe("DiedAtStart");
  expect([...run.inHand.keys()]).toEqual(["mserver:db3"]);
});

test("the leader MServer is not asked to hand over while a gate of its stop is closed", async () => {
  const beforeLook = (cluster: FakeCluster, run: TestRun) => {
    const isHandOver = events(run, "step_begun").at(-1)?.["step"] === "step_down_leader:mserver:db1";
    cluster.facts = () => (isHandOver ? { tilesLeaderless: known(["tile-1"]) } : {});
  };
  const { cluster, go } = prepareRoll({ beforeLook });
  expect(errorText(await go()).code).toBe("GateClosed");
  expect(cluster.care).toEqual([]);
});

test("an only MServer that dies at its start is to be started by hand, since no run sees the cluster without it", async () => {
  const shape: ClusterShape = {
    nodes: { db1: "both", db2: "dbserver", db3: "dbserver" },
    more: { policy: { allowInterruption: true } },
  };
  const { go } = prepareRoll({ shape, prepare: (cluster) => cluster.dying.add("mserver:db1") });
  const { code, next } = errorText(await go());
  expect(code).toBe("DiedAtStart");
  expect(next).toContain("setsid env -i sh ~/.pulumi-bmdb/mserver.start ~/softwarebm-2.18.0.0");
  expect(next).not.toContain("it starts this process first");
});

test("no new AutoFlags right after an upgrade is asked a second time before it is believed", async () => {
  const { cluster, go } = prepareRoll();
  const answer = cluster.bmAdmin;
  cluster.bmAdmin = (operation) =>
    operation === "promote_auto_flags"
      ? saying("PromoteAutoFlags status: \nNo new AutoFlags to promote\n")
      : answer(operation);
  expect((await go()).error).toBeUndefined();
  expect(cluster.story.filter((line) => line === "promote_auto_flags")).toHaveLength(2);
});

test("nothing comes after a promotion that failed", async () => {
  const { cluster, go } = prepareRoll({
    prepare: (each) => {
      each.bmAdmin = () => saying("Unable to promote AutoFlags: Invalid argument\n", 1);
    },
  });
  const result = await go();
  expect(errorText(result).code).toBe("PromoteFailed");
  expect(cluster.story.filter((line) => !line.includes("server"))).toEqual(["promote_auto_flags"]);
  expect(result.isFinalized).toBe(false);
});

test("a catalog upgrade that failed leaves the cluster unfinalized", async () => {
  const { cluster, go } = prepareRoll({
    prepare: (each) => {
      const promoted = each.bmAdmin("promote_auto_flags");
      each.bmAdmin = (operation) =>
        operation === "promote_auto_flags" ? promoted : saying("Unable to upgrade BSQL: Not authorized\n", 1);
    },
  });
  const result = await go();
  expect(errorText(result).code).toBe("BsqlUpgradeFailed");
  expect(cluster.story.at(-1)).toBe("upgrade_bsql");
  expect(result.isFinalized).toBe(false);
});

test('with finalize "manual" nothing is promoted and the cluster is not called finalized', async () => {
  const { cluster, go } = prepareRoll({ shape: { more: { finalize: "manual" } } });
  const result = await go();
  expect(result).toMatchObject({ error: undefined, isFinalized: false });
  expect(cluster.story.at(-1)).toBe("start dbserver db3 2.18.0.0");
});

test("a process that is down in our hands is started first and everything else follows", async () => {
  const { cluster, go } = prepareRoll({
    prepare: (each) => {
      for (const process of each.processes.filter((one) => one.id.role === "mserver")) process.version = "2.18.0.0-b1";
      each.process("dbserver:db1").version = "2.18.0.0-b1";
      each.process("dbserver:db2").pid = null;
    },
  });
  const result = await go();
  expect(result.error).toBeUndefined();
  expect(cluster.story).toEqual([
    "start dbserver db2 2.18.0.0",
    "stop dbserver db3",
    "start dbserver db3 2.18.0.0",
    "promote_auto_flags",
    "upgrade_bsql",
  ]);
});

/** Two of three MServers are down, and only a leader could tell what the check of the start asks. */
function loseQuorum(each: FakeCluster): void {
  each.process("mserver:db2").version = "2.18.0.0-b1";
  each.leader = "db2";
  const mservers = each.processes.filter((one) => one.id.role === "mserver");
  for (const process of mservers) if (process.id.node !== "db2") process.pid = null;
  each.facts = () =>
    mservers.filter((one) => one.pid !== null).length > 1
      ? {}
      : {
          leader: unknown(),
          dbservers: unknown(),
          tilesLeaderless: unknown(),
          tilesUnderReplicated: unknown(),
          config: unknown(),
        };
}

test("MServers without which nobody leads are started before the cluster is checked, and nothing is stopped before that", async () => {
  const { cluster, run, first, go } = prepareRoll({ prepare: loseQuorum });
  const result = await go();
  expect(result.error).toBeUndefined();
  expect(cluster.story.slice(0, 3)).toEqual([
    "start mserver db1 2.18.0.0",
    "start mserver db3 2.18.0.0",
    "stop dbserver db1",
  ]);
  expect(events(run, "step_done").map((entry) => entry["step"])).toEqual(stepsOf(first).map(stepId));
  expect(events(run, "plan_changed")).toEqual([]);
});

test("what only a leader tells is still checked when the quorum is back, before anything is stopped", async () => {
  const { cluster, go } = prepareRoll({
    prepare: loseQuorum,
    beforeLook: (each) => {
      if (each.story.length === 2) each.facts = () => ({ dbservers: withStranger(each) });
    },
  });
  const result = await go();
  expect(errorText(result).code).toBe("ServerNotDeclared");
  expect(cluster.story).toEqual(["start mserver db1 2.18.0.0", "start mserver db3 2.18.0.0"]);
});

function withStranger(each: FakeCluster): Inventory["dbservers"] {
  each.facts = () => ({});
  const { dbservers } = each.collect();
  return dbservers.known
    ? known([...dbservers.value, ...dbservers.value.slice(0, 1).map((entry) => ({ ...entry, host: "10.0.0.99" }))])
    : dbservers;
}

describe("a run that is stopped", () => {
  const reason = new Error("stopped by the operator");

  test("before its first step does nothing", async () => {
    const { cluster, run, go } = prepareRoll();
    run.controller.abort(reason);
    expect(await errorOf(go())).toMatchObject({
      code: "RunStopped",
      text: { what: "The run was stopped: stopped by the operator." },
    });
    expect(cluster.story).toEqual([]);
  });

  test("in the middle of a restart still proves and watches that process, and stops no other", async () => {
    const { cluster, run, go } = prepareRoll({
      beforeLook: (each, run) => {
        if (each.story.includes("start mserver db2 2.18.0.0")) run.controller.abort(reason);
      },
    });
    // Also between the restart and the first look at it.
    const launch = run.ports.shell.run;
    run.ports.shell.run = async (node, command, options) => {
      const result = await launch(node, command, options);
      if (cluster.story.length === 2) run.controller.abort(reason);
      return result;
    };
    const result = await go();
    expect(errorText(result).code).toBe("RunStopped");
    expect(cluster.story).toEqual(["stop mserver db2", "start mserver db2 2.18.0.0"]);
    expect(events(run, "returned")).toHaveLength(1);
    expect(events(run, "watched")).toHaveLength(1);
  });
});

test("the steps' numbers are said with the steps", async () => {
  const { run, go } = prepareRoll();
  await go();
  expect(run.said.filter((event) => !event.passing).map((event) => event.text)).toEqual([
    "4/31 MServer db2 runs 2.18.0.0",
    "7/31 MServer db3 runs 2.18.0.0",
    "11/31 MServer db1 runs 2.18.0.0",
    "16/31 DBServer db1 runs 2.18.0.0",
    "21/31 DBServer db2 runs 2.18.0.0",
    "26/31 DBServer db3 runs 2.18.0.0",
    "28/31 AutoFlags promoted, config version 2",
    "30/31 BSQL catalog upgraded",
  ]);
});
