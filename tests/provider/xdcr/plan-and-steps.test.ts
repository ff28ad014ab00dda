// Links are paused before the first stop and resumed when every cluster is done: the plan, and the steps on a pair of clusters
// in memory, whose target tells its own truth.

import { runPlan } from "../../../provider/executor/run-plan";
import type { Inventory } from "../../../provider/model/inventory";
import { findUnready } from "../../../provider/model/judge-xdcr";
import { stepId, stepsOf } from "../../../provider/model/plan";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import type { CommandResult } from "../../../provider/ports";
import { buildDesired, buildInventory, type InventoryShape, known, unknown } from "../../support/build-cluster";
import { buildRun } from "../../support/build-run";
import { configWith, group, INTO_WEST, linked, peer } from "../../support/build-xdcr";
import { createFakeCluster, saying } from "../../support/fake-cluster";
import { createVirtualClock } from "../../support/virtual-clock";

const CONTEXT = { finalizedVersion: undefined, adoptedVersion: undefined };
const NEW = "2.18.0.0-b1";
const both: InventoryShape["facts"] = { config: configWith(group("g2", false)), xdcrPeers: [peer()] };
const record = { target: "west", group: "g1", run: "r0", stack: "shop/prod", since: "2026-11-23T22:00:00.000Z" };
const desired = buildDesired(linked());

function idsOf(shape: InventoryShape, context = {}): string[] {
  const planned = planUpgrade(desired, buildInventory(desired, shape), { ...CONTEXT, ...context });
  if (planned.kind === "refused") throw new Error(JSON.stringify(planned.refusals));
  return stepsOf(planned.plan).map(stepId);
}

describe("the plan", () => {
  test("pauses every active link before the first stop and looks after each one at the very end", () => {
    const ids = idsOf({ facts: both });
    expect(ids.slice(0, 3)).toEqual(["check_start", "pause_xdcr:west:g1", "pause_xdcr:east:g2"]);
    expect(ids.slice(-3)).toEqual(["check_end", "resume_xdcr:west:g1", "resume_xdcr:east:g2"]);
  });

  test("does not pause what a person has paused, and still says at the end what becomes of it", () => {
    const ids = idsOf({ facts: { ...both, config: configWith(group("g2", true)) } });
    expect(ids).not.toContain("pause_xdcr:east:g2");
    expect(ids).toContain("resume_xdcr:east:g2");
  });

  test("has nothing but the resume left when all is new and an earlier run left a link paused", () => {
    const facts = { ...both, pauseRecords: known([record]) };
    expect(idsOf({ running: NEW, facts }, { finalizedVersion: "2.18.0.0" })).toEqual([
      "check_start",
      "check_end",
      "resume_xdcr:west:g1",
    ]);
  });

  test("is empty when all is new and nothing was left paused", () => {
    expect(idsOf({ running: NEW, facts: both }, { finalizedVersion: "2.18.0.0" })).toEqual([]);
  });

  test.each([
    ["the target cannot be asked", { xdcrPeers: [peer({ config: unknown("silence") })] }, "XdcrLinkUnseen"],
    ["the target does not know the group", { xdcrPeers: [peer({ config: configWith() })] }, "XdcrLinkUnknown"],
  ])("is refused when %s", (_when, facts, code) => {
    const planned = planUpgrade(desired, buildInventory(desired, { facts: { ...both, ...facts } }), CONTEXT);
    expect(planned).toMatchObject({ kind: "refused", refusals: [{ code }] });
  });
});

