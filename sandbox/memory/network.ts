// Who reaches whom, and how fast. Hosts are named by their names; whoever asks from outside by a name of his own.

import type { Chance } from "./chance";

const LATENCY_MS = 2;

export class Network {
  private readonly cuts = new Set<string>();
  private readonly late = new Map<string, number>();
  private readonly down = new Set<string>();
  /** Names of hosts. Whoever is none of them asks from outside. */
  private readonly inside: ReadonlySet<string>;
  private readonly hidden = new Set<string>();

  constructor(
    private readonly chance: Chance,
    hosts: readonly string[],
  ) {
    this.inside = new Set(hosts);
  }

  /** Nothing goes through between the two, either way, until `mend`. */
  cut(a: string, b: string): void {
    this.cuts.add(pair(a, b));
  }

  mend(a: string, b: string): void {
    this.cuts.delete(pair(a, b));
  }

  /** Nobody from outside reaches this host, other hosts do. */
  cutFromOutside(host: string): void {
    this.hidden.add(host);
  }

  mendFromOutside(host: string): void {
    this.hidden.delete(host);
  }

  mendAll(): void {
    this.cuts.clear();
    this.hidden.clear();
    this.late.clear();
  }

  /** Every answer of this host comes up to so much later; 0: in time. */
  delay(host: string, upToMs: number): void {
    if (upToMs === 0) this.late.delete(host);
    else this.late.set(host, upToMs);
  }

  setDown(host: string, isDown: boolean): void {
    if (isDown) this.down.add(host);
    else this.down.delete(host);
  }

  isDown(host: string): boolean {
    return this.down.has(host);
  }

  reaches(from: string, to: string): boolean {
    if (this.down.has(from) || this.down.has(to)) return false;
    if (this.hidden.size > 0 && this.hidden.has(to) && !this.inside.has(from)) return false;
    return from === to || this.cuts.size === 0 || !this.cuts.has(pair(from, to));
  }

  /** Between servers, one way. The same for all, so that messages stay in order. */
  get latencyMs(): number {
    return LATENCY_MS;
  }

  /** How long an answer of this host takes to come to whoever asks from outside. */
  answerMs(host: string): number {
    const upToMs = this.late.get(host);
    return upToMs === undefined ? 2 * LATENCY_MS : 2 * LATENCY_MS + Math.floor(this.chance.next() * upToMs);
  }
}

const pair = (a: string, b: string): string => (a < b ? `${a}|${b}` : `${b}|${a}`);
