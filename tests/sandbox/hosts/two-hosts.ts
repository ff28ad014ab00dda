import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInHost } from "../../../sandbox/hosts/run-in-host";
import { claimDirectory, type StartedHosts, startHosts } from "../../../sandbox/hosts/start-hosts";
import { stopProcesses } from "../../../sandbox/hosts/stop-processes";
import { findProgram } from "../../../sandbox/hosts/tools";
import type { SandboxHost } from "../../../sandbox/types";

export interface TwoHosts extends StartedHosts {
  readonly db1: SandboxHost;
  readonly db2: SandboxHost;
  /** Runs a command on a host, not over ssh. */
  run(host: SandboxHost, command: string): Promise<{ code: number; stdout: string; stderr: string }>;
  stop(): Promise<void>;
}

/** Two hosts with shells and servers and without a cluster: quick, and enough for whatever is not about BMDB. */
export async function startTwoHosts(ssh: "builtin" | "openssh" = "builtin"): Promise<TwoHosts> {
  const claimed = claimDirectory(mkdtempSync(join(tmpdir(), "bmdb-hosts-")));
  const options = {
    ssh,
    hosts: [
      { name: "db1", roles: ["mserver"] as const },
      { name: "db2", roles: ["dbserver"] as const },
    ],
  };
  const stop = async () => {
    await stopProcesses(claimed.paths, claimed.id);
    rmSync(claimed.paths.root, { recursive: true, force: true });
  };
  try {
    const started = await startHosts(options, claimed, process.execPath);
    const [db1, db2] = started.hosts;
    if (db1 === undefined || db2 === undefined) throw new Error("two hosts were asked for");
    return {
      ...started,
      db1,
      db2,
      stop,
      run: (host, command) => runInHost(claimed.paths.host(host.name).shell, command),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Puts a program that only sleeps into a host's home, under a name of one's choice. */
export function placeSleeper({ home }: SandboxHost, name: string): void {
  copyFileSync(findProgram("sleep") ?? "sleep", join(home, name));
  chmodSync(join(home, name), 0o755);
}
