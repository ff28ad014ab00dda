// The rules that are never bent, watched at every event of the cluster. Imports nothing of the product: what is right is
// written here a second time, from the upgrade procedure, and judged by what the machines themselves know.
//
// The product acts on what it read a moment ago, and the world may change in that moment. So a condition counts as broken
// only when it has been broken for longer than a reading may be old.

import type { ClusterEvent } from "../../sandbox/memory/memory-cluster";
import { addressOf } from "../../sandbox/memory/memory-flag-files";
import { type Declared, nameOf, type Truth } from "./truth";

export interface Rules {
  readonly pauseMs: number;
  /** How old a reading may be when it is acted upon. */
  readonly graceMs: number;
  /** The release that this operator's run wants; undefined: he is none of ours. */
  wantedBy(operator: string): string | undefined;
  /** When he was last answered by whom: web ports by address, hosts about their processes by `ssh NAME`. */
  heardBy(operator: string): ReadonlyMap<string, number> | undefined;
  everybodyHeard(): readonly ReadonlyMap<string, number>[];
}

export interface Violation {
  readonly rule: string;
  readonly text: string;
  readonly atMs: number;
}

/** How long a reading of the whole cluster takes where everybody answers, and what is done with it. */
const READING_MS = 6000;
/** Answers of one reading lie so close together, unless there are faults that make them late. */
const WINDOW_MS = 500;
const SLOW_MS = 20_000;
/** The oracle looks twice a second whether a process is back; the product may look just before. */
const LOOK_MS = 500;

export class Oracle {
  readonly violations: Violation[] = [];
  /** Stopped by us, and not back since. */
  private readonly inHand = new Set<string>();
  private readonly returnedAtMs = new Map<string, number>();
  /** Which process each operator has started last. */
  private readonly lastStart = new Map<string, string>();
  private needsSecondRoll = false;

  constructor(
    private readonly truth: Truth,
    private readonly rules: Rules,
  ) {
    truth.cluster.listen((event) => this.judge(event));
  }

  complain(rule: string, text: string): void {
    this.violations.push({ rule, text, atMs: this.truth.cluster.time.nowMs });
  }

  /** Promoted flags that need a restart make a second restart of new processes right. */
  allowSecondRoll(): void {
    this.needsSecondRoll = true;
  }

  private judge({ event, process, facts }: ClusterEvent): void {
    const declared = this.truth.declared.find((each) => each.host === process.host && each.role === process.role);
    if (declared === undefined) return;
    const by = typeof facts["by"] === "string" ? facts["by"] : "";
    const wanted = this.rules.wantedBy(by);
    if (event === "process_stopped" && wanted !== undefined)
      this.judgeStop(declared, { by, wanted, isKilled: facts["signal"] === "SIGKILL" });
    else if (event === "process_started" && wanted !== undefined)
      this.judgeStart(declared, { version: process.version, by, wanted });
    else if (event === "auto_flags_promoted") this.judgePromotion(process.version);
    else if (event === "process_stopped" || event === "process_crashed") this.inHand.delete(nameOf(declared));
    if (event === "process_serving") this.noteReturn(declared);
  }

  private noteReturn(declared: Declared): void {
    const name = nameOf(declared);
    const { time } = this.truth.cluster;
    const look = (): void => {
      if (this.truth.processOf(declared) === undefined) return;
      if (!this.truth.isBack(declared)) return void time.after(LOOK_MS, look);
      this.inHand.delete(name);
      // Whoever starts it again later does not begin a new pause of ours.
      if (!this.returnedAtMs.has(name)) this.returnedAtMs.set(name, time.nowMs);
    };
    look();
  }

