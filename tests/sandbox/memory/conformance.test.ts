// The cluster in memory and the real processes are held to the same expectations: what the product sees, does and says must
// not depend on which of the two it is tested in.

import type { Inventory } from "../../../provider/model/inventory";
import { createMemoryWorld, createRealWorld, everyProcessOn, NEW, OLD, type World } from "./worlds";

/** The parts of what was seen that are the same in every cluster of this kind. */
function summarise(inventory: Inventory) {
  const value = <T>(
    fact: { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string },
  ) => (fact.known ? fact.value : `not known: ${fact.why}`);
  const { mservers, dbservers, config, hosts, processes } = inventory;
  return {
    // Not which of them leads: an election decides that.
    mservers: mservers.known && mservers.value.map(({ host, error }) => ({ hasHost: host !== "", error })),
    leaderCount: mservers.known && mservers.value.filter(({ role }) => role === "LEADER").length,
    dbservers:
      dbservers.known && dbservers.value.map(({ status, zone, tiles }) => ({ status, zone, active: tiles.active })),
    tilesUnderReplicated: value(inventory.tilesUnderReplicated),
    tilesLeaderless: value(inventory.tilesLeaderless),
    blacklist: config.known && config.value.leaderBlacklist,
    replicationFactor: value(inventory.replicationFactor),
    bsqlEnabled: value(inventory.bsqlEnabled),
    hosts: hosts.map(({ facts, details }) => ({
      stateDir: facts.known && facts.value.stateDir.mode,
      disks: facts.known && facts.value.disks.length,
      extensions: details.known && details.value.extensions,
      autoFlags: details.known && details.value.autoFlags,
      autoFlagsRunning: details.known && details.value.autoFlagsRunning,
      binaryVersion: details.known && details.value.binaryVersion,
      bootStarters: details.known && details.value.bootStarters,
    })),
    processes: processes.map(({ id, isAnswering, version, running, staged, lastActVersion, flags }) => ({
      id,
      isAnswering: value(isAnswering),
      version: value(version),
      running: running.known && {
        name: running.value?.name,
        releaseVersion: running.value?.releaseVersion,
        argv0: running.value?.argv[0],
        hasFlagFile: running.value?.argv.includes("--flagfile"),
        umask: running.value?.umask,
        isExeDeleted: running.value?.isExeDeleted,
      },
      staged: staged.known && { version: staged.value.version, hasBinaries: staged.value.hasBinaries },
      lastActVersion: value(lastActVersion),
      autoFlags: flags.known && [...flags.value].filter(([, flag]) => flag.type === "Auto"),
      flagNames: flags.known && [...flags.value.keys()].filter((name) => !/^sandbox_|^log_filename/.test(name)).sort(),
    })),
  };
}

/** What happened, without the order of processes, which the leader decides. */
const shapeOf = (story: readonly string[]): string[] => story.map((line) => line.replace(/ db\d/, ""));

const worlds: Record<string, World> = {};

beforeAll(async () => {
  worlds["in memory"] = await createMemoryWorld();
  worlds["real processes"] = await createRealWorld();
});
afterAll(async () => {
  for (const world of Object.values(worlds)) await world.remove();
});
const both = (): [World, World] => {
  const [memory, real] = [worlds["in memory"], worlds["real processes"]];
  if (memory === undefined || real === undefined) throw new Error("a world is missing");
  return [memory, real];
};

test("adoption says the same", async () => {
  const [memory, real] = await Promise.all(both().map((world) => world.adopt()));
  for (const key of ["version", "phase", "finalized", "processes"]) expect(memory?.[key]).toEqual(real?.[key]);
});

test("the product sees the same", async () => {
  const [memory, real] = await Promise.all(both().map((world) => world.look()));
  if (memory === undefined || real === undefined) throw new Error("nothing was seen");
  expect(summarise(memory)).toEqual(summarise(real));
});

test("a DBServer that dies at its start ends the roll with the same error, and leaves the same versions", async () => {
  const results = await Promise.all(
    both().map(async (world) => {
      await world.setFaults([{ kind: "crash_at_start", host: "db1", role: "dbserver", version: NEW }]);
      const { failure, outputs } = await world.up(NEW);
      return {
        code: failure?.split(/\s/)[0],
        phase: outputs["phase"],
        version: outputs["version"],
        versions: await world.versions(),
        story: shapeOf(await world.story()),
      };
    }),
  );
  expect(results[0]).toEqual(results[1]);
  expect(results[0]?.version).toBe(`${OLD} ×2, ${NEW} ×3, down ×1`);
});

test("the next up finishes it by the same steps", async () => {
  const results = await Promise.all(
    both().map(async (world) => {
      await world.setFaults([]);
      const { failure, outputs } = await world.up(NEW);
      return {
        failure,
        phase: outputs["phase"],
        versions: await world.versions(),
        story: shapeOf(await world.story()),
      };
    }),
  );
  expect(results[0]).toEqual(results[1]);
  expect(results[0]).toMatchObject({ failure: undefined, phase: "finished", versions: everyProcessOn(NEW) });
});

test("afterwards the product sees the same", async () => {
  const [memory, real] = await Promise.all(both().map((world) => world.look()));
  if (memory === undefined || real === undefined) throw new Error("nothing was seen");
  expect(summarise(memory)).toEqual(summarise(real));
});
