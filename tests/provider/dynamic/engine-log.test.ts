import { connectEngineLog, createEngineSink, type EngineLog } from "../../../provider/dynamic/engine-log";

interface Logged {
  readonly urn: string;
  readonly message: string;
  readonly passing: boolean;
}

function sinkFor(urn: string | undefined) {
  const logged: Logged[] = [];
  let nowMs = 0;
  const log: EngineLog = {
    log: async (to, message, { passing }) => {
      logged.push({ urn: to, message, passing });
    },
  };
  const sink = createEngineSink(urn, log, () => nowMs);
  return { sink, logged, advance: (ms: number) => (nowMs += ms) };
}

const passing = (text: string) => ({ text, passing: true });
const lasting = (text: string) => ({ text, passing: false });

test("in a process that no engine started nothing is logged and nothing fails", async () => {
  await expect(connectEngineLog().log("urn:test", "hello", { passing: false })).resolves.toBeUndefined();
  expect(connectEngineLog()).toBe(connectEngineLog());
});

test("lasting lines go out at once and all of them", () => {
  const { sink, logged } = sinkFor("urn:test");
  for (const text of ["one", "two", "two"]) sink.emit(lasting(text));
  expect(logged).toEqual(["one", "two", "two"].map((message) => ({ urn: "urn:test", message, passing: false })));
});

test("passing lines go out at most once a second, and none twice in a row", () => {
  const { sink, logged, advance } = sinkFor("urn:test");
  sink.emit(passing("first"));
  sink.emit(passing("too soon"));
  advance(1_000);
  sink.emit(passing("first"));
  sink.emit(passing("second"));
  advance(999);
  sink.emit(passing("still too soon"));
  expect(logged.map((each) => each.message)).toEqual(["first", "second"]);
});

test("a lasting line does not hold a passing one back", () => {
  const { sink, logged } = sinkFor("urn:test");
  sink.emit(lasting("done"));
  sink.emit(passing("next"));
  expect(logged.map((each) => each.message)).toEqual(["done", "next"]);
});

test.each([undefined, ""])("without the resource's urn (%j) nothing is sent", (urn) => {
  const { sink, logged } = sinkFor(urn);
  sink.emit(lasting("lost"));
  expect(logged).toEqual([]);
});

test("flush waits until every line was handed over", async () => {
  let handOver: () => void = () => undefined;
  const log: EngineLog = { log: () => new Promise((resolve) => (handOver = resolve)) };
  const sink = createEngineSink("urn:test", log, () => 0);
  sink.emit(lasting("slow"));
  let isFlushed = false;
  const flushing = sink.flush().then(() => {
    isFlushed = true;
  });
  await Promise.resolve();
  expect(isFlushed).toBe(false);
  handOver();
  await flushing;
  expect(isFlushed).toBe(true);
});
