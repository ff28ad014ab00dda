import type { SandboxDescription } from "./description";
import { readDBServerStatuses, readMServerRoles, readVersion } from "./hosts/cluster-pages";
import { sandboxPaths } from "./hosts/layout";
import { listProcesses } from "./hosts/proc";
import type { SandboxHost, SandboxRole } from "./types";

export interface ProcessStatus {
  readonly host: string;
  readonly role: SandboxRole;
  /** Absent when no such process runs on the host. */
  readonly pid?: number;
  /** As the process itself says; absent when it does not answer. */
  readonly version?: string;
  /** LEADER, FOLLOWER, ALIVE, DEAD … as the cluster says, or "no answer". A stopped DBServer is ALIVE for a while. */
  readonly state: string;
}

export async function readStatus(dir: string, { hosts }: SandboxDescription): Promise<ProcessStatus[]> {
  const [roles, statuses] = await Promise.all([
    firstAnswer(hosts, readMServerRoles),
    firstAnswer(hosts, readDBServerStatuses),
  ]);
  const running = listProcesses();
  const pidOf = (host: SandboxHost, role: SandboxRole): number | undefined => {
    const home = `${sandboxPaths(dir).host(host.name).home}/`;
    return running.find(({ exe }) => exe?.startsWith(home) && exe.replace(/ \(deleted\)$/, "").endsWith(`/bin/${role}`))
      ?.pid;
  };
  const all = hosts.flatMap((host) => host.roles.map((role) => ({ host, role })));
  return Promise.all(
    all.map(async ({ host, role }) => {
      const version = await readVersion(host, role);
      const said = (role === "mserver" ? roles : statuses)?.get(host.address) ?? "unknown";
      const pid = pidOf(host, role);
      return {
        host: host.name,
        role,
        ...(pid === undefined ? {} : { pid }),
        ...(version.ok ? { version: version.value } : {}),
        // An MServer that does not answer has no role; a DBServer's status is the MServers' view and shown as such.
        state: role === "mserver" && !version.ok ? "no answer" : said,
      };
    }),
  );
}

/** The first MServer that gives a proper answer speaks for all. */
async function firstAnswer<T>(
  hosts: readonly SandboxHost[],
  ask: (host: SandboxHost) => Promise<{ ok: true; value: T } | { ok: false; why: string }>,
): Promise<T | undefined> {
  for (const host of hosts.filter(({ roles }) => roles.includes("mserver"))) {
    const seen = await ask(host);
    if (seen.ok) return seen.value;
  }
  return undefined;
}
