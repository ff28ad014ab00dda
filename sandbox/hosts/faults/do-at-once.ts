// Troubles that are made once and then are there, until somebody repairs them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxDescription } from "../../description";
import type { SandboxRole } from "../../types";
import { mserverAddresses } from "../flag-files";
import { MARKS } from "../host-shell";
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

/** Everything that runs on the host is gone, commands over ssh too; then its crontab's @reboot line runs, if it has one. */
export async function rebootHost(host: HostPaths, name: string, sandboxId: string): Promise<void> {
  const marks = [`${MARKS.id}=${sandboxId}`, `${MARKS.host}=${name}`];
  const find = () =>
    listProcesses().filter(
      ({ environ, exe }) => marks.every((mark) => environ.has(mark)) || exe?.startsWith(`${host.home}/`) === true,
    );
  // Again and again: what was just being started has no mark yet when it is looked for.
  const isGone = await pollUntil(
    () => {
      const left = find();
      for (const facts of left) if (isSameProcessAlive(facts)) killQuietly(facts.pid);
      return left.length === 0 ? true : undefined;
    },
    END_LIMIT_MS,
    10,
  );
  if (isGone !== true) throw new Error(`not everything on ${name} ended on SIGKILL`);
  const crontab = join(host.orders, "crontab");
  const lines = existsSync(crontab) ? readFileSync(crontab, "utf8").split("\n") : [];
  for (const line of lines.filter((each) => each.startsWith("@reboot ")))
    await runInHost(host.shell, line.slice("@reboot ".length));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
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
