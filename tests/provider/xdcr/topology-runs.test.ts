// Three clusters in a ring, in memory: what is told to which of them, in which order, when links are paused and resumed together.

import { lookAtTopology, pauseTopology } from "../../../provider/executor/pause-topology";
import { findLeftLinks, resumeTopology } from "../../../provider/executor/resume-topology";
import type { MemberRun } from "../../../provider/executor/topology-leases";
import { parseTopology } from "../../../provider/model/parse-topology";
import type { TopologyPlan } from "../../../provider/model/topology-plan";
import { linkId, type PauseRecord } from "../../../provider/model/xdcr";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { buildInventory, known } from "../../support/build-cluster";
import { buildRun, errorOf, type TestRun } from "../../support/build-run";
import { member, topologyInputs } from "../../support/build-topology";
import { configWith, group, peer } from "../../support/build-xdcr";
import { saying } from "../../support/fake-cluster";
import { createVirtualClock } from "../../support/virtual-clock";

const OLD = "2.16.0.0-b1";
const NEW = "2.18.0.0-b1";
const NAMES = ["a", "b", "c"];
const LINKS = [
  { group: "ab", source: "a", target: "b" },
  { group: "bc", source: "b", target: "c" },
  { group: "ca", source: "c", target: "a" },
];

interface Shape {
  /** What a cluster runs. @default the old release */
  readonly running?: Readonly<Record<string, string>>;
  readonly paused?: readonly string[];
  readonly recorded?: readonly string[];
  /** A group that its target does not pause, for good. */
  readonly stubborn?: string;
  /** A cluster that has not promoted what the others have. */
  readonly unfinished?: string;
  /** A cluster with a tile that has no leader. */
  readonly unwell?: string;
  readonly more?: object;
  readonly retentionMs?: number;
}

function ring(shape: Shape = {}) {
  const inputs = topologyInputs({
    clusters: Object.fromEntries(NAMES.map((name, index) => [name, member(index + 1, shape.more)])),
    links: LINKS,
  });
  const parsed = parseTopology(inputs);
  if (!("desired" in parsed)) throw new Error(parsed.problems.join("\n"));
  const topology = parsed.desired;
  const story: string[] = [];
  const paused = new Set(shape.paused);
  const records = new Map<string, PauseRecord>(
    LINKS.filter((link) => shape.recorded?.includes(link.group)).map((link) => [
      linkId(link),
      { target: link.target, group: link.group, run: "r0", stack: "shop/prod", since: "2026-01-01T00:00:00.000Z" },
    ]),
  );
  const clock = createVirtualClock();
  const versionOf = (name: string): string => shape.running?.[name] ?? OLD;
  const groupsInto = (name: string) =>
    configWith(
      ...LINKS.filter(({ target }) => target === name).map((link) => group(link.group, paused.has(link.group))),
    );

  const members = topology.members.map(({ name, desired }): { name: string; run: TestRun } => ({
    name,
    run: buildRun({
      desired,
      clock,
      collect: () => {
        const inventory = buildInventory(desired, {
          running: versionOf(name),
          facts: {
            config: groupsInto(name),
            pauseRecords: known([...records.values()]),
            tilesLeaderless: known(name === shape.unwell ? ["t1"] : []),
            walRetentionMs: known(shape.retentionMs ?? 14_400_000),
            xdcrPeers: NAMES.filter((other) => other !== name).map((other) =>
              peer({
                name: other,
                config: groupsInto(other),
                walRetentionMs: known(shape.retentionMs ?? 14_400_000),
                processes: known([{ name: `MServer of ${other}`, version: versionOf(other) }]),
                ...(other === shape.unfinished && { autoFlags: known([]) }),
              }),
            ),
          },
        });
        if (name !== shape.unfinished) return inventory;
        return { ...inventory, processes: inventory.processes.map((facts) => ({ ...facts, flags: known(new Map()) })) };
      },
      shell: {
        close: async () => undefined,
        async run(node, command) {
          const [, operation = "", word = ""] =
            /'(set_universe_replication_enabled|get_replication_status)' '(\w+)'/.exec(command) ?? [];
          const isPausing = command.endsWith("'0'");
          if (operation === "get_replication_status") return saying("");
          if (operation !== "") {
            if (word === shape.stubborn && isPausing)
              return {
                code: 1,
                stdout: "",
                stderr: "Error running set_universe_replication_enabled: Could not find CDC producer universe: x",
              };
            if (isPausing) paused.add(word);
            else paused.delete(word);
            story.push(`${name} ${isPausing ? "pause" : "resume"} ${word}`);
            return saying(`Replication ${isPausing ? "disabled" : "enabled"} successfully\n`);
          }
          const file = /xdcr-(\w+)\.paused/.exec(command)?.[1] ?? "";
          const link = LINKS.find((each) => each.group === file);
          if (link === undefined || node !== "db1") return saying("");
          if (command.startsWith("rm -f")) {
            records.delete(linkId(link));
            story.push(`${name} forget ${file}`);
          } else {
            records.set(linkId(link), {
              target: name,
              group: file,
              run: "run-1",
              stack: "",
              since: "2026-01-01T00:00:00.000Z",
            });
            story.push(`${name} record ${file}`);
          }
          return saying("");
        },
      },
    }),
  }));
  const planMember = ({ desired }: MemberRun["run"], inventory: Parameters<typeof planUpgrade>[1]) =>
    planUpgrade(desired, inventory, { finalizedVersion: undefined, adoptedVersion: undefined });
  const look = (run: MemberRun["run"]) => run.collect("all", "thorough");
  return {
    story,
    said: () => members.flatMap(({ run }) => run.said.map(({ text }) => text)).join("\n"),
    left: () => [...records.keys()],
    async pause(change: (plan: TopologyPlan) => TopologyPlan = (plan) => plan) {
      const { seen, planned } = await lookAtTopology(topology, members, look, planMember);
      if (planned.kind !== "plan") throw new Error(JSON.stringify(planned));
      await pauseTopology(members, seen, change(planned.plan));
    },
    resume: async () => resumeTopology(members, await findLeftLinks(members, look)),
  };
}

