// Time that jumps from event to event. Nothing happens in between, so an hour costs as much as what happens in it.
//
// Code that awaits is let run until it awaits something of this time again; only then does the clock go on.

interface Entry {
  readonly atMs: number;
  readonly order: number;
  act: (() => void) | undefined;
}

export interface Planned {
  cancel(): void;
}

export class VirtualTime {
  private readonly heap: Entry[] = [];
  private order = 0;
  private isWoken = false;
  /** How many events there were. */
  eventCount = 0;

  constructor(public nowMs: number) {}

  /** Does `act` then. Of two at the same moment the one that was planned first is first. */
  at(atMs: number, act: () => void): Planned {
    const entry: Entry = { atMs: Math.max(atMs, this.nowMs), order: this.order++, act };
    this.push(entry);
    return {
      cancel: () => {
        entry.act = undefined;
      },
    };
  }

  after(ms: number, act: () => void): Planned {
    return this.at(this.nowMs + ms, act);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, () => {
        this.wake();
        resolve();
      });
    });
  }

  /** Somebody who awaits was answered, or code that awaits was begun: it goes on before the clock does. */
  wake(): void {
    this.isWoken = true;
  }

  /** Goes on until `isDone`. Raises when that is not so after `limitMs`, or when nothing is left that could happen. */
  async run(isDone: () => boolean, limitMs: number, what: string): Promise<void> {
    const untilMs = this.nowMs + limitMs;
    await drain();
    while (!isDone()) {
      const next = this.pop();
      if (next === undefined) throw new Error(`${what}: nothing is left that could happen`);
      if (next.act === undefined) continue;
      if (next.atMs > untilMs) throw new Error(`${what}: not within ${limitMs} ms of the cluster's time`);
      this.nowMs = next.atMs;
      this.eventCount += 1;
      next.act();
      // What happens at the same moment happens before anybody goes on.
      if (!this.isWoken || (this.heap[0]?.atMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) continue;
      this.isWoken = false;
      await drain();
    }
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): Entry | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, below)) {
        below = right;
        child += 1;
      }
      if (!isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** A turn of the event loop comes after every promise that can go on has gone on. */
const drain = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
