import { beginOperation, endAll, stopAfterUncaught } from "../../../provider/dynamic/cancel";

afterEach(() => jest.useRealTimers());

test("an error that nothing catches ends every running operation at its next safe point, and says so", () => {
  const operations = [beginOperation(60_000), beginOperation(60_000)];
  stopAfterUncaught(new TypeError("read of undefined"));
  for (const { signal, end } of operations) {
    expect(signal.aborted).toBe(true);
    expect(String(signal.reason)).toContain("nothing caught: TypeError: read of undefined");
    end();
  }
});

test("an operation that still hangs long afterwards is given up with an error", async () => {
  jest.useFakeTimers();
  const operation = beginOperation(60_000);
  const answer = operation.watch(new Promise<never>(() => undefined)).catch((error: Error) => error.message);
  stopAfterUncaught("lost");
  jest.advanceTimersByTime(24 * 3_600_000);
  expect(await answer).toContain("did not end afterwards");
  operation.end();
});

test("an operation that ends at its safe point keeps its own result", async () => {
  jest.useFakeTimers();
  const operation = beginOperation(60_000);
  stopAfterUncaught("lost");
  expect(await operation.watch(Promise.resolve("the mix"))).toBe("the mix");
  operation.end();
  jest.advanceTimersByTime(24 * 3_600_000);
});

test("what comes later is not touched by an earlier error", () => {
  stopAfterUncaught("lost");
  const operation = beginOperation(60_000);
  expect(operation.signal.aborted).toBe(false);
  operation.end();
});

// The last one: from here on nothing begins in this process.
test("a Cancel also ends what the engine had sent before it heard of it", () => {
  const operation = beginOperation(60_000);
  endAll("it was cancelled");
  const late = beginOperation(60_000);
  for (const { signal, end } of [operation, late]) {
    expect(signal.reason).toEqual(new Error("it was cancelled"));
    end();
  }
});
