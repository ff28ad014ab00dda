// Clusters that replicate, upgraded together on the real CLI, as `examples/xdcr-pair` declares them. What really happened is read from
// the event logs of all sandboxes. `test:long` adds other shapes, and what goes wrong.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { allOn } from "../support/sandbox-cluster";
import { type CliProject, type RunningUp, until } from "./cli-project";
import { isLong, NEW, OLD } from "./roll-driver";
import { type Link, type Topology, withTopology } from "./topology-project";

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

/** What takes long runs in `npm run test:long`. */
const inLong = (title: string, work: () => Promise<void>): void => {
  if (isLong) test(title, work);
};

/** Every link was paused once, and runs again since; nothing happened that must not. */
async function expectAllDone(topology: Topology, links: readonly Link[]): Promise<void> {
  const steps = await topology.linkSteps();
  const of = (step: string): string[] => links.map(({ target, group }) => `${target} ${step} ${group}`).sort();
  expect([
    steps.filter((line) => / pause /.test(line)).sort(),
    steps.filter((line) => / resume /.test(line)).sort(),
  ]).toEqual([of("pause"), of("resume")]);
  expect(await topology.violations()).toEqual([]);
  expect(findRecords(topology)).toEqual([]);
  for (const cluster of Object.values(topology.clusters)) expect(await cluster.versions()).toEqual(allOn(cluster, NEW));
}

/** Files that say that this program paused a link, on the hosts' own disks. */
const findRecords = ({ clusters }: Topology): string[] =>
  Object.entries(clusters).flatMap(([name, { sandbox }]) =>
    sandbox.hosts.flatMap((host) => {
      const dir = join(sandbox.dir, "hosts", host.name, "home/.pulumi-bmdb");
      const files = existsSync(dir) ? readdirSync(dir) : [];
      return files.filter((file) => file.endsWith(".paused")).map((file) => `${name} ${file}`);
    }),
  );

const BOTH: Link[] = [...FORTH, { group: "g1", source: "west", target: "east" }];
const RING: Link[] = [
  { group: "ab", source: "a", target: "b" },
  { group: "bc", source: "b", target: "c" },
  { group: "ca", source: "c", target: "a" },
];

inLong("both directions of a pair rest and run again together", async () => {
  await withTopology({ names: PAIR, links: BOTH }, async (topology) => {
    await topology.project.adopt();
    await upTo(topology, NEW);
    await expectAllDone(topology, BOTH);
  });
});

inLong("clusters that are upgraded at the same time do not take each other's lease", async () => {
  await withTopology({ names: PAIR, links: BOTH, more: "parallelClusters: true" }, async (topology) => {
    await topology.project.adopt();
    await upTo(topology, NEW);
    await expectAllDone(topology, BOTH);
  });
});

inLong("around a ring of three no link runs before the last cluster is done", async () => {
  await withTopology({ names: ["a", "b", "c"], links: RING }, async (topology) => {
    await topology.project.adopt();
    await upTo(topology, NEW);
    const story = await topology.story();
    const lastPromotion = story.findLastIndex((line) => / promote /.test(line));
    expect(story.findIndex((line) => / resume /.test(line))).toBeGreaterThan(lastPromotion);
    await expectAllDone(topology, RING);
  });
});

inLong(
  "a failure in the second cluster leaves replication paused, says so, and the next up goes on and resumes it",
  async () => {
    await withTopology({ names: PAIR, links: FORTH }, async (topology) => {
      const { project, clusters } = topology;
      await project.adopt();
      await clusters["east"]?.sandbox.setFaults([{ kind: "crash_at_start", host: "db1", role: "dbserver" }]);
      await project.want(NEW);
      const failed = await project.up();
      expect(failed.code).not.toBe(0);
      expect(failed.stdout + failed.stderr).toContain("replication g1 (east → west) stays paused");
      expect(await topology.linkSteps()).toEqual(["west pause g1"]);
      await clusters["east"]?.sandbox.setFaults([]);
      expect((await project.cli("preview")).stdout).toMatch(
        /g1 \(east → west\): Paused since .* This `pulumi up` goes on/,
      );
      await upTo(topology, NEW);
      await expectAllDone(topology, FORTH);
    });
  },
);

inLong("a link that nobody declared refuses before anything is paused, and prints the declaration", async () => {
  await withTopology({ names: PAIR, links: BOTH, declared: FORTH }, async (topology) => {
    const { project } = topology;
    await project.adopt();
    await project.want(NEW);
    const { code, stdout, stderr } = await project.up();
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("every_xdcr_link_is_declared");
    expect((stdout + stderr).replaceAll("\\", "")).toContain('{ group: "g1", source: "west", target: "east" }');
    expect(await topology.linkSteps()).toEqual([]);
    expect((await topology.story()).filter((line) => / stop /.test(line))).toEqual([]);
  });
});

