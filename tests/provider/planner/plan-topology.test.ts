// The plan over all clusters of a topology: when replication rests at all, and how it reads. `UPDATE_GOLDENS=1` writes the goldens anew.

import type { Inventory } from "../../../provider/model/inventory";
import { parseTopology } from "../../../provider/model/parse-topology";
import type { XdcrLink } from "../../../provider/model/xdcr";
import { type PlannedTopology, planTopology, type SeenMember } from "../../../provider/planner/plan-topology";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { renderTopologyPlan, summariseTopology } from "../../../provider/report/render-topology-plan";
import { buildInventory, type InventoryShape, known, unknown } from "../../support/build-cluster";
import { member, topologyInputs } from "../../support/build-topology";
import { configWith, group, peer } from "../../support/build-xdcr";
import { expectGolden } from "../../support/golden";

const CONTEXT = { finalizedVersion: undefined, adoptedVersion: undefined };
const NEW = "2.18.0.0-b1";
const RING = {
  clusters: { a: member(1), b: member(2), c: member(3) },
  links: [
    { group: "ab", source: "a", target: "b" },
    { group: "bc", source: "b", target: "c" },
    { group: "ca", source: "c", target: "a" },
  ],
};
const FORTH = { links: [{ group: "g1", source: "east", target: "west" }] };

interface Shape {
  readonly topology?: object;
  /** By cluster. */
  readonly seen?: Readonly<Record<string, InventoryShape>>;
  /** Groups that rest, and those of them with a record of ours. */
  readonly paused?: readonly string[];
  readonly recorded?: readonly string[];
}

function plan({ topology = {}, seen = {}, paused = [], recorded = [] }: Shape = {}) {
  const parsed = parseTopology(topologyInputs(topology));
  if (!("desired" in parsed)) throw new Error(parsed.problems.join("\n"));
  const { desired } = parsed;
  const groupsInto = (name: string, links: readonly XdcrLink[]) =>
    configWith(
      ...links.filter(({ target }) => target === name).map((link) => group(link.group, paused.includes(link.group))),
    );
  const record = (link: XdcrLink) => ({ ...link, run: "r0", stack: "shop/prod", since: "2026-11-23T22:00:00.000Z" });
  const members = desired.members.map(({ name, desired: wanted }): SeenMember => {
    const facts: Partial<Inventory> = {
      config: groupsInto(name, desired.links),
      xdcrPeers: desired.members
        .filter((other) => other.name !== name)
        .map((other) => peer({ name: other.name, config: groupsInto(other.name, desired.links) })),
      pauseRecords: known(desired.links.filter((link) => recorded.includes(link.group)).map(record)),
      ...seen[name]?.facts,
    };
    const inventory = buildInventory(wanted, { ...seen[name], facts });
    return { name, desired: wanted, inventory, planned: planUpgrade(wanted, inventory, CONTEXT) };
  });
  return { desired, planned: planTopology(desired, members) };
}

function textOf({ desired, planned }: ReturnType<typeof plan>): string {
  if (planned.kind !== "plan") throw new Error(JSON.stringify(planned));
  return `${renderTopologyPlan(planned.plan, desired)}\n`;
}

describe("the plan reads as its golden", () => {
  test.each<[string, Shape]>([
    ["pair-both-ways", {}],
    ["pair-one-way", { topology: FORTH }],
    ["ring-of-three", { topology: RING }],
    ["at-the-same-time", { topology: { ...RING, parallelClusters: true } }],
    ["one-is-done-and-links-rest", { seen: { east: { running: NEW } }, paused: ["g1", "g2"], recorded: ["g1"] }],
    [
      "many-hosts",
      {
        topology: {
          ...FORTH,
          clusters: { east: member(1), west: member(2, { nodes: manyNodes(12), ssh: manyKeys(12) }) },
        },
      },
    ],
  ])("%s", (name, shape) => {
    expectGolden(`topologies/${name}.txt`, textOf(plan(shape)));
  });
});

function manyNodes(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: `db${index + 1}`,
    host: `10.2.0.${index + 1}`,
    roles: index < 3 ? ["mserver", "dbserver"] : ["dbserver"],
  }));
}

function manyKeys(count: number) {
  const known = member(2).ssh;
  const line = known.knownHosts?.split("\n")[0]?.replace(/^\S+ /, "") ?? "";
  return {
    ...known,
    knownHosts: manyNodes(count)
      .map(({ host }) => `${host} ${line}\n`)
      .join(""),
  };
}

const NOTHING: PlannedTopology = { kind: "nothing" };

test("nothing rests when every process runs its release, whether or not something was left paused", () => {
  const seen = { east: { running: NEW }, west: { running: NEW } };
  expect(plan({ seen }).planned).toEqual(NOTHING);
  expect(plan({ seen, paused: ["g1"], recorded: ["g1"] }).planned).toEqual(NOTHING);
});

test("everything rests for one process of one cluster", () => {
  const east: InventoryShape = { running: NEW, processes: { "dbserver:db2": { version: "2.16.0.0-b1" } } };
  const { planned } = plan({ seen: { east, west: { running: NEW } } });
  expect(planned).toMatchObject({
    kind: "plan",
    plan: {
      links: [{ state: "active" }, { state: "active" }],
      parts: [
        { name: "east", plan: { processCount: 1 } },
        { name: "west", plan: undefined },
      ],
    },
  });
});

test("one cluster that cannot be upgraded refuses all of them, with its name; what is said of a link is said once", () => {
  const silent: InventoryShape = { processes: { "dbserver:db2": { silent: true } } };
  const { planned } = plan({ seen: { west: silent } });
  expect(planned).toMatchObject({ kind: "refused", refusals: [{ what: expect.stringMatching(/^west: /) }] });
  const unseen = unknown<never>("silence");
  const blind = plan({ seen: { west: { facts: { config: unseen } } } }).planned;
  expect(blind).toMatchObject({ kind: "refused", refusals: [{ code: "XdcrLinkUnseen" }] });
});

test("the pause is as long as all clusters together, or as the longest at the same time", () => {
  const pauseOf = (topology: object): number => {
    const { planned } = plan({ topology });
    return planned.kind === "plan" ? planned.plan.pauseMs : 0;
  };
  expect(pauseOf(RING)).toBeGreaterThan(2 * pauseOf({ ...RING, parallelClusters: true }));
});

test("the retention is the shortest of all sources", () => {
  const { planned } = plan({ seen: { east: { facts: { walRetentionMs: known(3_600_000) } } } });
  expect(planned).toMatchObject({ kind: "plan", plan: { retentionMs: 3_600_000 } });
  if (planned.kind === "plan") expect(summariseTopology(planned.plan)).toMatch(/ of 1 h 00 min$/);
});
