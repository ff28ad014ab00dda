// How a run is interrupted. Each resolves with the exit code of its `pulumi up`, when the trouble is over.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestCluster } from "../../support/sandbox-cluster";
import { type CliProject, type RunningUp, until } from "../cli-project";
import type { Interruption } from "./cases";

export interface Scene {
  readonly cluster: TestCluster;
  readonly project: CliProject;
  readonly up: RunningUp;
  /** The release that the cluster ran before. */
  readonly from: string;
  /** The host that a reboot takes. */
  readonly host: string;
}

export async function interrupt({ kind, place }: Interruption, scene: Scene): Promise<number | null> {
  const { cluster, project, up, from, host } = scene;
  switch (kind) {
    case "SIGINT":
      up.child.kill("SIGINT");
      return up.ended;
    case "SIGTERM":
      up.child.kill("SIGTERM");
      return up.ended;
    case "SIGKILL of the CLI":
      up.child.kill("SIGKILL");
      return up.ended;
    case "SIGINT twice":
      up.child.kill("SIGINT");
      // The CLI says so once it has understood the first; a second one before that would be the same signal.
      await until("the CLI has heard the first Ctrl-C", () => /\^C received/.test(up.text()) || isOver(up));
      up.child.kill("SIGINT");
      return up.ended;
    case "SIGKILL of the provider process":
      for (const pid of project.findPlugins()) process.kill(pid, "SIGKILL");
      return up.ended;
    case "network cut to all hosts": {
      await cluster.sandbox.setFaults([{ kind: "network_cut" }]);
      // Longer than the term of the lease: until the run has seen that it cannot be renewed, three times in a row.
      await until("the lease cannot be renewed", () => countLines(project, "lease_renewal_failed") >= 3 || isOver(up));
      await cluster.sandbox.setFaults([]);
      return up.ended;
    }
    case "reboot of a host": {
      // While MServers are old, a DBServer that is down is nobody's to start on the new release: its boot does it.
      const boot = { kind: "boot_starts_old", host, release: from } as const;
      const reboot = { kind: "host_reboots", host } as const;
      await cluster.sandbox.setFaults(place === "in the middle of the MServers" ? [boot, reboot] : [reboot]);
      return up.ended;
    }
  }
}

/** In the journal of the run that was begun last. */
function countLines(project: CliProject, event: string): number {
  const folder = join(project.dir, ".pulumi-bmdb");
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .at(-1);
  if (newest === undefined) return 0;
  return readFileSync(join(folder, newest), "utf8").split(`"event":"${event}"`).length - 1;
}

const isOver = (up: RunningUp): boolean => up.child.exitCode !== null || up.child.signalCode !== null;
