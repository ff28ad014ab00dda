// Sandbox clusters that replicate, and what really happened in all of them.

import { linkSandboxes } from "../../sandbox/sandbox";
import type { SandboxOptions } from "../../sandbox/types";
import { colocated, startTestCluster, type TestCluster } from "./sandbox-cluster";
import { type ClusterLog, findXdcrViolations, mergeLogs } from "./xdcr-oracle";

export interface LinkedClusters<Name extends string = string> {
  readonly clusters: Readonly<Record<Name, TestCluster>>;
  /** Sets replication up from `source` into `target`; resolves when it runs. */
  link(group: string, source: Name, target: Name): Promise<void>;
  /** bm-admin on a host of that cluster: `admin("west", "set_universe_replication_enabled g1 0")`. */
  admin(cluster: Name, operation: string): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Steps of links, restarts and promotions in all: `west pause g1`, `east stop mserver db1 2.16.0.0`. */
  story(): Promise<string[]>;
  /** What must never happen and did; see `xdcr-oracle.ts`. */
  violations(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function startLinkedClusters<Name extends string>(
  names: readonly Name[],
  options: Partial<SandboxOptions> = {},
): Promise<LinkedClusters<Name>> {
  const started = await Promise.allSettled(
    names.map(async (name) => ({
      name,
      cluster: await startTestCluster({ hosts: colocated(1), tiles: 4, ...options }),
    })),
  );
  const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const remove = async (): Promise<void> => {
    await Promise.all(running.map(({ cluster }) => cluster.remove()));
  };
  if (running.length < names.length) {
    await remove();
    throw new Error("a sandbox did not start", { cause: started.find((one) => one.status === "rejected")?.reason });
  }
  const get = (name: Name): TestCluster => {
    const found = running.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no cluster is called ${name}`);
    return found.cluster;
  };
  const readLogs = (): Promise<ClusterLog[]> =>
    Promise.all(running.map(async ({ name, cluster }) => ({ cluster: name, events: await cluster.sandbox.events() })));
  return {
    clusters: Object.fromEntries(running.map(({ name, cluster }) => [name, cluster])) as Record<Name, TestCluster>,
    async link(group, source, target) {
      await linkSandboxes({ source: get(source).sandbox.dir, target: get(target).sandbox.dir, group });
    },
    async admin(name, operation) {
      const { sandbox } = get(name);
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
    remove,
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
