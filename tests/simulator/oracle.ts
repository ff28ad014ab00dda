// The rules that are never bent, watched at every event of the cluster. Imports nothing of the product: what is right is
// written here a second time, from the upgrade procedure, and judged by what the machines themselves know.
//
// The product acts on what it read a moment ago, and the world may change in that moment. So a condition counts as broken
// only when it has been broken for longer than a reading may be old.

import type { ClusterEvent } from "../../sandbox/memory/memory-cluster";
import { type Declared, nameOf, type Truth } from "./truth";

export interface Rules {
  readonly pauseMs: number;
  /** How old a reading may be when it is acted upon. */
  readonly graceMs: number;
  /** The release that this operator's run wants; undefined: he is none of ours. */
  wantedBy(operator: string): string | undefined;
}

export interface Violation {
  readonly rule: string;
  readonly text: string;
  readonly atMs: number;
}

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
    if (event === "process_stopped" && wanted !== undefined) this.judgeStop(declared, by, wanted);
    else if (event === "process_started" && wanted !== undefined)
      this.judgeStart(declared, { version: process.version, by, wanted });
    else if (event === "auto_flags_promoted") this.judgePromotion(process.version);
    else if (event === "process_stopped" || event === "process_crashed") this.inHand.delete(nameOf(declared));
    if (event === "process_serving") this.noteReturn(declared);
  }

  private noteReturn(declared: Declared): void {
    const name = nameOf(declared);
    // Whoever starts it again later does not begin a new pause of ours.
    if (!this.returnedAtMs.has(name)) this.returnedAtMs.set(name, this.truth.cluster.time.nowMs);
    const look = (): void => {
      if (!this.inHand.has(nameOf(declared))) return;
      if (this.truth.isBack(declared)) this.inHand.delete(nameOf(declared));
      else this.truth.cluster.time.after(500, look);
    };
    look();
  }

  private judgeStop(declared: Declared, by: string, wanted: string): void {
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
    if (last !== undefined && returnedAtMs !== undefined && nowMs - returnedAtMs < rules.pauseMs)
      this.complain("the pause", `${name} was stopped ${nowMs - returnedAtMs} ms after ${last} served again`);
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
    this.inHand.add(name);
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
    for (const last of this.lastStart.values()) {
      const returnedAtMs = this.returnedAtMs.get(last);
      if (returnedAtMs !== undefined && nowMs - returnedAtMs < this.rules.pauseMs)
        this.complain("the pause", `AutoFlags were promoted ${nowMs - returnedAtMs} ms after ${last} served again`);
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
