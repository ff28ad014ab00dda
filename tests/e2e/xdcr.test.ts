// Two sandboxes that replicate: one cluster after the other through the provider's functions, with both answers to "may it
// run again?". What really happened is read from the event logs of both. `test:long` adds what goes wrong.

import { type Links, linkedInputs } from "../support/linked-inputs";
import { adopt, stage, type TestRoll } from "../support/roll";
import { type ClusterName, startTwoClusters, type TwoClusters } from "../support/two-clusters";
import { isLong, NEW, OLD } from "./roll-driver";

const FORTH: Links = [{ group: "g1", source: "east", target: "west" }];
const BOTH: Links = [...FORTH, { group: "g1", source: "west", target: "east" }];

interface Pair extends TwoClusters {
  roll(cluster: ClusterName): Promise<TestRoll>;
  up(roll: TestRoll, cluster: ClusterName, version: string, links: Links): ReturnType<TestRoll["up"]>;
}

async function withPair(links: Links, work: (pair: Pair) => Promise<void>): Promise<void> {
  const clusters = await startTwoClusters({ replicationFactor: 1 });
  try {
    await Promise.all([stage(clusters.east, NEW), stage(clusters.west, NEW)]);
    await clusters.link("g1", links.length > 1 ? "both" : "east");
    await work({
      ...clusters,
      roll: (cluster) => adopt(clusters[cluster], OLD, linkedInputs(clusters, cluster, links)),
      up: (roll, cluster, version, declared) => roll.up(version, linkedInputs(clusters, cluster, declared)),
    });
  } finally {
    await clusters.remove();
  }
}

const linkSteps = (story: readonly string[]): string[] =>
  story.filter((line) => / (?:set up|pause|resume) /.test(line));

test("one cluster after the other: paused before the first stop, resumed after the last promotion", async () => {
  await withPair(FORTH, async (pair) => {
    const [east, west] = [await pair.roll("east"), await pair.roll("west")];

    expect((await pair.up(east, "east", NEW, FORTH)).failure).toBeUndefined();
    expect(linkSteps(await pair.story())).toEqual(["west set up g1", "west pause g1"]);
    expect(east.outputs["xdcrPaused"]).toEqual({ "west:g1": expect.stringMatching(/^\d{4}-/) });

    expect((await pair.up(west, "west", NEW, FORTH)).failure).toBeUndefined();
    expect(linkSteps(await pair.story())).toEqual(["west set up g1", "west pause g1", "west resume g1"]);
    expect(west.outputs).not.toHaveProperty("xdcrPaused");

    // The first one's program looks again, and has nothing left to do.
    expect((await pair.up(east, "east", NEW, FORTH)).failure).toBeUndefined();
    expect(east.outputs).not.toHaveProperty("xdcrPaused");
    expect(linkSteps(await pair.story())).toHaveLength(3);
    expect(await pair.violations()).toEqual([]);
  });
});

/** What takes long runs in `npm run test:long`. */
const inLong = (title: string, work: () => Promise<void>): void => {
  if (isLong) test(title, work);
};

inLong("both directions rest and run again together", async () => {
  await withPair(BOTH, async (pair) => {
    const [east, west] = [await pair.roll("east"), await pair.roll("west")];
    expect((await pair.up(west, "west", NEW, BOTH)).failure).toBeUndefined();
    expect((await pair.up(east, "east", NEW, BOTH)).failure).toBeUndefined();
    expect(
      linkSteps(await pair.story())
        .slice(2)
        .sort(),
    ).toEqual(["east pause g1", "east resume g1", "west pause g1", "west resume g1"]);
    expect(await pair.violations()).toEqual([]);
  });
});

inLong("a link that nobody declared refuses the roll on both of its ends, and prints the declaration", async () => {
  await withPair(FORTH, async (pair) => {
    for (const name of ["east", "west"] as const) {
      const roll = await pair.roll(name);
      const { failure } = await pair.up(roll, name, NEW, []);
      expect(failure).toContain("every_xdcr_link_is_declared");
      expect(failure).toContain('xdcr: { self: "this", links: [{ group: ');
    }
    expect(await pair.story()).not.toContainEqual(expect.stringContaining(" stop "));
  });
});

inLong("what a person paused stays paused", async () => {
  await withPair(FORTH, async (pair) => {
    const [east, west] = [await pair.roll("east"), await pair.roll("west")];
    await pair.admin("west", "set_universe_replication_enabled g1 0");
    expect((await pair.up(east, "east", NEW, FORTH)).failure).toBeUndefined();
    expect((await pair.up(west, "west", NEW, FORTH)).failure).toBeUndefined();
    expect(linkSteps(await pair.story())).toEqual(["west set up g1", "west pause g1"]);
    expect(east.outputs).not.toHaveProperty("xdcrPaused");
    expect(west.outputs).not.toHaveProperty("xdcrPaused");
    expect(await pair.violations()).toEqual([]);
  });
});

inLong("with the state lost, the record on the hosts still says who paused it", async () => {
  await withPair(FORTH, async (pair) => {
    const east = await pair.roll("east");
    expect((await pair.up(east, "east", NEW, FORTH)).failure).toBeUndefined();
    const west = await pair.roll("west");
    expect(west.outputs["xdcrPaused"]).toMatchObject({ "west:g1": expect.any(String) });
    expect((await pair.up(west, "west", NEW, FORTH)).failure).toBeUndefined();
    expect(linkSteps(await pair.story())).toEqual(["west set up g1", "west pause g1", "west resume g1"]);
    expect(await pair.violations()).toEqual([]);
  });
});