inLong("what a person paused stays paused, and the other direction runs again", async () => {
  await withTopology({ names: PAIR, links: BOTH }, async (topology) => {
    await topology.project.adopt();
    await topology.admin("west", "set_universe_replication_enabled g1 0");
    const told = await upTo(topology, NEW);
    expect(told).toContain("g1 (east → west) stays paused: a person paused it before");
    expect(await topology.linkSteps()).toEqual(["west pause g1", "east pause g1", "east resume g1"]);
    expect(await topology.violations()).toEqual([]);
    expect((await topology.project.cli("preview", "--expect-no-changes")).code).toBe(0);
  });
});

interface Place {
  readonly name: string;
  /** What runs everywhere then, so that a program without a state can adopt it. */
  readonly running: string;
  readonly isThere: (topology: Topology) => Promise<boolean>;
  readonly before?: (topology: Topology) => Promise<void>;
}

const isTold =
  (line: RegExp) =>
  async (topology: Topology): Promise<boolean> =>
    (await topology.story()).some((text) => line.test(text));

const PLACES: readonly Place[] = [
  {
    name: "between the record and the pause",
    running: OLD,
    before: async ({ clusters }) =>
      clusters["west"]?.sandbox.setFaults([{ kind: "xdcr_group_unready", state: "INITIALIZING" }]),
    isThere: async (topology) => findRecords(topology).length > 0,
  },
  { name: "between the pause and the first stop", running: OLD, isThere: isTold(/ pause /) },
  {
    name: "between the last finalisation and the resume",
    running: NEW,
    isThere: async (topology) => {
      const last = (await topology.clusters["west"]?.sandbox.events()) ?? [];
      return last.some(({ event }) => event === "bsql_catalog_upgraded");
    },
  },
  { name: "between two resumes", running: NEW, isThere: isTold(/ resume /) },
];

/** The CLI and what it started, without a word: what a host was told to do completes there. */
async function kill(project: CliProject, up: RunningUp): Promise<void> {
  for (const pid of project.findPlugins()) process.kill(pid, "SIGKILL");
  up.child.kill("SIGKILL");
  await up.ended;
  await until("the plugins are gone", () => project.findPlugins().length === 0);
}

describe.each([false, true])("killed, and the state file lost: %s", (isStateLost) => {
  for (const place of PLACES)
    inLong(`${place.name}: afterwards nothing stays paused that should run`, async () => {
      await withTopology({ names: PAIR, links: BOTH }, async (topology) => {
        const { project } = topology;
        await project.adopt();
        await place.before?.(topology);
        await project.want(NEW);
        const up = project.startUp();
        let isOver = false;
        void up.ended.then(() => {
          isOver = true;
        });
        await until(place.name, async () => isOver || (await place.isThere(topology)), 240);
        expect([isOver, isOver ? up.text() : ""]).toEqual([false, ""]);
        await kill(project, up);
        for (const { sandbox } of Object.values(topology.clusters)) await sandbox.setFaults([]);

        const next = isStateLost ? await topology.loseState() : project;
        if (isStateLost) {
          const { code, stdout, stderr } = await upOf(next, place.running);
          expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
          expect((await topology.outputsOf(next, "XdcrResume"))?.["xdcrPaused"]).not.toEqual({});
        } else {
          await next.cli("cancel", "--yes");
        }
        await upTo({ project: next }, NEW);
        await expectAllRun(topology);
        expect((await next.cli("preview", "--expect-no-changes")).code).toBe(0);
      });
    });
});

async function upOf(project: CliProject, version: string) {
  await project.want(version);
  return project.up();
}

/** Whatever was paused runs again, once, and there is no record of it any more. */
async function expectAllRun(topology: Topology): Promise<void> {
  const last = new Map<string, string>();
  for (const line of await topology.linkSteps()) {
    const [cluster = "", step = "", group = ""] = line.split(" ");
    last.set(`${cluster} ${group}`, step);
  }
  expect([...last].filter(([, step]) => step !== "resume")).toEqual([]);
  expect(last.size).toBe(2);
  expect(findRecords(topology)).toEqual([]);
  expect(await topology.violations()).toEqual([]);
  for (const cluster of Object.values(topology.clusters)) expect(await cluster.versions()).toEqual(allOn(cluster, NEW));
}
