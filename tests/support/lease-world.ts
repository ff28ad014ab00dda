// Several runs and the hosts that they share, on one time line: the test chooses whose command arrives next. Each run has a
// clock of its own, whose wall time and origin have nothing to do with the others'.

import type { Run } from "../../provider/executor/run";
import { withLease } from "../../provider/executor/with-lease";
import type { DesiredCluster } from "../../provider/model/desired";
import type { LeaseOwner } from "../../provider/model/lease-record";
import type { Clock, CommandResult, Shell } from "../../provider/ports";
import { buildRun, type TestRun } from "./build-run";
import { type LeaseHost, runLeaseCommand } from "./lease-hosts";

export interface Contender {
  readonly name: string;
  readonly run: TestRun;
  readonly owner: LeaseOwner;
  /** Commands that it sent so far. */
  sentCount: number;
  /** From this command on it is dead: "before" it arrives, or "after", so that the answer is lost with it. */
  death?: { readonly at: number; readonly arrives: boolean };
  /** Hosts that it does not reach. */
  readonly cutOff: Set<string>;
  /** Guarded commands of its that hosts let through. */
  readonly done: string[];
}

interface Pending {
  readonly contender: Contender;
  deliver(): void;
}

export interface LeaseWorld {
  readonly hosts: ReadonlyMap<string, LeaseHost>;
  readonly nowMs: () => number;
  add(name: string, wallClockOffsetMs?: number): Contender;
  /** Starts `withLease`; whatever comes of it is kept. */
  start(contender: Contender, work: (held: Run) => Promise<unknown>): { readonly outcome: () => Outcome | undefined };
  /** Lets commands arrive and time pass until `isOver`. `choose` picks one of the runs that have a command under way. */
  play(isOver: () => boolean, choose: (names: readonly string[]) => number): Promise<void>;
}

export type Outcome =
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: unknown };

const STEPS_MAX = 5_000;

export function createLeaseWorld(desired: DesiredCluster): LeaseWorld {
  const hosts = new Map(desired.nodes.map((node): [string, LeaseHost] => [node.name, { lease: "" }]));
  let nowMs = 0;
  let pending: Pending[] = [];
  const alarms = new Set<{ dueMs: number; ring(): void }>();

  const makeClock = (originMs: number, wallMs: number): Clock => ({
    nowMs: () => wallMs + nowMs,
    monotonicMs: () => originMs + nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const stop = () => {
          alarms.delete(alarm);
          reject(signal?.reason);
        };
        const alarm = {
          dueMs: nowMs + ms,
          ring: () => {
            alarms.delete(alarm);
            signal?.removeEventListener("abort", stop);
            resolve();
          },
        };
        alarms.add(alarm);
        signal?.addEventListener("abort", stop);
      }),
    every(ms, work) {
      let isBusy = false;
      const alarm = {
        dueMs: nowMs + ms,
        ring: () => {
          alarm.dueMs = nowMs + ms;
          if (isBusy) return;
          isBusy = true;
          void work().finally(() => {
            isBusy = false;
          });
        },
      };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
  });

  const makeShell = (contender: () => Contender): Shell => ({
    close: async () => undefined,
    run: (node, command) =>
      new Promise<CommandResult>((resolve, reject) => {
        const who = contender();
        const index = who.sentCount++;
        const host = hosts.get(node);
        if (who.death && index >= who.death.at && !(index === who.death.at && who.death.arrives)) return;
        pending.push({
          contender: who,
          deliver: () => {
            if (who.cutOff.has(node) || host === undefined) return reject(new Error(`no way to ${node}`));
            const answer = runLeaseCommand(host, command, (guarded) => {
              who.done.push(`${node}: ${guarded}`);
              return { code: 0, stdout: "", stderr: "" };
            });
            if (answer === undefined) return reject(new Error(`not a command of the lease: ${command}`));
            if (who.death?.at !== index) void Promise.resolve(answer).then(resolve);
          },
        });
      }),
  });

  return {
    hosts,
    nowMs: () => nowMs,
    add(name, wallClockOffsetMs = 0) {
      const run = buildRun({ desired, shell: makeShell(() => contender) });
      const clock = makeClock(name.length * 1e6, Date.UTC(2026, 0, 1) + wallClockOffsetMs);
      const contender: Contender = {
        name,
        run: { ...run, id: name, ports: { ...run.ports, clock } },
        owner: {
          stack: `shop/${name}`,
          host: `laptop-${name}`,
          person: name,
          runId: name,
          since: new Date(clock.nowMs()).toISOString(),
        },
        sentCount: 0,
        cutOff: new Set(),
        done: [],
      };
      return contender;
    },
    start(contender, work) {
      let outcome: Outcome | undefined;
      withLease(contender.run, contender.owner, work).then(
        (value) => {
          outcome = { kind: "done", value };
        },
        (error: unknown) => {
          outcome = { kind: "failed", error };
        },
      );
      return { outcome: () => outcome };
    },
    async play(isOver, choose) {
      for (let steps = 0; steps < STEPS_MAX; steps += 1) {
        // Everything that follows from the last step happens before the next one.
        await new Promise((resolve) => setImmediate(resolve));
        if (isOver()) return;
        const names = [...new Set(pending.map((each) => each.contender.name))].sort();
        if (names.length > 0) {
          const name = names.length === 1 ? names[0] : names[choose(names)];
          const next = pending.find((each) => each.contender.name === name);
          pending = pending.filter((each) => each !== next);
          next?.deliver();
          continue;
        }
        const alarm = [...alarms].sort((a, b) => a.dueMs - b.dueMs)[0];
        if (alarm === undefined) throw new Error("nothing is under way any more");
        nowMs = Math.max(nowMs, alarm.dueMs);
        alarm.ring();
      }
      throw new Error(`it did not end within ${STEPS_MAX} steps`);
    },
  };
}

/** Every way to choose, one after the other, where the first `depth` choices branch and the later ones take turns. */
export async function forEveryChoice(
  depth: number,
  play: (choose: (names: readonly string[]) => number) => Promise<void>,
): Promise<number> {
  const path: { index: number; count: number }[] = [];
  for (let playCount = 1; ; playCount += 1) {
    let step = 0;
    await play((names) => {
      const at = step++;
      if (at >= depth) return at % names.length;
      path[at] ??= { index: 0, count: names.length };
      return path[at].index;
    });
    path.length = Math.min(path.length, step);
    while (path.length > 0 && (path.at(-1)?.index ?? 0) + 1 >= (path.at(-1)?.count ?? 0)) path.pop();
    const last = path.at(-1);
    if (last === undefined) return playCount;
    last.index += 1;
  }
}
