import { createServer, type Server } from "node:net";
import type { SandboxHost } from "../types";
import { errorCode } from "./error-code";
import { DOWNLOADS_PORT, downloadsAddress, hostAddress, PORTS, SSH_PORTS } from "./layout";

const NETWORKS = { first: 41, count: 80 } as const;

export function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

/** True when nothing else has the port on that address. */
export async function isPortFree(port: number, address: string): Promise<boolean> {
  const probe = createServer();
  try {
    await listen(probe, port, address);
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

/**
 * Finds a network 127.N that no other sandbox has, and claims it by listening on its first address:
 * the kernel lets only one have it, so two sandboxes that start at once never share addresses.
 */
export async function claimNetwork(server: Server): Promise<number> {
  const offset = Math.floor(Math.random() * NETWORKS.count);
  for (let turn = 0; turn < NETWORKS.count; turn++) {
    const network = NETWORKS.first + ((offset + turn) % NETWORKS.count);
    try {
      await listen(server, DOWNLOADS_PORT, downloadsAddress(network));
      return network;
    } catch (error) {
      if (errorCode(error) !== "EADDRINUSE") throw error;
    }
  }
  const range = `127.${NETWORKS.first}.0.1 to 127.${NETWORKS.first + NETWORKS.count - 1}.0.1`;
  throw new Error(
    `Port ${DOWNLOADS_PORT} is taken on every address from ${range}; end a sandbox (\`sandbox down\`) or the program that listens there.`,
  );
}

/** The first of our ssh ports that is free on every host's address. */
export async function chooseSshPort(network: number, hostCount: number): Promise<number> {
  const addresses = Array.from({ length: hostCount }, (_, index) => hostAddress(network, index));
  for (const port of SSH_PORTS) {
    const free = await Promise.all(addresses.map((address) => isPortFree(port, address)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(
    `None of the ports ${SSH_PORTS.join(", ")} is free on ${addresses.join(", ")} for the hosts' ssh servers.`,
  );
}

/** Raises when another program listens on one of BMDB's ports on every address of this machine. */
export async function assertPortsAreFree(hosts: readonly SandboxHost[]): Promise<void> {
  const wanted = hosts.flatMap(({ address, roles }) => [
    ...roles.flatMap((role) => [PORTS[role].rpc, PORTS[role].web].map((port) => ({ address, port }))),
    ...(roles.includes("dbserver") ? [{ address, port: PORTS.bsql }] : []),
  ]);
  const checked = await Promise.all(
    wanted.map(async ({ address, port }) => ((await isPortFree(port, address)) ? undefined : `${address}:${port}`)),
  );
  const taken = checked.filter((place) => place !== undefined);
  if (taken.length === 0) return;
  throw new Error(
    `Another program of this machine has ${taken.join(", ")}; the sandbox's processes need BMDB's own ports. End it first (\`ss -ltnp\` shows it).`,
  );
}
