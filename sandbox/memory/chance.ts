// One source of chance, split by purpose: what one purpose draws changes nothing for another, so that a run with a fault
// less is the same run otherwise.

export class Chance {
  private state: number;

  constructor(private readonly seed: number) {
    this.state = seed | 0;
  }

  /** Another source, always the same one for the same purpose. */
  split(purpose: string): Chance {
    let hash = this.seed ^ 0x9e3779b9;
    for (const letter of purpose) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x85ebca6b) ^ (hash >>> 13);
    return new Chance(hash);
  }

  /** A number in [0, 1): mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** From `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T {
    const chosen = from[Math.floor(this.next() * from.length)];
    if (chosen === undefined) throw new Error("there is nothing to choose from");
    return chosen;
  }

  isLucky(probability: number): boolean {
    return this.next() < probability;
  }

  hex(length: number): string {
    let text = "";
    while (text.length < length) text += Math.floor(this.next() * 16).toString(16);
    return text;
  }
}