describe("pausing", () => {
  test("each link is written down and paused on its own target, one after the other", async () => {
    const world = ring();
    await world.pause();
    expect(world.story).toEqual([
      "b record ab",
      "b pause ab",
      "c record bc",
      "c pause bc",
      "a record ca",
      "a pause ca",
    ]);
  });

  test("what a person paused is not written down", async () => {
    const world = ring({ paused: ["bc"] });
    await world.pause();
    expect(world.left()).toEqual(["b:ab", "a:ca"]);
  });

  test("when one link cannot be paused, those before it run again and nothing is left of them", async () => {
    const world = ring({ stubborn: "bc" });
    expect(await errorOf(world.pause())).toMatchObject({ code: "XdcrNotPaused" });
    expect(world.story.slice(0, 3)).toEqual(["b record ab", "b pause ab", "c record bc"]);
    expect(world.story).toContain("b resume ab");
    expect(world.left()).toEqual([]);
  });

  test("but while releases are mixed nothing runs again", async () => {
    const world = ring({ stubborn: "bc", running: { a: NEW } });
    expect(await errorOf(world.pause())).toMatchObject({ code: "XdcrNotPaused" });
    expect(world.story.filter((line) => line.includes("resume"))).toEqual([]);
    expect(world.left()).toContain("b:ab");
  });

  test("nothing is paused when the last cluster to be upgraded is not well", async () => {
    const world = ring({ unwell: "c" });
    expect(await errorOf(world.pause())).toMatchObject({
      code: "GateClosed",
      text: { what: expect.stringContaining("no_tile_is_leaderless") },
    });
    expect(world.story).toEqual([]);
  });
});

describe("the pause of all clusters together", () => {
  const shape: Shape = { retentionMs: 3_600_000 };

  test("is refused when it takes half of the retention, although each cluster alone fits", async () => {
    const world = ring(shape);
    expect(await errorOf(world.pause())).toMatchObject({
      code: "GateClosed",
      text: { what: expect.stringContaining("replication would be paused for about") },
    });
    expect(world.story).toEqual([]);
  });

  test("is not held against what rests already: the next up has to go on", async () => {
    const groups = ["ab", "bc", "ca"];
    const world = ring({ ...shape, paused: groups, recorded: groups, running: { a: NEW } });
    await world.pause();
    expect(world.story).toEqual([]);
  });

  test("goes on when every cluster waives it, and says so", async () => {
    const world = ring({
      ...shape,
      more: { policy: { waive: { xdcr_pause_fits_the_retention: "seen with the DBAs" } } },
    });
    await world.pause();
    expect(world.story).toHaveLength(6);
    expect(world.said()).toContain("waived xdcr_pause_fits_the_retention");
  });
});

describe("resuming", () => {
  const groups = ["ab", "bc", "ca"];
  const done = { a: NEW, b: NEW, c: NEW };

  test("every link that this program paused runs again, and is forgotten, when every cluster is done", async () => {
    const world = ring({ paused: groups, recorded: groups, running: done });
    await world.resume();
    expect(world.story).toEqual([
      "b resume ab",
      "b forget ab",
      "c resume bc",
      "c forget bc",
      "a resume ca",
      "a forget ca",
    ]);
  });

  test("no link of the ring runs while one cluster is old, not even that between the two others", async () => {
    const world = ring({ paused: groups, recorded: groups, running: { a: NEW, b: NEW } });
    await world.resume();
    expect(world.story).toEqual([]);
    expect(world.left()).toHaveLength(3);
    expect(world.said()).toContain("ab (a → b) stays paused: ");
    expect(world.said()).toContain(
      "Paused since 2026-01-01T00:00:00.000Z; the source keeps what the target has not read for 4 h 00 min.",
    );
  });

  test("no link runs while one cluster is not finalised, not even into that one", async () => {
    const world = ring({ paused: groups, recorded: groups, running: done, unfinished: "b" });
    await world.resume();
    expect(world.story).toEqual([]);
    expect(world.said()).toContain("ab (a → b) stays paused: b has not promoted 2 AutoFlags");
  });

  test("what a person paused stays, and is told", async () => {
    const world = ring({ paused: groups, recorded: ["ab", "ca"], running: done });
    await world.resume();
    expect(world.story).not.toContain("c resume bc");
    expect(world.said()).toContain("bc (b → c) stays paused: a person paused it before");
  });

  test("a record of a link that runs is only removed", async () => {
    const world = ring({ paused: [], recorded: ["ab"], running: done });
    await world.resume();
    expect(world.story).toEqual(["b forget ab"]);
  });
});
