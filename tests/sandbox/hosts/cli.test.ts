import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const BIN = resolve(__dirname, "../../../dist/bin/pulumi-bmdb.js");

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("pulumi-bmdb sandbox", () => {
  const work = mkdtempSync(join(tmpdir(), "bmdb-cli-"));
  const type = (...args: string[]): Promise<Outcome> =>
    new Promise((done) => {
      execFile(process.execPath, [BIN, "sandbox", ...args], { cwd: work }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  afterAll(async () => {
    await type("down");
    rmSync(work, { recursive: true, force: true });
  });

  test("status of no sandbox says so and exits with 1", async () => {
    expect(await type("status")).toMatchObject({ code: 1, stdout: expect.stringContaining("There is no sandbox in") });
  });

  test("down where there is none is no error", async () => {
    expect(await type("down")).toMatchObject({ code: 0, stdout: expect.stringContaining("There is no sandbox in") });
  });

  test("a value that makes no sense is refused before anything is made", async () => {
    expect(await type("up", "--hosts", "none")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("whole number"),
    });
    expect(await type("up", "--version", "2.16")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("four numbers"),
    });
    expect(await type("up", "--layout", "round")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("colocated"),
    });
    expect(existsSync(join(work, ".pulumi-bmdb"))).toBe(false);
  });

  test("the kinds of faults are listed one a line", async () => {
    const { code, stdout } = await type("fault", "--list");
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toMatch(/^crash_at_start +The process writes a FATAL line .*\.$/);
  });

  test("up leaves a cluster running that status shows, and down ends it", async () => {
    const up = await type("up", "--layout", "separate", "--mservers", "1", "--dbservers", "1", "--version", "2.18.0.0");
    expect(up).toMatchObject({ code: 0, stderr: "" });
    expect(up.stdout).toMatch(/ms1 +127\.\d+\.0\.11 +mserver +2\.18\.0\.0 +z1 +http:\/\/127\.\d+\.0\.11:10000\//);
    expect(up.stdout).not.toContain("PRIVATE KEY");

    expect(await type("up")).toMatchObject({ code: 1, stderr: expect.stringContaining("A sandbox already runs in") });

    const status = await type("status");
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/ms1 +mserver +\d+ +2\.18\.0\.0 +LEADER\ndb1 +dbserver +\d+ +2\.18\.0\.0 +ALIVE/);

    const wrong = await type("fault", "set", "--host", "ms1", "--role", "dbserver", "--kind", "slow_start");
    expect(wrong).toMatchObject({ code: 1, stderr: 'No dbserver runs on "ms1"; one runs on db1\n' });
    const set = await type(
      "fault",
      "set",
      "--host",
      "db1",
      "--role",
      "dbserver",
      "--kind",
      "slow_start",
      "--after-ms",
      "100",
    );
    expect(JSON.parse(set.stdout)).toEqual({ kind: "slow_start", host: "db1", role: "dbserver", afterMs: 100 });
    const more = (...args: string[]) => type("fault", "set", "--kind", ...args);
    const again = await more("slow_start", "--host", "db1", "--role", "dbserver", "--after-ms", "200");
    expect(JSON.parse(again.stdout)).toMatchObject({ kind: "slow_start", afterMs: 200 });
    expect((await more("leader_steps_down")).stdout.split("\n")).toHaveLength(2 + 1);
    expect(await more("page_hangs", "--host", "db1", "--role", "dbserver", "--tiles", "2")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/page_hangs cannot be set like this:\n.*tiles/),
    });
    expect((await more("kill_process", "--host", "db1", "--role", "dbserver")).stdout).toMatch(
      /\ndone: .*kill_process/,
    );
    expect((await type("status")).stdout).toMatch(/db1 +dbserver +- +- /);
    expect(await type("fault", "clear")).toMatchObject({ code: 0, stdout: "no faults\n" });

    expect(await type("down")).toMatchObject({ code: 0, stdout: expect.stringContaining("is stopped") });
    expect(await type("status", "--json")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"running":false'),
    });
    expect(await type("up")).toMatchObject({ code: 1, stderr: expect.stringContaining("down --delete") });
    expect((await type("down", "--delete")).code).toBe(0);
    expect(existsSync(join(work, ".pulumi-bmdb/sandbox"))).toBe(false);
  });
});
