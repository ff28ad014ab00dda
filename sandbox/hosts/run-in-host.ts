import { spawn } from "node:child_process";
import { constants } from "node:os";

export interface HostCommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command through a host's shell script. A command that ended by a signal has the code a shell would give: 128 + n. */
export function runInHost(shell: string, command: string): Promise<HostCommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(shell, ["-c", command], { stdio: ["ignore", "pipe", "pipe"], env: {}, detached: true });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: code ?? signalCode(signal), stdout, stderr }));
  });
}

const signalCode = (signal: NodeJS.Signals | null): number => 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0);
