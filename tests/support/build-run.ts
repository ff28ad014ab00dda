// A run on a virtual clock: what it journals and says is kept; the cluster that it sees is the test's.

import { BmdbError } from "../../provider/errors/bmdb-error";
import type { Lease, Run, RunPorts } from "../../provider/executor/run";
import type { DesiredCluster } from "../../provider/model/desired";
import type { Inventory } from "../../provider/model/inventory";
import type { JournalEntry, ProgressEvent, Shell } from "../../provider/ports";
import { createVirtualClock, type VirtualClock } from "./virtual-clock";

export interface TestRun extends Run {
  readonly clock: VirtualClock;
  readonly journalled: JournalEntry[];
  readonly said: ProgressEvent[];
  readonly controller: AbortController;
}

export interface RunShape {
  readonly desired: DesiredCluster;
  readonly collect?: (hosts: Parameters<Run["collect"]>[0]) => Inventory;
  readonly shell?: Shell;
  readonly clock?: VirtualClock;
  readonly lease?: Lease;
}

/** Stands in for a lease where a test is about something else: no host refuses anything. */
export const openLease: Lease = {
  guard: "",
  lose: (node) => new BmdbError({ code: "LeaseLost", what: node, next: "", blame: "operator", retry: "never" }),
  confirm: async () => undefined,
  fence: async () => undefined,
};

export const silentShell: Shell = {
  run: async (_node, command) => {
    throw new Error(`no host is there to run: ${command}`);
  },
  close: async () => undefined,
};

export function buildRun(shape: RunShape): TestRun {
  const clock = shape.clock ?? createVirtualClock();
  const journalled: JournalEntry[] = [];
  const said: ProgressEvent[] = [];
  const controller = new AbortController();
  const ports: RunPorts = {
    shell: shape.shell ?? silentShell,
    pages: { get: async () => ({ kind: "refused" }), close: async () => undefined },
    clock,
    random: { next: () => 0.5, hex: (length) => String(journalled.length).padStart(length, "0") },
    journal: { append: (entry) => journalled.push(entry), path: undefined },
    sink: { emit: (event) => said.push(event) },
  };
  return {
    id: "run-1",
    desired: shape.desired,
    ports,
    clock,
    journalled,
    said,
    controller,
    signal: controller.signal,
    restarts: new Map(),
    inHand: new Map(),
    drained: new Map(),
    unknownOperations: new Set(),
    lostHosts: new Set(),
    waived: new Map(),
    promotion: { isUnanswered: false },
    catalog: { isUnanswered: false },
    safePoint: { until: undefined },
    lease: shape.lease ?? openLease,
    peerLeases: new Map(Object.keys(shape.desired.xdcr?.clusters ?? {}).map((name) => [name, openLease])),
    stack: "shop/prod",
    linksPaused: new Map(),
    progress: { done: 0, total: 0 },
    collect: async (hosts) => {
      if (!shape.collect) throw new Error("this run sees no cluster");
      return shape.collect(hosts);
    },
  };
}

/** Gives one of them after the other; the last one again and again. */
export function inTurn<T>(values: readonly [T, ...T[]]): () => T {
  let index = 0;
  return () => {
    const value = values[Math.min(index, values.length - 1)] ?? values[0];
    index += 1;
    return value;
  };
}

/** What a promise was rejected with; a test that expects an error gets one. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("an error was expected");
}
