// How long a test may take before it counts as hanging. Nothing is measured by it: a busy machine is no failure, so it is generous, and in
// one place. What runs the real Pulumi CLI, or tries every combination, may take minutes; everything else is there within seconds.

const isEndToEnd = expect.getState().testPath?.includes("/tests/e2e/") ?? false;
const isLong = process.env["BMDB_TEST_LONG"] === "1";
jest.setTimeout(isEndToEnd || isLong ? 900_000 : 120_000);
