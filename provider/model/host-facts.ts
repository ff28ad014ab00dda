// What one host shows of itself and of the BMDB processes on it, as of one run of our host-facts command.

export interface HostFacts {
  /** The host's own clock: to compare with other hosts, never to measure with. */
  readonly clockMs: number;
  readonly hostname: string;
  /** The user that the command ran as. */
  readonly user: string;
  readonly uid: number;
  readonly home: string | undefined;
  /** Changes with each boot; `startTicks` of two boots cannot be compared. */
  readonly bootId: string | undefined;
  /** The systemd service that our own commands run in there; undefined: none, or a login session. */
  readonly ownUnit: string | undefined;
  readonly memAvailableBytes: number | undefined;
  readonly disks: readonly DiskSpace[];
  readonly stateDir: StateDir;
  /** Every process found, zombies left out. Empty means: looked for, and there is none. */
  readonly processes: readonly RunningProcess[];
}

export interface DiskSpace {
  /** The directory that was asked for. */
  readonly asked: string;
  /** The nearest directory above it that exists: the one that was measured. */
  readonly measured: string;
  readonly totalBytes: number;
  readonly availableBytes: number;
}

/** `~/.pulumi-bmdb` of the ssh user. */
export interface StateDir {
  readonly isPresent: boolean;
  /** Octal permissions, e.g. `700`; undefined when absent. */
  readonly mode: string | undefined;
  readonly uid: number | undefined;
}

export interface RunningProcess {
  /** The process name that was asked for: `mserver` or `dbserver`. */
  readonly name: string;
  readonly pid: number;
  /** Start of the process in clock ticks since boot (field 22 of /proc/PID/stat): with the pid it names one process for good. */
  readonly startTicks: number;
  readonly uid: number;
  /** `name`: its process name, and the script that it runs. */
  readonly parent: { readonly pid: number; readonly name: string } | undefined;
  /** The innermost systemd service of its control group, e.g. `bmdb-mserver.service`. */
  readonly unit: string | undefined;
  /** The running binary. Undefined when the ssh user may not see it. Never ends with ` (deleted)`. */
  readonly exe: string | undefined;
  /** The binary's file is gone or was replaced since the start. */
  readonly isExeDeleted: boolean;
  /** `exe` without `/bin/NAME`; undefined when the binary is not in such a place. */
  readonly releaseDir: string | undefined;
  /** From that directory's version_metadata.json as it is *now*; the process read it at its start. */
  readonly releaseVersion: string | undefined;
  /** `argv[0]` included. */
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  /** Where the descriptors 1 and 2 lead, as /proc shows it: a path, `pipe:[123]`, `… (deleted)`. */
  readonly stdout: string | undefined;
  readonly stderr: string | undefined;
  /** Octal, e.g. `0022`. */
  readonly umask: string | undefined;
  readonly limits: ProcessLimits;
  /** SECRET. Only there when it was asked for. Must not reach a log, an error, a report or the state. */
  readonly environment: Readonly<Record<string, string>> | undefined;
}

/** A pid alone is given to others again. */
export const isSameLife = (
  a: Pick<RunningProcess, "pid" | "startTicks">,
  b: Pick<RunningProcess, "pid" | "startTicks">,
): boolean => a.pid === b.pid && a.startTicks === b.startTicks;

export type LimitName = "nofile" | "nproc" | "core" | "memlock" | "stack" | "data" | "fsize" | "as" | "rss" | "cpu";

/**
 * As /proc/PID/limits says them: digits or `unlimited`. Sizes are in BYTES, whereas `ulimit` takes blocks of 512 or
 * 1024 bytes for them; nofile, nproc and cpu (seconds) are the same in both.
 */
export type ProcessLimits = { readonly [name in LimitName]?: ProcessLimit };

export interface ProcessLimit {
  readonly soft: string;
  readonly hard: string;
}
