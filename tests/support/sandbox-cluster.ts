// A sandbox cluster for a test, and its truth: what really started and stopped, read from the sandbox's own event log.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BmClusterArgs } from "../../components/bm-cluster-args";
import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import { startSandbox } from "../../sandbox/sandbox";
import type { Sandbox, SandboxEvent, SandboxOptions } from "../../sandbox/types";

export interface TestCluster {
  readonly sandbox: Sandbox;
  /** Inputs as a program gives them; the pause is short because the sandbox's timers are. */
  inputs(version: string, more?: Partial<ClusterInputs>): ClusterInputs;
  args(version: string, more?: Partial<BmClusterArgs>): BmClusterArgs;
  /** What happened since `mark()`, one short text an event: `stop mserver db2 2.16.0.0`, `promote 2`. */
  story(): Promise<string[]>;
  /** Forgets what happened until now. */
  mark(): Promise<void>;
  /** Version per process, asked of each process itself: `{ "mserver db1": "2.16.0.0" }`. */
  versions(): Promise<Record<string, string>>;
  remove(): Promise<void>;
}

export const colocated = (count = 3): SandboxOptions["hosts"] =>
  Array.from({ length: count }, (_, index) => ({
    name: `db${index + 1}`,
    roles: ["mserver", "dbserver"],
    zone: `z${index + 1}`,
  }));

export async function startTestCluster(options: Partial<SandboxOptions> = {}): Promise<TestCluster> {
  const parent = mkdtempSync(join(tmpdir(), "bmdb-cluster-"));
  const sandbox = await startSandbox({
    dir: join(parent, "sandbox"),
    hosts: colocated(),
    version: "2.16.0.0",
    timeScale: 0.1,
    ...options,
  });
  let marked = 0;
  const inputs = (version: string, more: Partial<ClusterInputs> = {}): ClusterInputs => ({
    version,
    nodes: sandbox.hosts.map((host) => ({
      name: host.name,
      host: host.address,
      zone: host.zone,
      roles: [...host.roles],
    })),
    ssh: {
      user: sandbox.hosts[0]?.sshUser,
      port: sandbox.hosts[0]?.sshPort,
      privateKey: sandbox.privateKey,
      knownHosts: sandbox.knownHosts,
    },
    release: { url: `${sandbox.downloadsUrl}/bigmath-{version}.tar.gz`, sha256: sandbox.sha256 },
    policy: { pause: "500ms", pollInterval: "100ms", timeouts: { gate: "20s", start: "15s", return: "15s" } },
    ...more,
  });
  return {
    sandbox,
    inputs,
    args: (version, more = {}) => ({ ...(inputs(version) as BmClusterArgs), ...more }),
    async story() {
      return (await sandbox.events()).slice(marked).flatMap(tellEvent);
    },
    async mark() {
      marked = (await sandbox.events()).length;
    },
    async versions() {
      const asked = sandbox.hosts.flatMap((host) => host.roles.map((role) => ({ host, role })));
      const answers = await Promise.all(
        asked.map(async ({ host, role }) => {
          const port = role === "mserver" ? 10_000 : 9_000;
          const answer = await fetch(`http://${host.address}:${port}/api/v1/version`)
            .then(async (response) => ((await response.json()) as { version_number: string }).version_number)
            .catch(() => "down");
          return [`${role} ${host.name}`, answer] as const;
        }),
      );
      return Object.fromEntries(answers);
    },
    async remove() {
      await sandbox.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** Restarts, promotions and catalog upgrades; elections and commands are left out. */
function tellEvent(event: SandboxEvent): string[] {
  const who = `${event.role} ${event.host}`;
  switch (event.event) {
    case "process_started":
      return [`start ${who} ${event.version}`];
    case "process_stopped":
      return [`stop ${who} ${event.version}`];
    case "process_crashed":
      return [`crash ${who} ${event.version}`];
    case "auto_flags_promoted":
      return [`promote ${String(event["configVersion"])}`];
    case "auto_flags_nothing_to_promote":
      return ["promote nothing"];
    case "bsql_catalog_upgraded":
      return ["upgrade bsql"];
    default:
      return [];
  }
}

export const allOn = (cluster: TestCluster, version: string): Record<string, string> =>
  Object.fromEntries(
    cluster.sandbox.hosts.flatMap((host) => host.roles.map((role) => [`${role} ${host.name}`, version])),
  );
