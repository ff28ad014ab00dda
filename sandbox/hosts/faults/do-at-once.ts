// Troubles that are made once and then are there, until somebody repairs them.

import { join } from "node:path";
import type { SandboxDescription } from "../../description";
import type { SandboxRole } from "../../types";
import { mserverAddresses } from "../flag-files";
import { type HostPaths, PORTS, type SandboxPaths } from "../layout";
import { pollUntil } from "../poll";
import { isSameProcessAlive, listProcesses } from "../proc";
import { runInHost } from "../run-in-host";
import { releaseFolder } from "../start-cluster";

const END_LIMIT_MS = 5000;

/** SIGKILL, and it is gone when this resolves. Raises when none runs. */
export async function killProcess(host: HostPaths, name: string, role: SandboxRole): Promise<void> {
  const found = listProcesses().filter(
    ({ exe }) => exe?.startsWith(`${host.home}/`) && exe.replace(/ \(deleted\)$/, "").endsWith(join("/bin", role)),
  );
  if (found.length === 0) throw new Error(`No ${role} runs on ${name} now, so none can be killed`);
  for (const facts of found) process.kill(facts.pid, "SIGKILL");
  const isGone = await pollUntil(() => (found.some(isSameProcessAlive) ? undefined : true), END_LIMIT_MS, 10);
  if (isGone !== true) throw new Error(`${role} on ${name} did not end on SIGKILL`);
}

export async function blacklistDbserver(
  paths: SandboxPaths,
  { hosts, version }: SandboxDescription,
  name: string,
): Promise<void> {
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`The sandbox has no host "${name}"`);
  const target = `${host.address}:${PORTS.dbserver.rpc}`;
  const command = `./${releaseFolder(version)}/bin/bm-admin -mserver_addresses ${mserverAddresses(hosts)} change_leader_blacklist ADD ${target}`;
  const result = await runInHost(paths.host(name).shell, command);
  if (result.code !== 0) throw new Error(`${name} could not be blacklisted: ${result.stderr.trimEnd()}`);
}
