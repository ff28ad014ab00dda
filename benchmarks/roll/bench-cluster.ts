// The cluster of one comparison: three MServers, as many DBServers as asked, a real sshd on every host.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import { sandboxPaths } from "../../sandbox/hosts/layout";
import { startSandbox } from "../../sandbox/sandbox";
import type { Sandbox } from "../../sandbox/types";

const MSERVERS = 3;
const JOURNAL_PREFIX = "journal-";

export const VERSIONS = ["2.16.0.0", "2.18.0.0", "2.20.0.0"] as const;

export interface BenchCluster {
  readonly sandbox: Sandbox;
  /** Where the journal of a roll to that release goes. */
  journalDir(version: string): string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  inputs(version: string, pauseSeconds: number): ClusterInputs;
  /** Logins that the sshds of all hosts have accepted so far. */
  countConnections(): number;
  /** Copies journals and the event log to where they outlive the cluster. */
  keepRecords(to: string): void;
  remove(): Promise<void>;
}

export async function startBenchCluster(dbserverCount: number, timeScale: number): Promise<BenchCluster> {
  const parent = mkdtempSync(join(tmpdir(), "bmdb-bench-"));
  const dir = join(parent, "sandbox");
  // Processes that have just been ended may still write their last lines.
  const forget = () => rmSync(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  const sandbox = await startSandbox({
    dir,
    ssh: "openssh",
    version: VERSIONS[0],
    releases: VERSIONS,
    timeScale,
    hosts: Array.from({ length: Math.max(MSERVERS, dbserverCount) }, (_, index) => ({
      name: `db${index + 1}`,
      zone: `z${(index % 3) + 1}`,
      roles: [
        ...(index < MSERVERS ? (["mserver"] as const) : []),
        ...(index < dbserverCount ? (["dbserver"] as const) : []),
      ],
    })),
  }).catch((error: unknown) => {
    try {
      forget();
    } catch {
      // Why it did not start matters more.
    }
    throw error;
  });
  const paths = sandboxPaths(sandbox.dir);
  const [first] = sandbox.hosts;
  return {
    sandbox,
    journalDir: (version) => join(parent, `${JOURNAL_PREFIX}${version}`),
    keyFile: paths.clientKey,
    knownHostsFile: paths.knownHosts,
    inputs: (version, pauseSeconds) => ({
      version,
      nodes: sandbox.hosts.map(({ name, address, zone, roles }) => ({ name, host: address, zone, roles: [...roles] })),
      ssh: {
        user: first?.sshUser,
        port: first?.sshPort,
        privateKey: sandbox.privateKey,
        knownHosts: sandbox.knownHosts,
      },
      release: { url: `${sandbox.downloadsUrl}/bigmath-{version}.tar.gz`, sha256: sandbox.sha256 },
      // Everything else is as the product has it by default. All hosts are one machine here: its clocks are read too slowly
      // to be compared when it is busy, and what 33 hosts answer at once in a second each takes it half a minute.
      policy: {
        pause: `${pauseSeconds * 1000}ms`,
        timeouts: { ssh: "120s" },
        waive: { clocks_agree: "all hosts of the sandbox have one and the same clock" },
      },
    }),
    countConnections: () =>
      sandbox.hosts
        .map(({ name }) => readFileSync(paths.host(name).sshdLog, "utf8").split("Accepted publickey for").length - 1)
        .reduce((sum, count) => sum + count, 0),
    keepRecords(to) {
      const journals = readdirSync(parent).filter((name) => name.startsWith(JOURNAL_PREFIX));
      for (const name of journals) cpSync(join(parent, name), join(to, name), { recursive: true });
      cpSync(paths.events, join(to, "events.jsonl"));
    },
    async remove() {
      await sandbox.stop();
      forget();
    },
  };
}
