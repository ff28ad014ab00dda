// The command as it really runs: /bin/sh and a home directory of the test's.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildStagedReleaseCommand,
  parseStagedRelease,
  releaseDirWord,
} from "../../../provider/inventory/staged-release";
import { createLocalShell } from "../../support/local-shell";

let home: string;
let release: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bmdb staged 'é "));
  release = join(home, "softwarebm-2.18.0.0");
  mkdirSync(join(home, ".pulumi-bmdb"));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function stage(
  metadata: string | undefined,
  binaries: readonly string[] = ["mserver", "dbserver", "bm-admin"],
  mode = 0o755,
) {
  mkdirSync(join(release, "bin"), { recursive: true });
  if (metadata !== undefined) writeFileSync(join(release, "version_metadata.json"), metadata);
  for (const name of binaries) writeFileSync(join(release, "bin", name), "", { mode });
}

const METADATA = '{\n  "version_number": "2.18.0.0",\n  "build_number": "68"\n}\n';

async function look(installDir = "~/softwarebm-{version}") {
  const command = buildStagedReleaseCommand(installDir, "2.18.0.0");
  const { code, stdout, stderr } = await createLocalShell(home).run("db1", command, { timeoutMs: 5_000 });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const parsed = parseStagedRelease(stdout);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}

test("a release that lies ready says its version with its build, and where it is", async () => {
  stage(METADATA);
  expect(await look()).toEqual({
    staged: { dir: release, version: "2.18.0.0-b68", hasBinaries: true },
    inHand: {},
    actsUnderWay: [],
  });
});

test("a release behind a symbolic link is told where its binaries really lie", async () => {
  stage(METADATA);
  symlinkSync(release, join(home, "current"));
  expect((await look("~/current")).staged.dir).toBe(release);
});

test("an act is under way while its process lives, and not when its pid is somebody else's or gone", async () => {
  stage(METADATA);
  const script = join(home, ".pulumi-bmdb/mserver.act.sh");
  writeFileSync(script, "read -r line\n");
  // Waits for an input that never comes; its end is the test's.
  const act = spawn("sh", [script], { stdio: ["pipe", "ignore", "ignore"] });
  try {
    const write = (role: string, pid: number | undefined) =>
      writeFileSync(join(home, ".pulumi-bmdb", `${role}.act.pid`), `${pid}\n`);
    write("mserver", act.pid);
    write("dbserver", process.pid);
    expect((await look()).actsUnderWay).toEqual(["mserver"]);
    write("mserver", 4_194_305);
    expect((await look()).actsUnderWay).toEqual([]);
  } finally {
    act.kill("SIGKILL");
  }
});

test("an absolute directory is taken as it is", async () => {
  stage(METADATA);
  expect((await look(`${home}/softwarebm-{version}`)).staged.dir).toBe(release);
});

test.each([
  ["there is no directory", () => undefined],
  ["there is no version_metadata.json", () => stage(undefined)],
  ["version_metadata.json is broken", () => stage('{"version_number": "2.18')],
  ["version_metadata.json names no version", () => stage('{"version_number": "latest"}')],
  [
    "the staging of it is still under way",
    () => {
      stage(METADATA);
      writeFileSync(join(release, ".pulumi-bmdb-staging"), "");
    },
  ],
])("no version is told when %s", async (_situation, prepare) => {
  prepare();
  expect((await look()).staged.version).toBeNull();
});

test("another version than the directory's name says is told", async () => {
  stage('{"version_number":"2.17.0.0","build_number":"3"}');
  expect((await look()).staged.version).toBe("2.17.0.0-b3");
});

test("backslashes in the file do no harm", async () => {
  stage('{"version_number":"2.18.0.0","build_number":"68","built_on":"C:\\\\new\\\\c:","note":"a\\nb \\"c\\""}');
  expect((await look()).staged.version).toBe("2.18.0.0-b68");
});

test("a binary that is missing, or not executable, is told", async () => {
  stage(METADATA, ["mserver", "dbserver"]);
  expect((await look()).staged.hasBinaries).toBe(false);
  rmSync(release, { recursive: true });
  stage(METADATA, undefined, 0o644);
  // Root may execute only what somebody may execute, so this holds for every user.
  expect((await look()).staged.hasBinaries).toBe(false);
});

test("the release that our last act was to start is told for each process", async () => {
  stage(METADATA);
  writeFileSync(join(home, ".pulumi-bmdb/mserver.act"), "act abc123 2.18.0.0\nstopping 12\nstopped 12\n");
  writeFileSync(join(home, ".pulumi-bmdb/dbserver.act"), "something else\n");
  expect((await look()).inHand).toEqual({ mserver: "2.18.0.0" });
});

test.each([
  ["nothing", ""],
  ["a cut-off answer", "dir /r\nmetadata none\n"],
  ["a relative directory", "dir r\nmetadata none\nbinaries no\nend\n"],
  ["the banner of a login shell", "Welcome!\nend\n"],
])("%s is no answer", (_what, text) => {
  expect(parseStagedRelease(text).ok).toBe(false);
});

test("the directory is one word, whatever is in it", () => {
  expect(releaseDirWord("~/it's {version}", "2.18.0.0")).toBe(`"$HOME"/'it'\\''s 2.18.0.0'`);
  expect(releaseDirWord("/opt/$(reboot)", "1")).toBe("'/opt/$(reboot)'");
});
