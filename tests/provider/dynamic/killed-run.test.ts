// SIGKILL of the provider process saves nothing: the state still says what it said before the run. What the next run finds on the
// hosts and in the cluster has to be enough, wherever the first one died.

import { mserverOf } from "../../../sandbox/memory/memory-cluster";
import type { StartedRun } from "../../simulator/stack";
import { createMemoryStack, type MemoryStack, NEW } from "../../support/memory-stack";

const TERM_MS = 24_000;

let world: MemoryStack;
beforeEach(async () => {
  world = await createMemoryStack();
});

const blacklist = (): unknown[] =>
  world.cluster.leaders().flatMap((leader) => [...(mserverOf(leader)?.raft.document?.config.leaderBlacklist ?? [])]);
const marks = (): string[] =>
  world.cluster.hosts
    .filter((host) => [...host.files.keys()].some((path) => path.endsWith(".drained")))
    .map(({ name }) => name);
const countOf = (event: string): number => world.story.filter((line) => line.startsWith(event)).length;
const journalled = (run: StartedRun, event: string): boolean =>
  run.operator.journalled.some((entry) => entry.event === event);
const said = (run: StartedRun): string => run.said.map(({ text }) => text).join("\n");

interface Moment {
  readonly title: string;
  readonly isNow: (run: StartedRun) => boolean;
  /** What the next run has to say about it. */
  readonly tells?: RegExp;
  /** What lies in the cluster when the run is dead. */
  readonly leaves?: () => void;
}

const MOMENTS: readonly Moment[] = [
  { title: "while it is planned, with the lease just taken", isNow: (run) => journalled(run, "lease_acquired") },
  {
    title: "with a DBServer on the leader blacklist that is not stopped yet",
    isNow: () => blacklist().length > 0,
    leaves: () => expect([blacklist().length, marks().length]).toEqual([1, 1]),
    tells: /was still on the leader blacklist from an earlier run: removed/,
  },
  {
    title: "with a process stopped and not started yet",
    isNow: () => countOf("process_stopped") === 1,
  },
  {
    title: "with a drained DBServer stopped and not started yet",
    isNow: () => world.story.some((line) => line.startsWith("process_stopped dbserver")),
    tells: /was still on the leader blacklist from an earlier run: removed/,
  },
  { title: "with a process that was restarted and is not proven back", isNow: () => countOf("process_serving") === 1 },
  {
    title: "with AutoFlags promoted, before it heard of that",
    isNow: () => countOf("auto_flags_promoted") === 1,
    tells: /no new AutoFlags to promote: they were promoted before this run began/,
  },
  {
    title: "with the BSQL catalog upgraded, before it heard of that",
    isNow: () => countOf("bsql_catalog_upgraded") === 1,
  },
];

test.each(MOMENTS)("killed $title: the next run waits for the lease and finishes", async ({ isNow, leaves, tells }) => {
  const stateBefore = world.stack.outputs;
  const dead = world.begin();
  await world.until(() => isNow(dead), "the moment comes");
  dead.operator.kill();
  leaves?.();
  const run = world.begin();
  await world.until(() => journalled(run, "lease_acquired"), "the next run has the lease", TERM_MS * 2);
  expect(world.stack.outputs).toBe(stateBefore);
  expect(said(run)).toMatch(/took over the lease of sim\/prod/);
  await world.ended(run);
  expect(run.end?.failure).toBeUndefined();
  expect(said(run)).toMatch(tells ?? /./);
  expect(new Set(world.versions())).toEqual(new Set([NEW]));
  expect(countOf("process_stopped")).toBe(6);
  expect([countOf("auto_flags_promoted"), blacklist(), marks()]).toEqual([1, [], []]);
  expect(world.stack.outputs).toMatchObject({ version: NEW, finalized: true, phase: "finished" });
  expect(world.leases()).not.toContain("held");
});
