// The ports of the product for one operator of a cluster in memory: his ssh, his browser, his clock, his chance.
//
// His process can be killed: from then on nothing that he awaits is ever answered, and nothing that he asks is done. What a
// host was told to do before goes on there.

import type {
  Clock,
  CommandOptions,
  CommandResult,
  HttpAnswer,
  JournalEntry,
  Random,
  Shell,
  WebPages,
} from "../../provider/ports";
import { answerPage, renderAnswer } from "../processes/answer-page";
import type { Chance } from "./chance";
import type { MemoryCluster } from "./memory-cluster";
import { isHostFacts } from "./shell/host-facts";
import { runCommand } from "./shell/run-command";

/** How a shell that cannot give a result says so; the wording is the product's. */
export interface ShellErrors {
  unreachable(node: string, isSent: boolean): Error;
  timedOut(node: string, command: string, limitMs: number): Error;
}

/** What is done to a command on its way; asked once for each. */
export type Fate = "arrives" | "lost_before" | "lost_after";

export interface OperatorOptions {
  /** Also his place in the network: cuts between him and a host are his alone. */
  readonly name: string;
  readonly chance: Chance;
  readonly errors: ShellErrors;
  readonly fateOf?: (node: string, command: string) => Fate;
  /** How far his clock is ahead of the cluster's time. */
  readonly clockOffsetMs?: number;
  /** Told of every line of his journal. */
  readonly onJournal?: (entry: JournalEntry) => void;
  /** Told of every moment at which this process waits for something; `count` is the how-manieth. True: it is killed there. */
  readonly isKilledAt?: (count: number, moment: "before" | "after") => boolean;
}

export interface Operator {
  readonly name: string;
  readonly shell: Shell;
  readonly pages: WebPages;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: { append(entry: JournalEntry): void; readonly path: undefined };
  readonly journalled: JournalEntry[];
  /** When he was last answered: by a web port (`10.0.0.1:9000`), or by a host about its processes (`ssh db1`). */
  readonly heardAtMs: ReadonlyMap<string, number>;
  kill(): void;
  readonly isKilled: boolean;
  /**
   * His machine sleeps: nothing of his process goes on, and its clock for durations stands. What is answered meanwhile waits in
   * its socket and is read when it wakes up, as if it were new; or its connections break.
   */
  suspend(answers: "wait" | "break"): void;
  resume(): void;
  /** For how long, so far. */
  readonly sleptMs: number;
  /** For how many things it has waited so far. */
  readonly awaitCount: number;
}

const REFUSED: HttpAnswer = { kind: "refused" };
const CLOSED: HttpAnswer = { kind: "closed" };

