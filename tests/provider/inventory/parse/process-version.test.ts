import { parseProcessVersion } from "../../../../provider/inventory/parse/process-version";
import { captured, valueFrom, whyNot } from "./captured";

describe("parseProcessVersion", () => {
  it("reads the captured answer", () => {
    expect(valueFrom(parseProcessVersion(captured("version.json")))).toEqual({
      version: "2.11.2.0",
      build: "89",
      release: "2.11.2.0-b89",
    });
  });

  it("knows no build of a developer's build", () => {
    expect(valueFrom(parseProcessVersion('{"version_number":"2.18.0.0","build_number":"PRE_RELEASE"}'))).toEqual({
      version: "2.18.0.0",
      build: undefined,
      release: "2.18.0.0",
    });
  });

  it("takes a build that is a number", () => {
    expect(valueFrom(parseProcessVersion('{"version_number":"2.18.0.0","build_number":1}')).release).toBe(
      "2.18.0.0-b1",
    );
  });

  it.each([
    '{"version_number":""}',
    '{"version_number":"latest"}',
    '{"version_number":"2.18.0.0-b1"}',
    '{"build_number":"1"}',
    "{}",
  ])("refuses %s", (body) => {
    expect(whyNot(parseProcessVersion(body))).not.toBe("");
  });

  it("refuses a page of HTML", () => {
    expect(whyNot(parseProcessVersion("<html><h1>Version 2.18.0.0</h1></html>"))).toBe(
      "the answer is not JSON: Version 2.18.0.0",
    );
  });
});
