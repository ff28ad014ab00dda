// The text of the provider is stored in every state file and executed by every later destroy and refresh: its bytes are pinned.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_VERSION_TYPE, PROVIDER_TEXT } from "../../../provider/dynamic/cluster-version";
import { provider, xdcrPause, xdcrResume } from "../../../provider/dynamic/index";
import { PAUSE_TEXT, RESUME_TEXT, XDCR_PAUSE_TYPE, XDCR_RESUME_TYPE } from "../../../provider/dynamic/xdcr-resources";

test("the text of the provider never changes by a byte", () => {
  expect(PROVIDER_TEXT).toBe(
    'exports.handler = () => require("node:module").createRequire(process.cwd() + "/_")("pulumi-bmdb/provider").provider;\n',
  );
  expect(Buffer.from(PROVIDER_TEXT)).toHaveLength(117);
});

test("those of the resources around a topology differ in the name alone", () => {
  expect(PAUSE_TEXT).toBe(PROVIDER_TEXT.replace(".provider;", ".xdcrPause;"));
  expect(RESUME_TEXT).toBe(PROVIDER_TEXT.replace(".provider;", ".xdcrResume;"));
  expect([XDCR_PAUSE_TYPE, XDCR_RESUME_TYPE]).toEqual([
    "pulumi-nodejs:dynamic/bmdb:XdcrPause",
    "pulumi-nodejs:dynamic/bmdb:XdcrResume",
  ]);
});

test("the type is the one that the engine's plugin for dynamic providers serves", () => {
  expect(CLUSTER_VERSION_TYPE).toBe("pulumi-nodejs:dynamic/bmdb:ClusterVersion");
});

test("the text finds the provider from the working directory, as the plugin loads it: without a file name", () => {
  const project = mkdtempSync(join(tmpdir(), "bmdb-text-"));
  const dir = join(project, "node_modules/pulumi-bmdb");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), '{"name":"pulumi-bmdb","exports":{"./provider":"./provider.js"}}');
  writeFileSync(join(dir, "provider.js"), 'exports.provider = { found: "it" };');
  const loader = `
    const Module = require("node:module");
    const loaded = new Module("", null);
    loaded.paths = Module._nodeModulePaths(".");
    loaded._compile(${JSON.stringify(PROVIDER_TEXT)}, "");
    console.log(loaded.exports.handler().found);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", loader], { cwd: project, encoding: "utf8" });
  rmSync(project, { recursive: true, force: true });
  expect({ stdout, stderr }).toEqual({ stdout: "it\n", stderr: "" });
});

test("every provider has the six methods that the plugin calls", () => {
  for (const each of [provider, xdcrPause, xdcrResume])
    expect(Object.keys(each).sort()).toEqual(["check", "create", "delete", "diff", "read", "update"]);
});

test("a program that loads the resource loads neither ssh2 nor undici", () => {
  const script = `
    require("@swc/core");
    const Module = require("node:module");
    const loaded = [];
    const load = Module._load;
    Module._load = function (name, ...rest) { loaded.push(name); return load.call(this, name, ...rest); };
    const { readFileSync } = require("node:fs");
    require.extensions[".ts"] = (module, file) =>
      module._compile(require("@swc/core").transformSync(readFileSync(file, "utf8"), { filename: file, jsc: { parser: { syntax: "typescript" } }, module: { type: "commonjs" } }).code, file);
    require("./provider/dynamic/cluster-version.ts");
    require("./components/xdcr-topology.ts");
    console.log(JSON.stringify(loaded.filter((name) => /^(ssh2|undici)(\\/|$)/.test(name))));`;
  const root = join(__dirname, "../../..");
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "[]\n", stderr: "" });
});
