// How often each event is in the event log. Reads on from where it stopped the last time.

import * as fs from "node:fs";

export class EventCount {
  private offset = 0;
  private readonly counts = new Map<string, number>();

  constructor(private readonly file: string | undefined) {}

  of(event: string): number {
    this.readOn();
    return this.counts.get(event) ?? 0;
  }

  private readOn(): void {
    if (this.file === undefined || !fs.existsSync(this.file)) return;
    const file = fs.openSync(this.file, "r");
    try {
      const buffer = Buffer.alloc(Math.max(0, fs.fstatSync(file).size - this.offset));
      const text = buffer.toString("utf8", 0, fs.readSync(file, buffer, 0, buffer.length, this.offset));
      // What follows the last line's end is still being written.
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      this.offset += Buffer.byteLength(whole);
      for (const [, name = ""] of whole.matchAll(/^\{.*?"event":"([a-z_]+)"/gm))
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    } finally {
      fs.closeSync(file);
    }
  }
}
