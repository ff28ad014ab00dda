// bm-admin on a host in memory.

import { AdminFaults } from "../../processes/admin-faults";
import { runAdmin } from "../../processes/bm-admin-run";
import type { MemoryCluster } from "../memory-cluster";
import { HOME, type MemoryHost } from "../memory-host";
import { buildMemoryRelease } from "../memory-release";
import { readPath, readWords } from "./words";

const COMMAND = /^cd ((?:"\$HOME"\/)?'[^']*') && \.\/bin\/bm-admin (.*)$/s;

export interface AdminAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Undefined: this is another command. */
export function runAdminCommand(
  cluster: MemoryCluster,
  host: MemoryHost,
  command: string,
): Promise<AdminAnswer> | undefined {
  const match = COMMAND.exec(command);
  if (match === null) return undefined;
  const dir = readPath(match[1] ?? "", HOME);
  return runAdminWords(cluster, host, dir, readWords((match[2] ?? "").replace(/^(?!')/, "")));
}

/** As a person on that host would run it. */
export async function runAdminWords(
  cluster: MemoryCluster,
  host: MemoryHost,
  releaseDir: string,
  words: readonly string[],
): Promise<AdminAnswer> {
  const version = host.releases.get(releaseDir);
  if (version === undefined) return { code: 2, stdout: "", stderr: `sh: cd: can't cd to ${releaseDir}\n` };
  let stdout = "";
  let stderr = "";
  await cluster.time.sleep(30);
  const code = await runAdmin(words, {
    metadata: buildMemoryRelease(version, releaseDir).metadata,
    faults: new AdminFaults(cluster.faults.for({ host: host.name, version })),
    world: {
      client: {
        ask: (to, request, timeoutMs) => cluster.ask(host.name, to, request, timeoutMs),
        close: () => undefined,
      },
      nowMs: () => cluster.time.nowMs,
      sleep: (ms) => cluster.time.sleep(ms),
    },
    writeOut: (text) => {
      stdout += text;
    },
    writeError: (text) => {
      stderr += text;
    },
  });
  return { code, stdout, stderr };
}
