import { didYouMean } from "../../../provider/model/did-you-mean";

test("a word close to a known one is a question", () => {
  expect(didYouMean("zon", ["zone", "host"])).toBe('; did you mean "zone"?');
  expect(didYouMean("ALLOWINTERUPTION", ["allowInterruption"])).toBe('; did you mean "allowInterruption"?');
});

test("a word close to none is no question", () => {
  expect(didYouMean("colour", ["zone", "host"])).toBe("");
  expect(didYouMean("x", [])).toBe("");
  expect(didYouMean("y".repeat(10_000), ["zone"])).toBe("");
});
