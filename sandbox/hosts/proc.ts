import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process, told apart from a later one with the same pid by the time it was started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTicks: number;
}

export interface ProcessFacts extends ProcessIdentity {
  readonly parentPid: number;
  readonly environ: ReadonlySet<string>;
  /** Absent when it may not be read or the process is a zombie. */
  readonly exe: string | undefined;
}

/** What /proc says about a process now; undefined when it is gone or a zombie. */
export function readProcess(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks and parentheses; the fields start after the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    if (state === "Z" || state === "X") return undefined;
    return {
      pid,
      parentPid: Number(fields[1]),
      startTicks: Number(fields[19]),
      environ: new Set(readOrEmpty(`/proc/${pid}/environ`).split("\0")),
      exe: readExe(pid),
    };
  } catch {
    return undefined;
  }
}

export function listProcesses(): ProcessFacts[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProcess(Number(pid))).filter((facts) => facts !== undefined);
}

export function isSameProcessAlive(identity: ProcessIdentity): boolean {
  return readProcess(identity.pid)?.startTicks === identity.startTicks;
}

/** The process and whatever it started, as far as the chain of parents still shows it. */
export function withDescendants(roots: readonly number[], all: readonly ProcessFacts[]): ProcessFacts[] {
  const family = new Set(roots);
  for (let size = -1; size !== family.size; ) {
    size = family.size;
    for (const candidate of all) if (family.has(candidate.parentPid)) family.add(candidate.pid);
  }
  return all.filter((candidate) => family.has(candidate.pid));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function readExe(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}