export function createOperator(cluster: MemoryCluster, options: OperatorOptions): Operator {
  const { time, network } = cluster;
  const { name, errors, chance } = options;
  const journalled: JournalEntry[] = [];
  const startedMs = time.nowMs - 1000;
  const heardAtMs = new Map<string, number>();
  const { clockOffsetMs = 0, onJournal } = options;
  let isKilled = false;
  let awaits = 0;
  let sleepsSinceMs: number | undefined;
  let sleptMs = 0;
  let isDeaf = false;
  /** What goes on when he wakes up. */
  const dreams: (() => void)[] = [];

  /** Runs `begin`, which answers by one of its two functions, at once or later. */
  const waitFor = <T>(begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      if (isKilled) return;
      awaits += 1;
      const count = awaits;
      isKilled = options.isKilledAt?.(count, "before") === true;
      if (isKilled) return;
      const settle = (act: () => void): void => {
        if (isKilled) return;
        if (sleepsSinceMs !== undefined) return void dreams.push(() => settle(act));
        isKilled = options.isKilledAt?.(count, "after") === true;
        if (isKilled) return;
        time.wake();
        act();
      };
      begin(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      );
    });

  const run = (node: string, command: string, { timeoutMs, stdin = "" }: CommandOptions): Promise<CommandResult> =>
    waitFor((resolve, reject) => {
      const host = cluster.host(node);
      let isOver = false;
      const end = (act: () => void): void => {
        if (isOver) return;
        isOver = true;
        limit.cancel();
        act();
      };
      const limit = time.after(timeoutMs, () =>
        end(() => reject(isSent ? errors.timedOut(node, command, timeoutMs) : errors.unreachable(node, false))),
      );
      let isSent = false;
      const fate = options.fateOf?.(node, command) ?? "arrives";
      const delayMs = network.answerMs(node);
      const isReached = (): boolean => network.reaches(name, node);
      if (!isReached()) return;
      time.after(delayMs / 2, () => {
        if (isKilled || isOver || !isReached()) return;
        if (fate === "lost_before") return end(() => reject(errors.unreachable(node, true)));
        isSent = true;
        const { bootCount } = host;
        const finish = (result: CommandResult): void => {
          time.after(delayMs / 2, () => {
            if (fate === "lost_after" || host.bootCount !== bootCount)
              return end(() => reject(errors.unreachable(node, true)));
            if (!isReached()) return;
            if (isDeaf) return end(() => reject(errors.unreachable(node, true)));
            if (isHostFacts(command)) heardAtMs.set(`ssh ${node}`, time.nowMs);
            end(() => resolve(result));
          });
        };
        time.wake();
        try {
          const answer = runCommand(cluster, host, { command, stdin, by: name });
          if (answer instanceof Promise) answer.then(finish, (error: unknown) => cluster.fail(error));
          else finish(answer);
        } catch (error) {
          cluster.fail(error);
        }
      });
    });

  const get = (url: string, { timeoutMs }: { readonly timeoutMs: number }): Promise<HttpAnswer> =>
    waitFor((resolve) => {
      const { address, pathname, uri, query } = splitUrl(url);
      const host = cluster.hostAt(address);
      let isOver = false;
      const end = (answer: HttpAnswer): void => {
        if (isOver) return;
        isOver = true;
        limit.cancel();
        resolve(answer);
      };
      const limit = time.after(timeoutMs, () => end({ kind: "timeout", afterMs: timeoutMs }));
      if (host === undefined || !network.reaches(name, host.name)) return;
      const delayMs = network.answerMs(host.name);
      time.after(delayMs, () => {
        if (isOver || !network.reaches(name, host.name)) return;
        const process = cluster.processAt(address, "http");
        if (process === undefined) return end(REFUSED);
        const pageOptions = { isHtmlOnly: cluster.options.htmlOnly === true, faults: process.faults };
        const request = { pathname, uri, query, isProxied: false, isOurs: false };
        time.wake();
        answerPage(process.pages, pageOptions, request).then(
          (answer) => {
            if (answer === "nothing" || isOver) return;
            const isBroken = process.phase === "gone" || isDeaf;
            const rendered = isBroken ? undefined : renderAnswer(answer, query.has("raw"));
            if (!isBroken) heardAtMs.set(address, time.nowMs);
            end(rendered === undefined ? CLOSED : { kind: "answer", status: rendered.status, body: rendered.text });
          },
          (error: unknown) => cluster.fail(error),
        );
      });
    });

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    waitFor((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        planned.cancel();
        reject(signal?.reason as Error);
      };
      const planned = time.after(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });

  return {
    name,
    shell: { run, close: async () => undefined },
    pages: { get, close: async () => undefined },
    clock: {
      nowMs: () => time.nowMs + clockOffsetMs,
      monotonicMs: () => (sleepsSinceMs ?? time.nowMs) - sleptMs - startedMs,
      sleep,
      every(ms, work) {
        let isStopped = false;
        let isBusy = false;
        const again = (): void => {
          if (isStopped || isKilled) return;
          if (sleepsSinceMs !== undefined) return void dreams.push(again);
          if (!isBusy) {
            isBusy = true;
            time.wake();
            void work().finally(() => {
              isBusy = false;
            });
          }
          time.after(ms, again);
        };
        time.after(ms, again);
        return () => {
          isStopped = true;
        };
      },
    },
    random: { next: () => chance.next(), hex: (length) => chance.hex(length) },
    journal: {
      append(entry) {
        journalled.push(entry);
        onJournal?.(entry);
      },
      path: undefined,
    },
    journalled,
    heardAtMs,
    kill() {
      isKilled = true;
    },
    get isKilled() {
      return isKilled;
    },
    suspend(answers) {
      sleepsSinceMs ??= time.nowMs;
      isDeaf = answers === "break";
    },
    resume() {
      if (sleepsSinceMs === undefined) return;
      sleptMs += time.nowMs - sleepsSinceMs;
      sleepsSinceMs = undefined;
      isDeaf = false;
      for (const act of dreams.splice(0)) act();
    },
    get sleptMs() {
      return sleptMs + (sleepsSinceMs === undefined ? 0 : time.nowMs - sleepsSinceMs);
    },
    get awaitCount() {
      return awaits;
    },
  };
}

interface SplitUrl {
  readonly address: string;
  readonly pathname: string;
  readonly uri: string;
  readonly query: URLSearchParams;
}
const urls = new Map<string, SplitUrl>();

function splitUrl(url: string): SplitUrl {
  const known = urls.get(url);
  if (known !== undefined) return known;
  const { host: address, pathname, search, searchParams: query } = new URL(url);
  const split = { address, pathname, uri: pathname + search, query };
  urls.set(url, split);
  return split;
}
