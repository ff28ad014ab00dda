// Replication between two running sandboxes, set up by the target's own bm-admin, as an operator would.

import type { SandboxDescription } from "../description";
import { mserverAddresses } from "./flag-files";
import type { SandboxPaths } from "./layout";
import { shellQuote } from "./quote";
import { type HostCommandResult, runInHost } from "./run-in-host";
import { releaseFolder } from "./start-cluster";

export interface RunningCluster {
  readonly paths: SandboxPaths;
  readonly description: SandboxDescription;
}

/** Every user table of `source` is read into the table of that name of `target`. Resolves when that runs. */
export async function linkClusters(source: RunningCluster, target: RunningCluster, group: string): Promise<void> {
  const tables = await listUserTables(source);
  const addresses = mserverAddresses(source.description.hosts);
  await admin(target, `setup_universe_replication ${shellQuote(group)} ${addresses} ${tables.join(",")}`);
}

async function listUserTables(cluster: RunningCluster): Promise<string[]> {
  const { stdout } = await admin(cluster, "list_tables include_table_id");
  return stdout.split("\n").flatMap((line) => {
    const [, table] = /^bigmath\.\S+ (\S+)$/.exec(line) ?? [];
    return table === undefined ? [] : [table];
  });
}

/** By the release that was installed first: it stays on the hosts. */
async function admin({ paths, description }: RunningCluster, operation: string): Promise<HostCommandResult> {
  const { hosts, version, downloadsUrl } = description;
  const host = hosts.find(({ roles }) => roles.includes("mserver"));
  if (host === undefined) throw new Error(`The sandbox of ${downloadsUrl} has no MServer`);
  const command = `./${releaseFolder(version)}/bin/bm-admin -mserver_addresses ${mserverAddresses(hosts)} ${operation}`;
  const result = await runInHost(paths.host(host.name).shell, command);
  if (result.code === 0) return result;
  throw new Error(`bm-admin ${operation} failed on ${host.name} in ${paths.root}:\n${result.stderr.trimEnd()}`);
}
