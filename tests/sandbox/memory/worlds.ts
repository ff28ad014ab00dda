// The two worlds that the product is tested in: real processes behind real ssh and http, and the cluster in memory. Both
// answer the same questions, so that a test can hold them to the same expectations.

import { withRun } from "../../../provider/engine";
import type { Inventory } from "../../../provider/model/inventory";
import { parseDesired } from "../../../provider/model/parse-desired";
import { Chance } from "../../../sandbox/memory/chance";
import { type ClusterEvent, MemoryCluster } from "../../../sandbox/memory/memory-cluster";
import type { SandboxFault } from "../../../sandbox/types";
import type { Shape } from "../../simulator/shape";
import { Stack, type StartedRun } from "../../simulator/stack";
import { adopt, stage, type TestRoll } from "../../support/roll";
import { startTestCluster } from "../../support/sandbox-cluster";

export const OLD = "2.16.0.0";
export const NEW = "2.18.0.0";

export interface World {
  /** Outputs of the adoption. */
  adopt(): Promise<Record<string, unknown>>;
  up(version: string): Promise<{ readonly failure: string | undefined; readonly outputs: Record<string, unknown> }>;
  setFaults(faults: readonly SandboxFault[]): Promise<void>;
  /** What really happened, in order: `stop mserver db1 2.16.0.0`. */
  story(): Promise<string[]>;
  versions(): Promise<Record<string, string>>;
  look(): Promise<Inventory>;
  remove(): Promise<void>;
}

export async function createRealWorld(): Promise<World> {
  const cluster = await startTestCluster();
  await stage(cluster, NEW);
  let roll: TestRoll | undefined;
  await cluster.mark();
  return {
    async adopt() {
      roll = await adopt(cluster, OLD);
      return roll.outputs;
    },
    async up(version) {
      const { failure } = (await roll?.up(version)) ?? { failure: "not adopted" };
      return { failure, outputs: roll?.outputs ?? {} };
    },
    setFaults: (faults) => cluster.sandbox.setFaults(faults),
    story: () => cluster.story(),
    versions: () => cluster.versions(),
    look: () => look({ ...cluster.inputs(NEW) }),
    remove: () => cluster.remove(),
  };
}

export async function createMemoryWorld(): Promise<World> {
  const shape: Shape = {
    hosts: [1, 2, 3].map((n) => ({
      name: `db${n}`,
      address: `10.0.0.${n}`,
      zone: `z${n}`,
      roles: ["mserver", "dbserver"],
    })),
    from: OLD,
    to: NEW,
    tiles: 12,
    bsql: true,
    htmlOnly: false,
    drainLeaders: true,
    timers: { load_balancer_initial_delay_secs: 12 },
  };
  const chance = new Chance(1);
  const cluster = new MemoryCluster({
    ...shape,
    version: OLD,
    installed: [OLD, NEW],
    replicationFactor: 3,
    chance: chance.split("world"),
  });
  await cluster.startAll();
  const story: string[] = [];
  cluster.listen((event) => story.push(...tell(event)));
  const stack = new Stack(cluster, shape);
  const finish = async (run: StartedRun): Promise<string | undefined> => {
    await cluster.time.run(() => run.end !== undefined, 7_200_000, "a run ends");
    return run.end?.failure;
  };
  return {
    async adopt() {
      await finish(stack.adopt({ chance }));
      return stack.outputs;
    },
    async up(version) {
      const failure = await finish(stack.up(version, { chance }));
      return { failure, outputs: stack.outputs };
    },
    async setFaults(faults) {
      cluster.setFaults(faults);
    },
    story: async () => story,
    versions: async () =>
      Object.fromEntries(
        cluster.hosts.flatMap((host) =>
          host.roles.map((role) => [`${role} ${host.name}`, host.processesOf(role)[0]?.version ?? "down"]),
        ),
      ),
    async look() {
      let seen: Inventory | undefined;
      const operator = stack.visit({ chance });
      void look(stack.inputs(NEW), operator).then((inventory) => {
        seen = inventory;
      });
      await cluster.time.run(() => seen !== undefined, 60_000, "a look at the cluster");
      if (seen === undefined) throw new Error("nothing was seen");
      return seen;
    },
    remove: async () => undefined,
  };
}

function look(inputs: unknown, world?: Parameters<typeof withRun>[0]["world"]): Promise<Inventory> {
  const parsed = parseDesired(inputs);
  if (!("desired" in parsed)) throw new Error(parsed.problems.join("\n"));
  const session = {
    desired: parsed.desired,
    sink: { emit: () => undefined },
    signal: new AbortController().signal,
    workingDirectory: undefined,
    world,
  };
  return withRun(session, (run) => run.collect("all", "thorough"));
}

function tell({ event, process, facts }: ClusterEvent): string[] {
  const who = `${process.role} ${process.host.name} ${process.version}`;
  switch (event) {
    case "process_started":
      return [`start ${who}`];
    case "process_stopped":
      return [`stop ${who}`];
    case "process_crashed":
      return [`crash ${who}`];
    case "auto_flags_promoted":
      return [`promote ${String(facts["configVersion"])}`];
    case "auto_flags_nothing_to_promote":
      return ["promote nothing"];
    case "bsql_catalog_upgraded":
      return ["upgrade bsql"];
    default:
      return [];
  }
}

export const everyProcessOn = (version: string): Record<string, string> =>
  Object.fromEntries(
    ["db1", "db2", "db3"].flatMap((name) => ["mserver", "dbserver"].map((role) => [`${role} ${name}`, version])),
  );