  private judgeStop(
    declared: Declared,
    { by, wanted, isKilled }: { readonly by: string; readonly wanted: string; readonly isKilled: boolean },
  ): void {
    const { truth, rules } = this;
    const name = nameOf(declared);
    const nowMs = truth.cluster.time.nowMs;
    const others = truth.declared.filter((each) => each !== declared);
    for (const other of this.inHand)
      if (other !== name) this.complain("one process at a time", `${name} was stopped while ${other} is not back`);
    const version = [...declared.host.processesOf(declared.role)].map((process) => process.version)[0];
    if (version === wanted && !this.needsSecondRoll)
      this.complain("only the rest", `${name} was stopped, and ran ${wanted} already`);
    const last = this.lastStart.get(by);
    const returnedAtMs = last === undefined ? undefined : this.returnedAtMs.get(last);
    if (last !== undefined && returnedAtMs !== undefined && nowMs - returnedAtMs < rules.pauseMs - LOOK_MS)
      this.complain("the pause", `${name} was stopped ${nowMs - returnedAtMs} ms after ${last} was back`);
    if (declared.role === "mserver") {
      for (const other of others.filter((each) => each.role === "mserver")) {
        if (truth.wrongFor(`down ${nameOf(other)}`) > rules.graceMs)
          this.complain("the quorum is whole", `${name} was stopped while ${nameOf(other)} was down`);
        const leading = declared.host.processesOf("mserver")[0];
        const isOld = ![wanted, undefined].includes(truth.versionOf(other));
        if (leading && truth.leadsFor(leading) > rules.graceMs && isOld)
          this.complain("the leader goes last", `${name} led and was stopped before ${nameOf(other)} was new`);
      }
    } else {
      for (const other of others.filter((each) => each.role === "mserver"))
        if (
          ![wanted, undefined].includes(truth.versionOf(other)) &&
          this.isLong(`${nameOf(other)} runs ${truth.versionOf(other)}`)
        )
          this.complain("MServers before DBServers", `${name} was stopped while ${nameOf(other)} was old`);
      const needing = truth.tilesNeeding(declared).filter((key) => this.isLong(key));
      if (needing.length > 0)
        this.complain("tiles keep a majority", `${name} was stopped, and ${needing.length} tiles lost their majority`);
    }
    // SIGKILL ends an act that has waited for the answer to SIGTERM since it asked.
    if (!isKilled) this.judgeQuestions(declared, by);
    this.inHand.add(name);
  }

  /** Right before a stop every other process has answered, and the host has shown what is to be stopped: silence is no good news. */
  private judgeQuestions(declared: Declared, by: string): void {
    const heardAtMs = (key: string): number => this.rules.heardBy(by)?.get(key) ?? Number.NEGATIVE_INFINITY;
    const readAtMs = heardAtMs(`ssh ${declared.host.name}`);
    this.judgeAge(readAtMs, `the host of ${nameOf(declared)}`, `${nameOf(declared)} was stopped`);
    const windowMs = this.rules.graceMs > SLOW_MS ? this.rules.graceMs : WINDOW_MS;
    for (const other of this.truth.declared) {
      const atMs = heardAtMs(addressOf(other.host, other.role, "web"));
      if (other !== declared && atMs < readAtMs - windowMs)
        this.complain(
          "asked right before acting",
          `${nameOf(declared)} was stopped; ${nameOf(other)} had not answered for ${readAtMs - atMs} ms when its host was asked`,
        );
    }
  }

  private judgeAge(atMs: number, whose: string, what: string): void {
    const { nowMs } = this.truth.cluster.time;
    if (nowMs - atMs > this.rules.graceMs + READING_MS)
      this.complain("asked right before acting", `${what}; ${whose} had answered ${nowMs - atMs} ms before`);
  }

  private judgeStart(
    declared: Declared,
    { version, by, wanted }: { readonly version: string; readonly by: string; readonly wanted: string },
  ): void {
    const name = nameOf(declared);
    this.returnedAtMs.delete(name);
    if (version !== wanted) this.complain("no old binary", `${version} was started as ${name}; ${wanted} is wanted`);
    const old = this.truth.declared.filter((each) => each.role === "mserver" && declared.role === "dbserver");
    for (const other of old) {
      const runs = this.truth.versionOf(other);
      if (runs !== undefined && runs !== wanted && this.isLong(`${nameOf(other)} runs ${runs}`))
        this.complain("MServers before DBServers", `${name} was started new while ${nameOf(other)} was old`);
    }
    this.inHand.add(name);
    this.lastStart.set(by, name);
  }

  private judgePromotion(version: string): void {
    const { nowMs } = this.truth.cluster.time;
    // Whoever promotes: his last question about the processes of every host.
    const times = this.rules
      .everybodyHeard()
      .map((heard) =>
        Math.min(...this.truth.cluster.hosts.map((host) => heard.get(`ssh ${host.name}`) ?? Number.NEGATIVE_INFINITY)),
      );
    if (times.length > 0) this.judgeAge(Math.max(...times), "a host", "AutoFlags were promoted");
    for (const last of this.lastStart.values()) {
      const returnedAtMs = this.returnedAtMs.get(last);
      if (returnedAtMs !== undefined && nowMs - returnedAtMs < this.rules.pauseMs - LOOK_MS)
        this.complain("the pause", `AutoFlags were promoted ${nowMs - returnedAtMs} ms after ${last} was back`);
    }
    for (const each of this.truth.declared) {
      const runs = this.truth.versionOf(each);
      const name = nameOf(each);
      if (runs !== undefined && runs !== version && this.isLong(`${name} runs ${runs}`))
        this.complain("promotion on a new cluster", `AutoFlags were promoted while ${name} ran ${runs}`);
      if (runs === undefined && this.isLong(`down ${name}`))
        this.complain("promotion on a new cluster", `AutoFlags were promoted while ${name} was down`);
    }
  }

  private isLong(key: string): boolean {
    return this.truth.wrongFor(key) > this.rules.graceMs;
  }
}
