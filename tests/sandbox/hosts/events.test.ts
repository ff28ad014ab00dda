import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEvents } from "../../../sandbox/events";

describe("the event log", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "bmdb-events-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const log = (text: string): string => {
    const file = join(dir, "events.jsonl");
    writeFileSync(file, text);
    return file;
  };
  const started = {
    atMs: 1,
    host: "db1",
    role: "mserver",
    event: "process_started",
    pid: 7,
    cmdline: ["./bin/mserver"],
  };

  test("every line is an event, further facts included", async () => {
    expect(await readEvents(log(`${JSON.stringify(started)}\n`))).toEqual([started]);
  });

  test("a last line that is half written is left for the next time", async () => {
    expect(await readEvents(log(`${JSON.stringify(started)}\n{"atMs":2,"ho`))).toEqual([started]);
    expect(await readEvents(log('{"atMs":2,"ho'))).toEqual([]);
  });

  test("an event that is none is an error, not passed over", async () => {
    await expect(readEvents(log('{"atMs":2,"host":"db1","event":"nonsense"}\n'))).rejects.toThrow(/event/);
  });
});
