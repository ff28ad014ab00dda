import { assertBug, BugError, isBmdbError, isBugError } from "../../../provider/errors/bmdb-error";
import { runStopped } from "../../../provider/errors/catalog";

test("an error of ours is known by its symbol, also when another copy of this package made it", () => {
  const error = runStopped({ reason: "test" });
  const ofAnotherCopy = { [Symbol.for("pulumi-bmdb.BmdbError")]: true, text: { code: "RunStopped" } };
  expect(isBmdbError(error)).toBe(true);
  expect(isBmdbError(ofAnotherCopy, "RunStopped")).toBe(true);
});

test.each([undefined, null, "RunStopped", new Error("RunStopped: test"), { text: { code: "RunStopped" } }])(
  "%p is none of ours",
  (other) => {
    expect(isBmdbError(other)).toBe(false);
    expect(isBugError(other)).toBe(false);
  },
);

test("codes are compared exactly", () => {
  expect(isBmdbError(runStopped({ reason: "test" }), "RunStopped")).toBe(true);
  expect(isBmdbError(runStopped({ reason: "test" }), "Run")).toBe(false);
});

test("a bug asks to be reported, and is never taken for an error of the world", () => {
  const attempt = () => assertBug(false, "A plan had no steps.");
  expect(attempt).toThrow(BugError);
  expect(attempt).toThrow("A plan had no steps. This is a bug in pulumi-bmdb; please report it");
  expect(isBugError(new BugError("x"))).toBe(true);
  expect(isBmdbError(new BugError("x"))).toBe(false);
  expect(() => assertBug(true, "not raised")).not.toThrow();
});
