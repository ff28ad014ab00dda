// Clusters that replicate, upgraded together on the real CLI, as `examples/xdcr-pair` declares them. What really happened is read from
// the event logs of all sandboxes. `test:long` adds other shapes, and what goes wrong.

import { NEW, OLD } from "./roll-driver";
import { type Link, type Topology, withTopology } from "./topology-project";

jest.setTimeout(600_000);

const PAIR = ["east", "west"];
const FORTH: Link[] = [{ group: "g1", source: "east", target: "west" }];

/** Where in the story something is; fails when it is not there once. */
function placeOf(story: readonly string[], line: RegExp): number {
  const places = story.flatMap((text, index) => (line.test(text) ? [index] : []));
  expect([line.source, places.length]).toEqual([line.source, 1]);
  return places[0] ?? -1;
}

async function upTo({ project }: Pick<Topology, "project">, version: string): Promise<string> {
  await project.want(version);
  const { code, stdout, stderr } = await project.up();
  expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  return stdout;
}

test("one plan, one `pulumi up`: replication rests, the target is upgraded, then its source, then it runs again", async () => {
  await withTopology({ names: PAIR, links: FORTH }, async (topology) => {
    const { project } = topology;
    await project.adopt();
    expect(await topology.linkSteps()).toEqual([]);

    await project.want(NEW);
    const preview = await project.cli("preview");
    expect(preview.stdout).toContain(`${OLD} → ${NEW} on west, then east: 4 processes, replication rests about`);
    expect(preview.stdout).toContain("pause g1 (east → west)");
    expect(preview.stdout).toMatch(/upgrade east .*; after west, which reads from it/);
    expect(preview.stdout).toContain("resume g1 (east → west)");
    expect(await topology.linkSteps()).toEqual([]);

    await upTo(topology, NEW);
    const story = await topology.story();
    expect(await topology.linkSteps()).toEqual(["west pause g1", "west resume g1"]);
    expect(placeOf(story, /west pause g1/)).toBeLessThan(story.findIndex((line) => / stop /.test(line)));
    expect(placeOf(story, /west promote/)).toBeLessThan(story.findIndex((line) => /east stop/.test(line)));
    expect(placeOf(story, /east promote/)).toBeLessThan(placeOf(story, /west resume g1/));
    expect(await topology.violations()).toEqual([]);
    expect(await topology.outputsOf(project, "XdcrResume")).toMatchObject({ xdcrPaused: {} });

    expect((await project.cli("preview", "--expect-no-changes")).code).toBe(0);
    expect((await project.cli("destroy", "--yes")).code).toBe(0);
    expect((await topology.story()).length).toBe(story.length);
  });
});
