import type { SandboxHost } from "../types";
import { readDBServerStatuses, readHealthTroubles, readMServerRoles, readVersion } from "./cluster-pages";
import type { SandboxPaths } from "./layout";
import { pollUntil } from "./poll";
import { readTail } from "./read-tail";

/** Resolves when every process serves, one MServer leads, every DBServer is ALIVE and the health check is clean. */
export async function waitForCluster(
  paths: SandboxPaths,
  hosts: readonly SandboxHost[],
  limitMs: number,
): Promise<void> {
  let missing: Trouble = { why: "nothing was asked yet" };
  const isUp = await pollUntil(
    async () => {
      const trouble = await findTrouble(hosts);
      if (trouble === undefined) return true;
      missing = trouble;
      return undefined;
    },
    limitMs,
    100,
  );
  if (isUp) return;
  const logs =
    missing.process === undefined ? "" : `\n${readTail(paths.host(missing.process.host).out(missing.process.role))}`;
  throw new Error(
    `The sandbox's cluster was not up after ${Math.round(limitMs / 1000)} s; last seen: ${missing.why}${logs}`,
  );
}

interface Trouble {
  readonly why: string;
  readonly process?: { readonly host: string; readonly role: "mserver" | "dbserver" };
}

/** The first thing that is not yet as it should be. */
async function findTrouble(hosts: readonly SandboxHost[]): Promise<Trouble | undefined> {
  const processes = hosts.flatMap((host) => host.roles.map((role) => ({ host, role })));
  const versions = await Promise.all(processes.map(({ host, role }) => readVersion(host, role)));
  for (const [index, seen] of versions.entries()) {
    const silent = processes[index];
    if (!seen.ok && silent) {
      const process = { host: silent.host.name, role: silent.role };
      return { why: `${process.role} on ${process.host} does not answer: ${seen.why}`, process };
    }
  }
  const asked = hosts.find((host) => host.roles.includes("mserver"));
  if (asked === undefined) return undefined;

  const roles = await readMServerRoles(asked);
  if (!roles.ok) return { why: roles.why };
  const leaders = [...roles.value.values()].filter((role) => role === "LEADER");
  if (leaders.length !== 1) return { why: `${leaders.length} MServers lead: ${describe(roles.value)}` };

  const statuses = await readDBServerStatuses(asked);
  if (!statuses.ok) return { why: statuses.why };
  const expected = hosts.filter((host) => host.roles.includes("dbserver"));
  const absent = expected.filter((host) => statuses.value.get(host.address) !== "ALIVE");
  if (absent.length > 0) return { why: `not ALIVE: ${absent.map((host) => host.name).join(", ")}` };

  const troubles = await readHealthTroubles(asked);
  if (!troubles.ok) return { why: troubles.why };
  return troubles.value.length > 0 ? { why: `the health check shows ${troubles.value.join(", ")}` } : undefined;
}

const describe = (facts: ReadonlyMap<string, string>): string =>
  [...facts].map(([address, role]) => `${address} ${role}`).join(", ");
