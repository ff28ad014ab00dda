import { Client } from "ssh2";
import type { SandboxHost } from "../types";
import type { SandboxPaths } from "./layout";
import { readTail } from "./read-tail";

/**
 * Logs in once on every host, without a command. A real sshd may refuse its user for reasons of the machine (a locked
 * account, a policy), and only its log tells them.
 */
export async function assertLoginWorks(
  paths: SandboxPaths,
  hosts: readonly SandboxHost[],
  privateKey: string,
): Promise<void> {
  await Promise.all(
    hosts.map(async (host) => {
      const refusal = await tryLogin(host, privateKey);
      if (refusal === undefined) return;
      throw new Error(
        `The sandbox's key does not open ${host.sshUser}@${host.address}:${host.sshPort} (${host.name}): ${refusal}\n${readTail(paths.host(host.name).sshdLog)}`,
      );
    }),
  );
}

/** undefined when it worked, else why not. */
function tryLogin(host: SandboxHost, privateKey: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const client = new Client();
    const finish = (refusal?: string) => {
      client.end();
      resolve(refusal);
    };
    client.on("connect", () => client.setNoDelay(true));
    client.on("ready", () => finish());
    client.on("error", (error) => finish(error.message));
    client.connect({
      host: host.address,
      port: host.sshPort,
      username: host.sshUser,
      privateKey,
      readyTimeout: 10_000,
      hostVerifier: (key: Buffer) => key.toString("base64") === host.hostKey.split(" ")[1],
    });
  });
}