describe("replication may run again", () => {
  const flags = known(["mserver:old_flag"]);
  const unready = (west: Parameters<typeof peer>[0], shape: InventoryShape = { running: NEW }, links?: object[]) => {
    const wanted = buildDesired(linked(links));
    return findUnready(
      wanted,
      buildInventory(wanted, { ...shape, facts: { ...both, xdcrPeers: [peer(west)] } }),
      flags,
    );
  };
  const at = (version: string) => ({ processes: known([{ name: "MServer 10.1.0.1", version }]) });

  test("when every other cluster runs the release and has promoted what is promoted here", () => {
    expect(unready({})).toEqual([]);
  });

  test("when the other cluster is newer and only reads", () => {
    expect(unready(at("2.20.0.0-b1"), { running: NEW }, [INTO_WEST])).toEqual([]);
  });

  test.each([
    ["it is old", at("2.16.0.0-b1"), "1 of 1 processes of west run 2.16.0.0-b1: upgrade it to 2.18.0.0"],
    [
      "it is newer and a source",
      at("2.20.0.0-b1"),
      "west runs 2.20.0.0-b1 and is a source: upgrade east to that release",
    ],
    [
      "it is not finalised",
      { autoFlags: known([]) },
      "west has not promoted 1 AutoFlags that are promoted here: finalise it",
    ],
    ["its release is not known", { processes: unknown<never>("silence") }, "what west runs is not known: silence"],
    [
      "nobody tells its AutoFlags",
      { autoFlags: unknown<never>("no types") },
      "whether west is finalised is not known: no types",
    ],
  ])("but not when %s", (_when, west, expected) => {
    expect(unready(west)).toEqual([expected]);
  });

  test("but not while a process of this cluster is old", () => {
    expect(unready({}, { running: NEW, processes: { "dbserver:db3": { version: "2.16.0.0-b1" } } })).toEqual([
      "1 processes of east do not run 2.18.0.0",
    ]);
  });
});

/** East in memory, and of west just what its link shows. What bm-admin and the hosts are told is the story. */
function pair(shape: { readonly westVersion?: string; readonly paused?: boolean; readonly recorded?: boolean } = {}) {
  const wanted = buildDesired(linked([INTO_WEST]));
  const clock = createVirtualClock();
  const cluster = createFakeCluster(wanted, clock);
  const west = {
    isPaused: shape.paused ?? false,
    records: shape.recorded ? [record] : [],
    version: shape.westVersion ?? NEW,
    /** What bm-admin says instead of doing it. */
    answers: [] as CommandResult[],
  };
  cluster.facts = () => ({
    xdcrPeers: [
      peer({
        ...west,
        config: configWith(group("g1", west.isPaused)),
        processes: known([{ name: "M", version: west.version }]),
      }),
    ],
    pauseRecords: known([...west.records]),
  });
  const run = buildRun({
    desired: wanted,
    clock,
    collect: () => cluster.collect(),
    shell: {
      close: async () => undefined,
      run: async (node, command, options) => {
        if (node !== "west") return cluster.shell.run(node, command, options);
        if (command.startsWith("rm -f")) {
          west.records = [];
          cluster.story.push("forget");
          return saying("");
        }
        if (command.includes("printf")) {
          west.records = [record];
          cluster.story.push("record");
          return saying("");
        }
        if (command.includes("get_replication_status")) return saying("");
        const answer = west.answers.shift();
        if (answer) {
          cluster.story.push("failed");
          return answer;
        }
        west.isPaused = command.endsWith("'0'");
        cluster.story.push(west.isPaused ? "pause" : "resume");
        return saying(`Replication ${west.isPaused ? "disabled" : "enabled"} successfully\n`);
      },
    },
  });
  const planAgain = (inventory: Inventory) => planUpgrade(wanted, inventory, CONTEXT);
  return {
    cluster,
    run,
    west,
    async go() {
      const planned = planAgain(cluster.collect());
      if (planned.kind === "refused") throw new Error(JSON.stringify(planned.refusals));
      return runPlan(run, planned.plan, planAgain);
    },
  };
}

const said = ({ run }: ReturnType<typeof pair>): string => run.said.map(({ text }) => text).join("\n");

