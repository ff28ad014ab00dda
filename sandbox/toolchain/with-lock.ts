// Lets one process at a time do a thing, e.g. compile Pulumi for minutes.
//
// The lock is a file with the holder's pid. A holder that no longer runs on this machine has left a stale lock, which is taken away.
// Two processes may, in a very small window, both believe they hold the lock; what is done under it must end in an atomic rename, so that
// the worst outcome is that the work was done twice.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface LockOptions {
  readonly waitMsMax: number;
  readonly pollMs?: number;
  /** Called once, when somebody else holds the lock. */
  readonly onWait?: (holder: string) => void;
}

export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const deadlineMs = Date.now() + options.waitMsMax;
  let isWaitSaid = false;
  while (!tryTake(file)) {
    const holder = readHolder(file);
    if (isStale(holder)) {
      takeAway(file, holder);
      continue;
    }
    if (!isWaitSaid) options.onWait?.(holder);
    isWaitSaid = true;
    if (Date.now() >= deadlineMs) {
      throw new Error(`${holder} has held ${file} for more than ${Math.round(options.waitMsMax / 1000)} s.`);
    }
    await delay(options.pollMs ?? 500);
  }
  try {
    return await work();
  } finally {
    if (readHolder(file) === ownName()) rmSync(file, { force: true });
  }
}

function ownName(): string {
  return `process ${process.pid} on ${hostname()}`;
}

function tryTake(file: string): boolean {
  try {
    writeFileSync(file, ownName(), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isStale(holder: string): boolean {
  const [, pid, host] = /^process (\d+) on (.+)$/.exec(holder) ?? [];
  // Another machine's processes cannot be seen from here; a lock that is just being written is empty.
  if (pid === undefined || host !== hostname()) return false;
  return !isRunning(Number(pid));
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function takeAway(file: string, staleHolder: string): void {
  // Renamed rather than removed: when two processes find the same stale lock, one rename fails instead of removing the other's new lock.
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readHolder(aside) !== staleHolder) writeFileSync(file, readHolder(aside), { flag: "wx" });
  rmSync(aside, { force: true });
}
