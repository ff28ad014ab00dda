// What a person does on a host, and what lies there from an earlier run.

import type { SandboxRole } from "../../../sandbox/types";
import type { TestCluster } from "../../support/sandbox-cluster";
import { OLD } from "../roll-driver";

async function type(cluster: TestCluster, host: string, command: string): Promise<void> {
  const { code, stderr } = await cluster.sandbox.exec(host, command);
  if (code !== 0) throw new Error(`on ${host}: ${stderr}`);
}

/** By the procedure's own command, and it answers when this resolves. */
export async function startByHand(
  cluster: TestCluster,
  host: string,
  role: SandboxRole,
  release: string = OLD,
): Promise<void> {
  const start = `setsid ./bin/${role} --flagfile ~/conf/${role}.conf >>~/logs/${role}.out 2>&1 </dev/null &`;
  await type(cluster, host, `cd softwarebm-${release}\n${start}`);
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await cluster.versions())[`${role} ${host}`] === release) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${role} on ${host} does not answer`);
}

export const stopByHand = (cluster: TestCluster, host: string, role: SandboxRole): Promise<void> =>
  type(cluster, host, `pkill -x ${role}; while pgrep -x ${role} >/dev/null; do sleep 0.05; done`);

/** The mark that a run of ours leaves on a host while its DBServer is on the leader blacklist. */
export const markAsDrainedByUs = (cluster: TestCluster, host: string): Promise<void> =>
  type(cluster, host, "mkdir -p ~/.pulumi-bmdb && : >~/.pulumi-bmdb/dbserver.drained");

/** Which MServer leads, by the sandbox's event log. */
export async function findLeaderHost(cluster: TestCluster): Promise<string> {
  const elected = (await cluster.sandbox.events()).filter(({ event }) => event === "leader_elected");
  const host = elected.at(-1)?.host;
  if (host === undefined) throw new Error("no MServer was ever elected");
  return host;
}
