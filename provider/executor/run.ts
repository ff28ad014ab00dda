// What one run carries along: the ports, what it wants, and what it learnt about the processes in its hands.

import { type BmdbError, BugError } from "../errors/bmdb-error";
import type { DesiredCluster, ProcessId } from "../model/desired";
import type { Inventory } from "../model/inventory";
import type { LeaseText } from "../model/lease-record";
import type { PauseRecord } from "../model/xdcr";
import type { Clock, EventSink, Journal, Random, Shell, WebPages } from "../ports";

export interface RunPorts {
  readonly shell: Shell;
  readonly pages: WebPages;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly sink: EventSink;
}

/** The right to change the cluster (design rule 9). */
export interface Lease {
  /** Stands before every command that changes something on a host. Raises `LeaseLost` when it is known to be lost. */
  readonly guard: string;
  /** Told by whoever meets it: a host takes this run's commands no longer. Returns the `LeaseLost` to end with. */
  lose(node: string, seen: LeaseText): BmdbError;
  /** At a safe point. Raises `LeaseLost`, also when it could not be renewed for too long. */
  confirm(): Promise<void>;
  /** Shows the lease to every declared host, so that none takes a command of an earlier owner. Raises what the shell raises. */
  fence(): Promise<void>;
}

/** Of a run that only looks. */
export const noLease: Lease = {
  get guard(): string {
    throw new BugError("A run without a lease was about to change something.");
  },
  lose() {
    throw new BugError("A run without a lease was refused by a host.");
  },
  confirm: async () => undefined,
  fence: async () => undefined,
};

export interface Run {
  readonly id: string;
  readonly desired: DesiredCluster;
  readonly ports: RunPorts;
  /** Aborted when the run is to stop at the next safe point. */
  readonly signal: AbortSignal;
  readonly lease: Lease;
  /** The same on other clusters that replicate with this one, by their name. */
  readonly peerLeases: ReadonlyMap<string, Lease>;
  /** `project/stack`, for what is written down about it. */
  readonly stack: string;
  /** Links that this program keeps paused, by `linkId`: still so at the end when they could not be resumed. */
  readonly linksPaused: Map<string, PauseRecord>;
  /** Fresh facts. `hosts`: of which hosts the ssh facts are read too. "cluster": only what the leader MServer tells. */
  collect(hosts: readonly string[] | "all" | "none", depth?: "thorough" | "cluster"): Promise<Inventory>;
  /** What was seen of a process right before its restart, to prove that what came back is another one. */
  readonly restarts: Map<string, RestartRecord>;
  /** What this run, or the one before, restarted or started and has not watched to the end of its pause. */
  readonly inHand: Map<string, ProcessId>;
  /** DBServers whose leaders this run keeps away: put back on every way out. */
  readonly drained: Map<string, ProcessId>;
  /** Operations that this cluster's bm-admin does not know; asked once. */
  readonly unknownOperations: Set<string>;
  /** Hosts that bm-admin could not be reached on: others are asked first. */
  readonly lostHosts: Set<string>;
  /** For each gate whose waiver was told: what it was told about. */
  readonly waived: Map<string, string>;
  /** Whether AutoFlags were asked to be promoted, by this run or an earlier one, and no answer came back. */
  readonly promotion: { isUnanswered: boolean };
  /** Whether the last attempt to upgrade the BSQL catalog ended without an answer: the server may still work on it. */
  readonly catalog: { isUnanswered: boolean };
  /** What a run that is told to stop has to see through first, and how its end is told; undefined: nothing. */
  readonly safePoint: { until: string | undefined };
  /** Which step is done now, for everything that is said meanwhile. */
  progress: { done: number; total: number };
}

export interface RestartRecord {
  readonly process: ProcessId;
  readonly pidBefore: number | undefined;
  readonly startTimeUsBefore: number | undefined;
  /** How many tiles ran on a DBServer before its stop: it is back when as many run again. */
  readonly tilesBefore: number | undefined;
  readonly pidStarted: number;
  /** Of the process that was proven back; with the pid it names one process for good. */
  readonly startTicks?: number;
  /** Before the stop. */
  readonly orderedAtMs: number;
  /** After the start. */
  readonly startedAtMs: number;
}

export const processKey = (id: ProcessId): string => `${id.role}:${id.node}`;

export function journal(run: Run, event: string, facts: Readonly<Record<string, unknown>> = {}): void {
  run.ports.journal.append({ ...facts, at: new Date(run.ports.clock.nowMs()).toISOString(), run: run.id, event });
}

/**
 * A line on the resource's row. The terminal shows about 28 characters of it, so what matters comes first.
 * `lasting` lines are remarks that the report repeats; `result` ones last too, but the journal has them as events of their own.
 */
export function say(run: Run, text: string, kind: "passing" | "lasting" | "result" | "step"): void {
  const { done, total } = run.progress;
  if (kind === "lasting") journal(run, "remark", { text });
  run.ports.sink.emit({
    text: total > 0 ? `${done}/${total} ${text}` : text,
    passing: kind === "passing" || kind === "step",
    ...(kind === "step" && { isStep: true }),
  });
}
