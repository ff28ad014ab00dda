import { connectTo, writeScript } from "../../components/staging-command";

const node = { index: 1, name: "db2", host: "10.0.0.2" };
const SECRET = "hunter2";

test("a host without a known key is an error with its path, and no connection", () => {
  expect(() => connectTo({ privateKey: SECRET }, node, false)).toThrow(
    /^nodes\[1\]: no host key is known for db2 \(10\.0\.0\.2:22\); add it to ssh\.knownHosts or ssh\.hosts\./,
  );
});

test("in a preview it is left to the provider's check, with a key that no host can have", () => {
  expect(connectTo({ privateKey: SECRET }, node, true)).toEqual({ host: "10.0.0.2", hostKey: "unknown" });
});

test("a release that cannot be staged is an error with its path, without the address", () => {
  const release = { url: `ftp://deploy:${SECRET}@a/{version}` };
  expect(() => writeScript("2.18.0.0", release, false)).toThrow(/^release\.url: is not an http or https address\./);
  expect(() => writeScript("2.18.0.0", release, false)).not.toThrow(new RegExp(SECRET));
  expect(() => writeScript("2.18", {}, false)).toThrow(/^version: /);
  expect(() => writeScript("2.18.0.0", { timeout: "60" }, false)).toThrow(/^release\.timeout: /);
});

test("in a preview it is left to the provider's check, with a script that only fails", () => {
  expect(writeScript("2.18", {}, true)).toMatch(/exit 1\n$/);
});

test("defaults are the procedure's", () => {
  const script = writeScript("2.18.0.0", {}, false);
  expect(script).toContain("url='https://downloads.bigmath.com/bigmath-2.18.0.0.tar.gz'");
  expect(script).toContain(`final="$HOME"/'softwarebm-2.18.0.0'`);
  expect(script).toContain("seconds='900'");
});
