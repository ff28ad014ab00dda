// How a server process begins and ends: its log, its lock, the faults ordered for it, a death and a graceful stop.

import * as path from "node:path";
import type { ServerRole } from "../cluster/auto-flags";
import { DataDir, DataDirLocked } from "./data-dir";
import { FileFaults } from "./faults";
import { ProcessLog } from "./process-log";

const SUPERVISED_FIRST_MS = 1000;

export class ProcessLife {
  readonly log: ProcessLog;
  readonly faults: FileFaults;
  isEnding = false;
  private data: DataDir | undefined;
  private readonly fsDataDir: string;

  constructor(
    private readonly role: ServerRole,
    flag: (name: string) => string,
    private readonly version: string,
  ) {
    this.fsDataDir = flag("fs_data_dirs").split(",")[0] ?? "";
    const ownLogDir = this.fsDataDir === "" ? undefined : path.join(this.fsDataDir, "bm-data", role, "logs");
    this.log = new ProcessLog({
      role,
      version,
      host: flag("sandbox_host"),
      logDir: flag("log_dir") || ownLogDir,
      eventLog: flag("sandbox_event_log") || undefined,
    });
    const bearer = { host: flag("sandbox_host"), role, version };
    this.faults = new FileFaults(flag("sandbox_faults") || undefined, bearer, flag("sandbox_event_log") || undefined);
    this.log.event({
      event: "process_started",
      exe: process.execPath,
      cmdline: [process.argv0, ...process.argv.slice(2)],
    });
  }

  /** Where a supervisor starts another release, that one is to have the data directory first, not now and then. */
  async letSupervisedGoFirst(): Promise<void> {
    const supervised = this.faults.find("supervisor_restarts_old");
    if (supervised?.release !== undefined && supervised.release !== this.version) await sleep(SUPERVISED_FIRST_MS);
  }

  /** Locks it; without it, or while another process has it, there is no life. */
  openDataDir(): DataDir {
    if (this.fsDataDir === "") this.die("fs_manager.cc:210", "Invalid argument: flag fs_data_dirs is empty");
    try {
      const data = new DataDir(this.fsDataDir, this.role);
      data.lock();
      this.data = data;
      return data;
    } catch (error) {
      return this.die(
        "env_posix.cc:1390",
        error instanceof DataDirLocked ? `IO error: ${error.message}` : String(error),
      );
    }
  }

  /** What is ordered for a start. */
  async sufferFaults(): Promise<void> {
    const slow = this.faults.find("slow_start");
    if (slow !== undefined) await sleep(slow.afterMs ?? 5000);
    const crash = this.faults.find("crash_at_start");
    if (crash === undefined) return;
    await sleep(crash.afterMs ?? 200);
    const text = "Bad status: Corruption: could not open the data directory (ordered by the sandbox)";
    this.die(`${this.role}_main.cc:140`, `Check failed: _s.ok() ${text}`);
  }

  /** What is ordered for a process that has served for so long. */
  sufferServing(servedMs: number): void {
    const crash = this.faults.find("crash_while_serving");
    if (crash === undefined || servedMs < (crash.afterMs ?? 1000)) return;
    this.die(
      "transaction.cc:771",
      "Check failed: status.ok() Bad status: Corruption: broken block (ordered by the sandbox)",
    );
  }

  /** Whether SIGTERM is to be of no effect. Looks at once: whoever cleared the fault must be able to end the process. */
  isDeaf(): boolean {
    this.faults.look();
    if (this.faults.find("ignores_sigterm") === undefined) return false;
    this.log.write("W", `${this.role}_main.cc:168`, "Received signal 15 (SIGTERM), ignored (ordered by the sandbox)");
    return true;
  }

  /** A FATAL line, exit code 1. */
  die(source: string, text: string): never {
    this.isEnding = true;
    this.data?.unlock();
    this.log.write("F", source, text);
    this.log.event({ event: "process_crashed", reason: text });
    process.exit(1);
  }

  /** SIGTERM: nothing is answered any more, but ports and lock are kept until the end. */
  end(afterMs: number, save: () => void): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.log.write("I", `${this.role}_main.cc:170`, "Received signal 15 (SIGTERM), shutting down");
    void sleep(afterMs).then(() => {
      save();
      this.data?.unlock();
      this.log.event({ event: "process_stopped", signal: "SIGTERM" });
      process.exit(0);
    });
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
