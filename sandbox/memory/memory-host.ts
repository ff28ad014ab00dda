// A host in memory: files, releases, processes, and what starts processes at its boot.

import type { SandboxRole } from "../types";
import type { MemoryProcess } from "./memory-process";

export const HOME = "/home/bigmath";
export const STATE_DIR = `${HOME}/.pulumi-bmdb`;
export const releaseDirOf = (version: string): string => `${HOME}/softwarebm-${version}`;

export interface MemoryHostOptions {
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly roles: readonly SandboxRole[];
}

export class MemoryHost {
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly roles: readonly SandboxRole[];
  /** By absolute path. A directory is there when something is in it. */
  readonly files = new Map<string, string>();
  /** What lies in data directories, by directory. */
  readonly data = new Map<string, unknown>();
  /** Version by release directory. */
  readonly releases = new Map<string, string>();
  /** Running ones, and those that end. */
  readonly processes = new Set<MemoryProcess>();
  readonly bootStarts: { role: SandboxRole; version: string }[] = [];
  clockOffsetMs = 0;
  isDiskFull = false;
  bootCount = 1;
  /** Told of every file that is written, with what it held before. */
  onWrite: ((path: string, before: string, text: string) => void) | undefined;
  private nextPid: number;

  constructor(
    options: MemoryHostOptions,
    public bootedAtMs: number,
  ) {
    this.name = options.name;
    this.address = options.address;
    this.zone = options.zone;
    this.roles = options.roles;
    this.nextPid = 1000;
  }

  takePid(): number {
    this.nextPid += 7;
    return this.nextPid;
  }

  ticksAt(nowMs: number): number {
    return Math.floor((nowMs - this.bootedAtMs) / 10);
  }

  /** Every process of a role that has its name, oldest first. */
  processesOf(role: SandboxRole): MemoryProcess[] {
    return [...this.processes].filter((process) => process.role === role);
  }

  processWith(pid: number): MemoryProcess | undefined {
    return [...this.processes].find((process) => process.pid === pid);
  }

  /** False: the disk is full, and the file is as it was. */
  write(path: string, text: string): boolean {
    if (this.isDiskFull) return false;
    const before = this.files.get(path) ?? "";
    this.files.set(path, text);
    this.onWrite?.(path, before, text);
    return true;
  }
}
