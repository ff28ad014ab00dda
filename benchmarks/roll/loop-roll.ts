// The same roll by the plain loop: bash, and ssh and curl as its children.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { findPackageRoot } from "../../sandbox/toolchain/package-root";
import type { BenchCluster } from "./bench-cluster";
import type { Rolled } from "./measure";
import type { RollOptions } from "./product-roll";
import { readLoopMarks } from "./read-marks";

const LOOP = join(findPackageRoot(__dirname), "benchmarks", "loop.sh");

/** Twice the heartbeat interval, which a DBA looks up once and writes down (A4). */
const autoFlagsSeconds = (timeScale: number): number => 2 * timeScale;

export async function runLoop(
  cluster: BenchCluster,
  task: "stage" | "roll",
  options: Pick<RollOptions, "to" | "pauseSeconds" | "signal"> & { readonly timeScale: number },
): Promise<Rolled> {
  const connectionsBefore = cluster.countConnections();
  const addresses = (role: "mserver" | "dbserver") =>
    cluster.sandbox.hosts
      .filter((host) => host.roles.includes(role))
      .map((host) => host.address)
      .join(" ");
  const [first] = cluster.sandbox.hosts;
  const env = {
    ...process.env,
    VERSION: options.to,
    MSERVERS: addresses("mserver"),
    DBSERVERS: addresses("dbserver"),
    PAUSE: String(options.pauseSeconds),
    AUTO_FLAGS_SECONDS: String(autoFlagsSeconds(options.timeScale)),
    SSH_USER: first?.sshUser,
    SSH_PORT: String(first?.sshPort),
    SSH_KEY: cluster.keyFile,
    KNOWN_HOSTS: cluster.knownHostsFile,
  };
  const startedAtMs = Date.now();
  const { code, stdout, stderr } = await runTimed(["bash", LOOP, task], env, options.signal);
  const endedAtMs = Date.now();
  if (code !== 0) throw new Error(`loop.sh ${task} failed (${code}): ${stderr.slice(-2000)}`);
  return {
    startedAtMs,
    endedAtMs,
    wallMs: endedAtMs - startedAtMs,
    ...readUsage(stderr),
    connections: cluster.countConnections() - connectionsBefore,
    marks: readLoopMarks(stdout, cluster.sandbox.hosts),
  };
}

function runTimed(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const args = ["-f", "used %U %S %M", ...command];
    // A group of its own, so that an end reaches the ssh in hand too.
    const child = spawn("/usr/bin/time", args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output.stderr += text;
    });
    const end = () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, "SIGTERM");
    signal.addEventListener("abort", end, { once: true });
    child.once("error", reject);
    child.once("close", (code) => {
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason);
      else resolve({ code, ...output });
    });
  });
}

/** Of bash and of everything that it waited for; the memory is that of the largest one. */
function readUsage(stderr: string): { cpuMs: number; memoryKb: number } {
  const match = /^used ([\d.]+) ([\d.]+) (\d+)$/m.exec(stderr);
  return { cpuMs: (Number(match?.[1]) + Number(match?.[2])) * 1000, memoryKb: Number(match?.[3]) };
}
