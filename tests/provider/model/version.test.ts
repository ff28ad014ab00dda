import * as fc from "fast-check";
import {
  compareVersions,
  isSameRelease,
  parseVersion,
  printVersion,
  withoutBuild,
} from "../../../provider/model/version";

const part = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 999_999_999 }));
const release = fc.tuple(part, part, part, part).map((numbers) => numbers.join("."));
const version = fc
  .tuple(release, fc.option(part))
  .map(([text, build]) => (build === null ? text : `${text}-b${build}`));

describe("parseVersion", () => {
  it("reads four numbers", () => {
    expect(parseVersion("2.18.0.0")).toEqual({ numbers: [2, 18, 0, 0], build: undefined });
  });

  it("reads the build", () => {
    expect(parseVersion("2.18.0.0-b68")).toEqual({ numbers: [2, 18, 0, 0], build: 68 });
  });

  it.each(["", "2", "2.18", "2.18.0", "2.18.0.0.0", "v2.18.0.0", "2.18.0.0-68", "2.18.0.0-b", "2.18.0.0-b1-b2"])(
    "takes %j for no version",
    (text) => {
      expect(parseVersion(text)).toBeUndefined();
    },
  );

  it.each([
    " 2.18.0.0",
    "2.18.0.0\n",
    "2.018.0.0",
    "2.18.0.0-b07",
    "2.18.0.0-B7",
    "٢.18.0.0",
    "2.-18.0.0",
    "1e1.0.0.0",
    "2.18.0.9999999999",
  ])("takes no second spelling: %j", (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });

  it("reads back everything that is printed", () => {
    fc.assert(
      fc.property(version, (text) => {
        const read = parseVersion(text);
        expect(read && printVersion(read)).toBe(text);
      }),
    );
  });

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseVersion(text)));
  });
});

describe("compareVersions", () => {
  it("takes build 68 for newer than build 7", () => {
    expect(compareVersions("2.18.0.0-b68", "2.18.0.0-b7")).toBeGreaterThan(0);
  });

  it("takes 2.16 for older than 2.18, and 2.8 for older than both", () => {
    expect(["2.18.0.0", "2.8.3.0", "2.16.0.0"].sort(compareVersions)).toEqual(["2.8.3.0", "2.16.0.0", "2.18.0.0"]);
  });

  it("puts what is not a version last", () => {
    expect(["down", "2.18.0.0", "a"].sort(compareVersions)).toEqual(["2.18.0.0", "a", "down"]);
  });

  it("is a total order", () => {
    const text = fc.oneof(version, fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        expect(compareVersions(a, b) === 0).toBe(a === b);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("orders by the first number that differs", () => {
    const numbers = fc.tuple(part, part, part, part);
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const index = a.findIndex((number, at) => number !== b[at]);
        const expected = index < 0 ? 0 : Math.sign((a[index] ?? 0) - (b[index] ?? 0));
        expect(Math.sign(compareVersions(a.join("."), b.join(".")))).toBe(expected);
      }),
    );
  });
});

describe("isSameRelease", () => {
  it("takes any build when none is desired", () => {
    fc.assert(
      fc.property(
        release,
        part,
        (text, build) => isSameRelease(text, `${text}-b${build}`) && isSameRelease(text, text),
      ),
    );
  });

  it("takes no other build than the desired one", () => {
    expect(isSameRelease("2.18.0.0-b68", "2.18.0.0-b68")).toBe(true);
    expect(isSameRelease("2.18.0.0-b68", "2.18.0.0-b7")).toBe(false);
  });

  it("does not take an untold build for the desired one", () => {
    expect(isSameRelease("2.18.0.0-b68", "2.18.0.0")).toBe(false);
  });

  it("takes no other release", () => {
    expect(isSameRelease("2.18.0.0", "2.18.0.1")).toBe(false);
    expect(isSameRelease("2.18.0.0", "2.16.0.0-b1")).toBe(false);
  });

  it("takes nothing that is not a version, equal texts included", () => {
    fc.assert(fc.property(fc.string(), (text) => parseVersion(text) !== undefined || !isSameRelease(text, text)));
  });
});

describe("withoutBuild", () => {
  it("drops the build", () => {
    expect(withoutBuild("2.18.0.0-b68")).toBe("2.18.0.0");
  });

  it("leaves alone what is not a version", () => {
    expect(withoutBuild("down-b1")).toBe("down-b1");
    expect(withoutBuild("")).toBe("");
  });
});
