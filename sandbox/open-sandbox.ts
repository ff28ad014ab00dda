import { readFileSync, realpathSync } from "node:fs";
import { readDescription, type SandboxDescription } from "./description";
import { readEvents } from "./events";
import { readDaemonState } from "./hosts/daemon-files";
import { sandboxPaths } from "./hosts/layout";
import { isSameProcessAlive } from "./hosts/proc";
import { runInHost } from "./hosts/run-in-host";
import { stopProcesses } from "./hosts/stop-processes";
import { orderFaults } from "./order-faults";
import type { Sandbox } from "./types";

/** The handle of a sandbox that was started before, running or ended: `isSandboxRunning` tells which. */
export async function openSandbox(dir: string): Promise<Sandbox> {
  const description = readDescription(dir);
  if (description === undefined) {
    throw new Error(`There is no sandbox in ${dir}. Start one: pulumi-bmdb sandbox up --dir ${dir}`);
  }
  return handleOf(realpathSync(dir), description);
}

/** Whether the sandbox's servers answer; its cluster may still be in any state. */
export function isSandboxRunning(dir: string): boolean {
  const state = readDaemonState(sandboxPaths(dir).daemonState);
  return state !== undefined && isSameProcessAlive(state.daemon);
}

export function handleOf(dir: string, description: SandboxDescription): Sandbox {
  const paths = sandboxPaths(dir);
  const { hosts, downloadsUrl, sha256, id } = description;
  return {
    dir,
    hosts,
    downloadsUrl,
    sha256,
    privateKey: readFileSync(paths.clientKey, "utf8"),
    knownHosts: readFileSync(paths.knownHosts, "utf8"),
    events: () => readEvents(paths.events),
    async exec(name, command) {
      if (!hosts.some((host) => host.name === name)) {
        throw new Error(`The sandbox has no host "${name}"; it has ${hosts.map((host) => host.name).join(", ")}`);
      }
      return runInHost(paths.host(name).shell, command);
    },
    setFaults: (faults) => orderFaults(dir, description, faults),
    stop: () => stopProcesses(paths, id),
  };
}
