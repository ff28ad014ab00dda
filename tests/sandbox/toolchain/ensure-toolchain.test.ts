import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ensureToolchain } from "../../../sandbox/toolchain/ensure-toolchain";
import { ToolchainError } from "../../../sandbox/toolchain/toolchain";
import { addFakeGo, createFakeMachine, type FakeMachine, PINS, pulumiScript, startFakeDownloads } from "./fake-machine";

let machine: FakeMachine;

beforeEach(() => {
  machine = createFakeMachine();
});

afterEach(() => machine.remove());

describe("a Pulumi on PATH", () => {
  it("is used when it is new enough, and lies together with its plugins in a directory of ours", async () => {
    const pulumi = machine.addProgram("pulumi", pulumiScript("3.216.0"));
    machine.addProgram("pulumi-language-nodejs", "true");

    const toolchain = await ensureToolchain(machine.settings);
    expect(toolchain).toMatchObject({ source: "path", version: "3.216.0" });
    expect(realpathSync(toolchain.pulumi)).toBe(realpathSync(pulumi));
    expect(readdirSync(toolchain.binDir).sort()).toEqual([
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
    expect(readdirSync(machine.binDir).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
  });

  it("is used where it lies when nothing is missing there", async () => {
    for (const name of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) machine.addProgram(name, "true");
    machine.addProgram("pulumi", pulumiScript("3.300.1"));
    expect(await ensureToolchain(machine.settings)).toMatchObject({ source: "path", binDir: machine.binDir });
  });

  it.each([
    ["too old", pulumiScript("3.215.9"), "is 3.215.9; 3.216.0 or newer (3.x) is needed"],
    ["of another major version", pulumiScript("4.0.0"), "is 4.0.0; 3.216.0 or newer (3.x) is needed"],
    ["broken", "echo cannot start >&2; exit 1", "cannot start"],
    ["without the language host", pulumiScript("3.300.0"), "has no pulumi-language-nodejs beside it or on PATH"],
  ])("is passed over when it is %s", async (_, script, reason) => {
    machine.addProgram("pulumi", script);
    addFakeGo(machine);
    expect(await ensureToolchain(machine.settings)).toMatchObject({ source: "build" });

    machine.addProgram("go", "exit 1");
    machine.settings.env["XDG_CACHE_HOME"] = join(machine.dir, "other-cache");
    await expect(ensureToolchain(machine.settings)).rejects.toThrow(reason);
  });

  it("gets nothing of the user's own Pulumi", async () => {
    machine.addProgram("pulumi", `[ -z "$PULUMI_ACCESS_TOKEN$PULUMI_STACK" ] && ${pulumiScript("3.300.0")}`);
    machine.addProgram("pulumi-language-nodejs", "true");
    Object.assign(machine.settings.env, {
      PULUMI_ACCESS_TOKEN: "x",
      PULUMI_STACK: "prod",
      PULUMI_HOME: "theirs",
      LANG: "C",
    });

    const { env } = await ensureToolchain(machine.settings);
    expect(env).toMatchObject({ LANG: "C", PULUMI_HOME: join(machine.cacheDir, "pulumi-home") });
    expect(
      Object.keys(env)
        .filter((name) => name.startsWith("PULUMI_"))
        .sort(),
    ).toEqual(["PULUMI_HOME", "PULUMI_SKIP_UPDATE_CHECK"]);
  });
});

describe("without one on PATH", () => {
  it("the official tarball is taken when its sha256 is the listed one, and kept", async () => {
    const downloads = await startFakeDownloads();
    const settings = { ...machine.settings, downloadsUrl: downloads.url };
    const first = await ensureToolchain(settings);
    await downloads.stop();

    expect(first).toMatchObject({ source: "download", version: PINS.pulumiVersion });
    expect(readdirSync(first.binDir).sort()).toEqual([
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
    expect(await ensureToolchain(settings)).toMatchObject({ source: "cache", binDir: first.binDir });
  });

  it("a tarball with another sha256 is refused", async () => {
    const downloads = await startFakeDownloads({ isChecksumWrong: true });
    const refused = ensureToolchain({ ...machine.settings, downloadsUrl: downloads.url });
    await expect(refused).rejects.toThrow(
      /download: the sha256 of pulumi-v.* is [0-9a-f]{64}; the list of checksums says/,
    );
    await downloads.stop();
    expect(readdirSync(machine.cacheDir)).toEqual(["pulumi-home"]);
  });

  it("a download server that does not answer is given up, and Go builds it with an explanation and progress", async () => {
    const downloads = await startFakeDownloads({ isSilent: true });
    const go = addFakeGo(machine);
    const built = await ensureToolchain({ ...machine.settings, downloadsUrl: downloads.url });
    await downloads.stop();

    expect(built).toMatchObject({ source: "build", version: PINS.pulumiVersion });
    expect(go.buildCount()).toBe(2);
    expect(machine.lines.join("\n")).toContain("the first build takes about 7 minutes on two cores");
    expect(machine.lines).toContainEqual(expect.stringMatching(/^ {2}pulumi: 0 of at most 3 packages built, 0s$/));
    expect(machine.lines).toContainEqual(expect.stringMatching(/^ {2}pulumi: built in \d+s \(1 packages compiled\)$/));

    expect(await ensureToolchain(machine.settings)).toMatchObject({ source: "cache" });
    expect(go.buildCount()).toBe(2);
  });

  it("two runs at the same time build once", async () => {
    const go = addFakeGo(machine);
    const both = await Promise.all([ensureToolchain(machine.settings), ensureToolchain(machine.settings)]);
    expect(both.map(({ source }) => source).sort()).toEqual(["build", "cache"]);
    expect(go.buildCount()).toBe(2);
    expect(machine.lines).toContainEqual(expect.stringMatching(/^Waiting for process \d+ on /));
  });

  it("what a dead run left behind does not matter and is cleared away", async () => {
    const { pid } = spawnSync("/bin/true");
    const keptDir = join(machine.cacheDir, `toolchain-${PINS.hash}`);
    mkdirSync(`${keptDir}.partial-${pid}-abc`, { recursive: true });
    writeFileSync(`${keptDir}.lock`, `process ${pid} on ${hostname()}`);
    addFakeGo(machine);

    expect(await ensureToolchain(machine.settings)).toMatchObject({ source: "build" });
    expect(readdirSync(machine.cacheDir).sort()).toEqual(["pulumi-home", `toolchain-${PINS.hash}`]);
  });

  it("a kept copy that no longer runs is made anew", async () => {
    const go = addFakeGo(machine);
    const { pulumi } = await ensureToolchain(machine.settings);
    writeFileSync(pulumi, "#!/bin/sh\nexit 1\n");
    expect(await ensureToolchain(machine.settings)).toMatchObject({ source: "build" });
    expect(go.buildCount()).toBe(4);
  });

  it("a failed build leaves nothing, and its last words are in the error", async () => {
    machine.addProgram("go", "echo 'no space left on device' >&2; exit 1");
    await expect(ensureToolchain(machine.settings)).rejects.toThrow(
      "go list of pulumi failed: no space left on device",
    );
    expect(existsSync(join(machine.cacheDir, `toolchain-${PINS.hash}`))).toBe(false);
  });

  it("with no way left, the error has every reason and says how to install Pulumi", async () => {
    // Without the system's directories, or this machine's own go would be found.
    machine.settings.env["PATH"] = machine.binDir;
    const failed = ensureToolchain(machine.settings);
    await expect(failed).rejects.toBeInstanceOf(ToolchainError);
    await expect(failed).rejects.toThrow(
      /on PATH: there is no pulumi[\s\S]*download: [\s\S]*build: there is no go on PATH/,
    );
    await expect(failed).rejects.toThrow("https://www.pulumi.com/docs/install/");
  });
});
