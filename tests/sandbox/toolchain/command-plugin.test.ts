import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureCommandPlugin } from "../../../sandbox/toolchain/command-plugin";
import type { Toolchain } from "../../../sandbox/toolchain/toolchain";
import { createFakeMachine, type FakeDownloads, type FakeMachine, startFakeDownloads } from "./fake-machine";

const NOBODY = "http://127.0.0.1:9";

let machine: FakeMachine;
let toolchain: Toolchain;
let downloads: FakeDownloads;

beforeEach(async () => {
  machine = createFakeMachine();
  downloads = await startFakeDownloads();
  mkdirSync(machine.cacheDir, { recursive: true });
  mkdirSync(join(machine.dir, "dist/sandbox/command-plugin"), { recursive: true });
  writeFileSync(join(machine.dir, "dist/sandbox/command-plugin/main.js"), "");
  toolchain = {
    binDir: machine.binDir,
    pulumi: join(machine.binDir, "pulumi"),
    version: "3.259.0",
    source: "path",
    cacheDir: machine.cacheDir,
    env: { PATH: `${machine.binDir}:/bin:/usr/bin`, PULUMI_HOME: join(machine.dir, "home") },
  };
});

afterEach(async () => {
  await downloads.stop();
  machine.remove();
});

function ensure(downloadsUrl: string) {
  return ensureCommandPlugin(toolchain, {
    downloadsUrl,
    packageRoot: machine.dir,
    userHome: join(machine.dir, "user"),
  });
}

/** A CLI whose `plugin install` works. */
const INSTALLING = `[ "$1 $2" = "plugin install" ] && mkdir -p "$PULUMI_HOME/plugins/resource-command-v1.2.1" && cp "$0" "$PULUMI_HOME/plugins/resource-command-v1.2.1/pulumi-resource-command"`;

it("takes the plugin that is on PATH", async () => {
  machine.addProgram("pulumi-resource-command", "true");
  expect(await ensure(NOBODY)).toMatchObject({ kind: "official", env: toolchain.env });
});

it("takes the one that the user's own Pulumi has downloaded, without touching it", async () => {
  const dir = join(machine.dir, "user", "plugins", "resource-command-v1.2.1");
  machine.addProgram("pulumi-resource-command", "true", dir);
  const plugin = await ensure(NOBODY);
  expect(plugin.kind).toBe("official");
  expect(plugin.env["PATH"]).toBe(`${dir}:${toolchain.env["PATH"]}`);
  expect(readdirSync(dir)).toEqual(["pulumi-resource-command"]);
});

it("lets Pulumi download the official one where its server answers", async () => {
  machine.addProgram("pulumi", INSTALLING);
  const plugin = await ensure(downloads.url);
  expect(plugin).toMatchObject({ kind: "official", description: expect.stringContaining("official 1.2.1") });
  expect(plugin.env).not.toHaveProperty("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION");
});

it("uses the stand-in, and says so, where nobody answers", async () => {
  machine.addProgram("pulumi", "echo asked >> $PULUMI_HOME/asked");
  const plugin = await ensure(NOBODY);
  expect(plugin.kind).toBe("stand-in");
  expect(plugin.description).toContain("our stand-in, because the official 1.2.1 cannot be downloaded here");
  expect(plugin.env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]).toBe("true");
  const [dir = ""] = plugin.env["PATH"]?.split(":") ?? [];
  expect(readdirSync(dir)).toEqual(["pulumi-resource-command"]);
});

it("asks a network that did not answer only now and then", async () => {
  await ensure(NOBODY);
  machine.addProgram("pulumi", INSTALLING);
  expect(await ensure(downloads.url)).toMatchObject({ kind: "stand-in" });
});

it("says what to do when the stand-in is not built", async () => {
  const notBuilt = ensureCommandPlugin(toolchain, { isStandInForced: true, packageRoot: join(machine.dir, "nowhere") });
  await expect(notBuilt).rejects.toThrow("Run `npm run build` first.");
});
