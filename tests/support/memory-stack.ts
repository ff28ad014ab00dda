// A stack and its cluster of three hosts in memory, on virtual time, for tests that let a run come to one moment and look.

import { Chance } from "../../sandbox/memory/chance";
import { MemoryCluster } from "../../sandbox/memory/memory-cluster";
import type { OperatorOptions } from "../../sandbox/memory/memory-ports";
import type { Shape } from "../simulator/shape";
import { Stack, type StartedRun } from "../simulator/stack";

export const OLD = "2.16.0.0";
export const NEW = "2.18.0.0";

export interface MemoryStack {
  readonly cluster: MemoryCluster;
  readonly stack: Stack;
  readonly chance: Chance;
  /** What happened to processes and to the cluster, in order: `process_stopped mserver db1 2.16.0.0`. */
  readonly story: string[];
  begin(version?: string, more?: Partial<OperatorOptions>): StartedRun;
  /** Lets time pass until then. */
  until(condition: () => boolean, what: string, limitMs?: number): Promise<void>;
  ended(run: StartedRun): Promise<void>;
  /** How long until the run was over, on the cluster's clock. */
  endedAfterMs(run: StartedRun): Promise<number>;
  versions(): string[];
  /** The first word of the record of each host. */
  leases(): string[];
}

/** Adopted at the old release, with the new one installed. */
export async function createMemoryStack(seed = 1): Promise<MemoryStack> {
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
  const chance = new Chance(seed);
  const cluster = new MemoryCluster({
    ...shape,
    version: OLD,
    installed: [OLD, NEW],
    replicationFactor: 3,
    chance: chance.split("world"),
  });
  await cluster.startAll();
  const stack = new Stack(cluster, shape);
  const story: string[] = [];
  const until: MemoryStack["until"] = (condition, what, limitMs = 7_200_000) =>
    cluster.time.run(condition, limitMs, what);
  const ended = (run: StartedRun) => until(() => run.end !== undefined, "a run ends");
  const adoption = stack.adopt({ chance });
  await ended(adoption);
  if (adoption.end?.failure !== undefined) throw new Error(adoption.end.failure);
  cluster.listen(({ event, process }) =>
    story.push(`${event} ${process.role} ${process.host.name} ${process.version}`),
  );
  return {
    cluster,
    stack,
    chance,
    story,
    until,
    ended,
    begin: (version = NEW, more = {}) => stack.up(version, { chance, ...more }),
    async endedAfterMs(run) {
      const fromMs = cluster.time.nowMs;
      await ended(run);
      return cluster.time.nowMs - fromMs;
    },
    versions: () =>
      cluster.hosts.flatMap((host) => host.roles.map((role) => host.processesOf(role)[0]?.version ?? "down")),
    leases: () =>
      cluster.hosts.map((host) => (host.files.get("/home/bigmath/.pulumi-bmdb/lease") ?? "none").split(" ")[0] ?? ""),
  };
}
