// From options to a running cluster. The release that the hosts run comes from outside, as two functions.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxDescription } from "../description";
import type { SandboxOptions } from "../types";
import { assertOptionsAreSound } from "./check-options";
import { writeJson } from "./daemon-files";
import { writeFlagFiles } from "./flag-files";
import { assertPortsAreFree } from "./network";
import { installRelease, releaseFolder, startProcesses } from "./start-cluster";
import { assertMachineCanHost, claimDirectory, type StartedHosts, startHosts } from "./start-hosts";
import { stopProcesses } from "./stop-processes";
import { waitForCluster } from "./wait-for-cluster";

export interface ReleaseSource {
  /** Path of the single executable that `post_install.sh` puts into `bin/`. */
  ensureRuntime(): Promise<string>;
  buildRelease(options: {
    version: string;
    outDir: string;
    retiredAutoFlag?: boolean;
  }): Promise<{ archive: string; sha256: string }>;
}

export const DEFAULT_RELEASES = ["2.14.0.0", "2.16.0.0", "2.18.0.0", "2.20.0.0"] as const;
const DEFAULT_TIME_SCALE = 0.1;

export async function startSandboxFrom(source: ReleaseSource, options: SandboxOptions): Promise<SandboxDescription> {
  assertOptionsAreSound(options);
  assertMachineCanHost(options.ssh);
  const runtime = await source.ensureRuntime();
  const claimed = claimDirectory(options.dir);
  try {
    const started = await startHosts(options, claimed, runtime);
    const sha256 = await buildReleases(source, started, options);
    await startFirstCluster(started, options);
    const description: SandboxDescription = {
      format: 1,
      id: started.id,
      version: options.version,
      ssh: options.ssh ?? "builtin",
      timeScale: options.timeScale ?? DEFAULT_TIME_SCALE,
      hosts: started.hosts.map((host) => ({ ...host, roles: [...host.roles] })),
      downloadsUrl: started.downloadsUrl,
      sha256,
    };
    writeJson(started.paths.description, description);
    return description;
  } catch (error) {
    // Nothing may go on running that no one has a handle for; the directory stays, for its logs.
    await stopProcesses(claimed.paths, claimed.id);
    throw error;
  }
}

async function buildReleases(
  source: ReleaseSource,
  { paths }: StartedHosts,
  options: SandboxOptions,
): Promise<Record<string, string>> {
  const versions = [...new Set([options.version, ...(options.releases ?? DEFAULT_RELEASES)])];
  const built = versions.map(async (version) => {
    const { sha256 } = await source.buildRelease({
      version,
      outDir: paths.releases,
      ...(options.retiredAutoFlag === true && version === options.version ? { retiredAutoFlag: true } : {}),
    });
    const archive = `bigmath-${version}.tar.gz`;
    writeFileSync(join(paths.releases, `${archive}.sha256`), `${sha256}  ${archive}\n`);
    return [version, sha256] as const;
  });
  return Object.fromEntries(await Promise.all(built));
}

async function startFirstCluster({ paths, hosts }: StartedHosts, options: SandboxOptions): Promise<void> {
  const dbserverCount = hosts.filter((host) => host.roles.includes("dbserver")).length;
  const timeScale = options.timeScale ?? DEFAULT_TIME_SCALE;
  await assertPortsAreFree(hosts);
  writeFlagFiles(paths, hosts, {
    timeScale,
    replicationFactor: options.replicationFactor ?? Math.min(3, dbserverCount),
    tiles: options.tiles ?? 12,
    bsql: options.bsql ?? true,
    htmlOnly: options.htmlOnly ?? false,
    ...(options.walRetentionSeconds === undefined ? {} : { walRetentionSeconds: options.walRetentionSeconds }),
    ...(options.dataInsideRelease ? { dataFolder: `${releaseFolder(options.version)}/data` } : {}),
  });
  await installRelease(paths, hosts, options.version);
  await startProcesses(paths, hosts, "mserver", options.version);
  await startProcesses(paths, hosts, "dbserver", options.version);
  await waitForCluster(paths, hosts, 60_000 + 120_000 * timeScale);
}