describe("a roll of one cluster of a pair", () => {
  test("writes down, pauses, upgrades, finalises, resumes and forgets, in this order", async () => {
    const world = pair();
    const result = await world.go();
    expect(result.error).toBeUndefined();
    const { story } = world.cluster;
    expect(story.slice(0, 2)).toEqual(["record", "pause"]);
    expect(story[2]).toMatch(/^stop mserver/);
    expect(story.slice(-4)).toEqual(["promote_auto_flags", "upgrade_bsql", "resume", "forget"]);
    expect(world.run.linksPaused.size).toBe(0);
    expect(said(world)).toContain("g1 (east → west) replicates again: no errors");
  });

  test("leaves the link paused, and says what has to be upgraded, while the other cluster is old", async () => {
    const world = pair({ westVersion: "2.16.0.0-b1" });
    const result = await world.go();
    expect(result).toMatchObject({ error: undefined, isFinalized: true });
    expect(world.cluster.story).not.toContain("resume");
    expect([...world.run.linksPaused.keys()]).toEqual(["west:g1"]);
    expect(said(world)).toContain("stays paused: 1 of 1 processes of west run 2.16.0.0-b1: upgrade it to 2.18.0.0");
  });

  test("does not resume what a person had paused", async () => {
    const world = pair({ paused: true });
    expect((await world.go()).error).toBeUndefined();
    expect(world.cluster.story.filter((line) => ["record", "pause", "resume", "forget"].includes(line))).toEqual([]);
    expect(said(world)).toContain("g1 (east → west) stays paused: a person paused it before");
  });

  test("resumes what an earlier run had paused, known from the record alone", async () => {
    const world = pair({ paused: true, recorded: true });
    expect((await world.go()).error).toBeUndefined();
    expect(world.cluster.story.slice(-2)).toEqual(["resume", "forget"]);
  });

  test("asks again while the group is being set up, and when the config version raced", async () => {
    const world = pair();
    const failing = (text: string): CommandResult => ({ code: 1, stdout: "", stderr: `${text}\n` });
    world.west.answers = [
      failing(
        "Error running set_universe_replication_enabled: Invalid argument (x.cc:1): Universe Replication in invalid state: INITIALIZING. Retry or Delete.\nUsage: bm-admin",
      ),
      failing(
        "Error running set_universe_replication_enabled: Illegal state: Config version does not match, got 3, but most recent one is 4.",
      ),
    ];
    expect((await world.go()).error).toBeUndefined();
    expect(world.cluster.story.slice(0, 4)).toEqual(["record", "failed", "failed", "pause"]);
  });

  test("does not believe a success that the target's configuration does not show", async () => {
    const world = pair();
    world.west.answers = [saying("Replication disabled successfully\n")];
    expect((await world.go()).error).toBeUndefined();
    expect(world.cluster.story.slice(0, 4)).toEqual(["record", "failed", "pause", expect.stringMatching(/^stop /)]);
  });

  test("stops nothing when the wrong cluster is asked, and explains it", async () => {
    const world = pair();
    world.west.answers = Array.from({ length: 9 }, () => ({
      code: 1,
      stdout: "Error disabling universe replication: Could not find CDC producer universe: g1\n",
      stderr: "",
    }));
    const { error } = await world.go();
    expect(error).toMatchObject({
      code: "XdcrNotPaused",
      text: { next: expect.stringContaining("source and target") },
    });
    expect(world.cluster.story.filter((line) => line.startsWith("stop"))).toEqual([]);
  });

  test("keeps the link paused when the roll fails half-way, and tells so", async () => {
    const world = pair();
    world.cluster.dying.add("dbserver:db2");
    const result = await world.go();
    expect(result.error).toBeDefined();
    expect(world.west.isPaused).toBe(true);
    expect(result.leftBehind).toContain(
      "replication g1 (east → west) stays paused, because versions are or may be mixed. Paused since",
    );
    expect(result.leftBehind).toContain("The next `pulumi up` goes on, then resumes it");
  });

  test("lets the link run again when it fails before anything was changed", async () => {
    const world = pair();
    world.run.controller.signal.addEventListener("abort", () => undefined);
    const append = world.run.ports.journal.append;
    Object.assign(world.run.ports.journal, {
      append: (entry: Parameters<typeof append>[0]) => {
        append(entry);
        if (entry.event === "xdcr_paused") world.run.controller.abort(new Error("Ctrl-C"));
      },
    });
    const result = await world.go();
    expect(result.error).toMatchObject({ code: "RunStopped" });
    expect(world.cluster.story).toEqual(["record", "pause", "resume", "forget"]);
    expect(result.leftBehind).toBeUndefined();
  });
});
