// What is measured of a roll, the product's or the loop's.

export interface Rolled {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly wallMs: number;
  /** User and system time of the operator's processes, not of the hosts'. */
  readonly cpuMs: number;
  readonly memoryKb: number;
  /** Logins that the hosts' sshds accepted. */
  readonly connections: number;
  /** In the order of the roll. */
  readonly marks: readonly ProcessMarks[];
}

/** When whoever rolled did what, by his own account. */
export interface ProcessMarks {
  /** `dbserver db4`. */
  readonly process: string;
  /** The process before it was done, or the checks before the first one were. */
  readonly beganAtMs: number;
  readonly stopOrderedAtMs: number;
  /** He went on to the next one. */
  readonly doneAtMs: number;
  /** How long leaders took to leave, once asked. Only the product asks. */
  readonly drainMs: number;
}

/** What the cluster itself needed, by the sandbox's event log and an observer of its own. */
export interface ProcessTruth {
  readonly servingAtMs: number;
  /** Its peers see it, and nothing is under-replicated. */
  readonly wholeAtMs: number;
}

export interface Observed {
  /** By process, `dbserver db4`. */
  readonly truths: ReadonlyMap<string, ProcessTruth>;
  /** When a host was sent a command over ssh. */
  readonly commandsAtMs: readonly number[];
}

export interface ProcessCost {
  readonly process: string;
  readonly totalMs: number;
  readonly drainMs: number;
  /** From the order to stop until the new process serves. */
  readonly restartMs: number;
  /** From then until the cluster is whole. */
  readonly catchUpMs: number;
  readonly pauseMs: number;
  /** All the rest: looks, gates, logins, and waiting for what had happened already. */
  readonly overheadMs: number;
  /** Sent to all hosts over ssh. It does not depend on how busy the machine is. */
  readonly commandCount: number;
}

export function divideCosts(
  marks: readonly ProcessMarks[],
  { truths, commandsAtMs }: Observed,
  pauseMs: number,
): ProcessCost[] {
  return marks.map(({ process, beganAtMs, stopOrderedAtMs, doneAtMs, drainMs }) => {
    const truth = truths.get(process);
    if (truth === undefined) throw new Error(`the sandbox saw no start of ${process}`);
    const totalMs = doneAtMs - beganAtMs;
    const restartMs = truth.servingAtMs - stopOrderedAtMs;
    const catchUpMs = Math.max(0, truth.wholeAtMs - truth.servingAtMs);
    const overheadMs = totalMs - drainMs - restartMs - catchUpMs - pauseMs;
    const commandCount = commandsAtMs.filter((atMs) => atMs >= beganAtMs && atMs < doneAtMs).length;
    return { process, totalMs, drainMs, restartMs, catchUpMs, pauseMs, overheadMs, commandCount };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
