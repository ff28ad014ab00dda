// A server's data directory: one lock file, so that two processes never use it at once, and one state file.

import * as fs from "node:fs";
import * as path from "node:path";
import type { ServerRole } from "../cluster/auto-flags";

export class DataDirLocked extends Error {}

export class DataDir {
  readonly dir: string;
  private readonly stateFile: string;
  private readonly lockFile: string;
  private isLocked = false;

  constructor(fsDataDir: string, role: ServerRole) {
    this.dir = path.join(fsDataDir, "bm-data", role);
    this.stateFile = path.join(this.dir, "state.json");
    this.lockFile = path.join(this.dir, "data.lock");
    fs.mkdirSync(this.dir, { recursive: true });
  }

  /** Raises `DataDirLocked` while another living process holds it. */
  lock(): void {
    const mine = `${this.lockFile}.${process.pid}`;
    fs.writeFileSync(mine, `${process.pid} ${readStartTime(process.pid) ?? ""}`);
    try {
      for (let attempt = 0; attempt < 5; attempt++) {
        if (this.tryLink(mine)) {
          this.isLocked = true;
          return;
        }
        const holder = this.readHolder();
        if (holder !== undefined && readStartTime(holder.pid) === holder.startTime) {
          throw new DataDirLocked(
            `Could not lock ${this.lockFile}: Resource temporarily unavailable, held by process ${holder.pid}`,
          );
        }
        fs.rmSync(this.lockFile, { force: true });
      }
      throw new DataDirLocked(`Could not lock ${this.lockFile}: Resource temporarily unavailable`);
    } finally {
      fs.rmSync(mine, { force: true });
    }
  }

  unlock(): void {
    if (this.isLocked) fs.rmSync(this.lockFile, { force: true });
    this.isLocked = false;
  }

  readState<State>(): State | undefined {
    if (!fs.existsSync(this.stateFile)) return undefined;
    return JSON.parse(fs.readFileSync(this.stateFile, "utf8")) as State;
  }

  writeState(state: unknown): void {
    const temporary = `${this.stateFile}.tmp`;
    fs.writeFileSync(temporary, JSON.stringify(state));
    fs.renameSync(temporary, this.stateFile);
  }

  private tryLink(mine: string): boolean {
    try {
      fs.linkSync(mine, this.lockFile);
      return true;
    } catch {
      return false;
    }
  }

  private readHolder(): { pid: number; startTime: string } | undefined {
    try {
      const [pid = "", startTime = ""] = fs.readFileSync(this.lockFile, "utf8").split(" ");
      return { pid: Number(pid), startTime };
    } catch {
      return undefined;
    }
  }
}

/** Start time of a living process in clock ticks; undefined when there is none. A zombie holds no lock. */
function readStartTime(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
