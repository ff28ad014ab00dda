// Two sandbox clusters that replicate, and what really happened in both.

import { linkSandboxes } from "../../sandbox/sandbox";
import type { SandboxOptions } from "../../sandbox/types";
import { colocated, startTestCluster, type TestCluster } from "./sandbox-cluster";
import { type ClusterLog, findXdcrViolations, mergeLogs } from "./xdcr-oracle";

export type ClusterName = "east" | "west";

export interface TwoClusters {
  readonly east: TestCluster;
  readonly west: TestCluster;
  /** From `source` into the other one, or both ways; resolves when it runs. */
  link(group: string, source: ClusterName | "both"): Promise<void>;
  /** bm-admin on a host of that cluster: `admin("west", "set_universe_replication_enabled g1 0")`. */
  admin(cluster: ClusterName, operation: string): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Steps of links, restarts and promotions in both: `west pause g1`, `east stop mserver db1 2.16.0.0`. */
  story(): Promise<string[]>;
  /** What must never happen and did; see `xdcr-oracle.ts`. */
  violations(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function startTwoClusters(options: Partial<SandboxOptions> = {}): Promise<TwoClusters> {
  const start = (): Promise<TestCluster> => startTestCluster({ hosts: colocated(1), tiles: 4, ...options });
  const started = await Promise.allSettled([start(), start()]);
  const [east, west] = started.map((one) => (one.status === "fulfilled" ? one.value : undefined));
  if (east === undefined || west === undefined) {
    await Promise.all([east?.remove(), west?.remove()]);
    throw new Error("one of the two sandboxes did not start", {
      cause: started.find((one) => one.status === "rejected")?.reason,
    });
  }
  const clusters = { east, west };
  const readLogs = async (): Promise<ClusterLog[]> => [
    { cluster: "east", events: await east.sandbox.events() },
    { cluster: "west", events: await west.sandbox.events() },
  ];
  return {
    ...clusters,
    async link(group, source) {
      const [from, to] = source === "west" ? [west, east] : [east, west];
      await linkSandboxes({ source: from.sandbox.dir, target: to.sandbox.dir, group, both: source === "both" });
    },
    async admin(name, operation) {
      const { sandbox } = clusters[name];
      const host = sandbox.hosts[0];
      if (host === undefined) throw new Error(`${name} has no host`);
      const mservers = sandbox.hosts.filter(({ roles }) => roles.includes("mserver"));
      const addresses = mservers.map(({ address }) => `${address}:11000`).join(",");
      const first = (await sandbox.events()).find(({ event }) => event === "process_started")?.version;
      return sandbox.exec(host.name, `./softwarebm-${first}/bin/bm-admin -mserver_addresses ${addresses} ${operation}`);
    },
    async story() {
      return mergeLogs(await readLogs()).flatMap(({ cluster, event }) =>
        tell(event).map((text) => `${cluster} ${text}`),
      );
    },
    violations: async () => findXdcrViolations(await readLogs()),
    async remove() {
      await Promise.all([east.remove(), west.remove()]);
    },
  };
}

const LINK_STEPS: Readonly<Record<string, string>> = {
  xdcr_set_up: "set up",
  xdcr_paused: "pause",
  xdcr_resumed: "resume",
  xdcr_deleted: "delete",
  xdcr_error: "error",
};

function tell(event: ClusterLog["events"][number]): string[] {
  const step = LINK_STEPS[event.event];
  if (step !== undefined) return [`${step} ${String(event["group"])}`];
  const process = `${event.role} ${event.host} ${event.version}`;
  switch (event.event) {
    case "process_started":
      return [`start ${process}`];
    case "process_stopped":
      return [`stop ${process}`];
    case "process_crashed":
      return [`crash ${process}`];
    case "auto_flags_promoted":
      return [`promote ${String(event["configVersion"])}`];
    default:
      return [];
  }
}
