// What the staging script does when it is killed, runs twice at once, fails half-way, or meets running processes.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { StagingHost, until } from "./staging-host";

let host: StagingHost;
beforeEach(async () => {
  host = await StagingHost.start();
});
afterEach(() => host.stop());

/** Not "close": what outlives the shell may hold its outputs. */
const kill = (child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> => {
  const exit = once(child, "exit");
  child.kill(signal);
  return exit;
};

/** Answers with half of the archive and then says nothing more. */
function stall(): { isStalled: boolean } {
  const state = { isStalled: false };
  host.intercept = (request, response) => {
    if (request.url?.endsWith(".sha256")) return false;
    response.writeHead(200, { "content-length": "1000000" });
    response.write(Buffer.alloc(1000), () => {
      state.isStalled = true;
    });
    return true;
  };
  return state;
}

describe("a run that is interrupted", () => {
  test("by a signal during the download leaves nothing behind", async () => {
    await host.offer("2.18.0.0");
    const state = stall();
    const { child, ended } = host.begin(host.script());
    await until("the download stalls", () => state.isStalled);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(143);
    expect(host.leftovers()).toEqual([]);
    expect(fs.existsSync(host.final)).toBe(false);
  });

  test("by SIGKILL during the download is made good by the next run", async () => {
    await host.offer("2.18.0.0");
    const state = stall();
    const { child } = host.begin(host.script());
    await until("the download stalls", () => state.isStalled);
    await kill(child, "SIGKILL");
    expect(fs.existsSync(host.final)).toBe(false);
    host.intercept = () => false;
    expect((await host.stage()).code).toBe(0);
    expect(host.leftovers()).toEqual([]);
  });

  test("by SIGKILL during post_install.sh goes on there, without another download", async () => {
    await host.offer("2.18.0.0", {
      postInstall: 'echo begin >>"$HOME/steps"; until [ -e "$HOME/go" ]; do sleep 0.01; done; echo end >>"$HOME/steps"',
    });
    const { child } = host.begin(host.script());
    await until("post_install.sh has begun", () => host.read("steps") !== "");
    await kill(child, "SIGKILL");
    expect(fs.existsSync(path.join(host.final, ".pulumi-bmdb-staged"))).toBe(false);
    host.requests.length = 0;
    const again = host.stage();
    fs.writeFileSync(path.join(host.home, "go"), "");
    const { code, stdout } = await again;
    expect(code).toBe(0);
    expect(stdout).toContain(`going on with ${host.final}, which an earlier run unpacked`);
    expect(host.requests).toEqual([]);
    // The first post_install.sh outlived its script, and had the lock until it was through: never two at once.
    expect(host.read("steps")).toBe("begin\nend\nbegin\nend\n");
    expect(host.marker()).toContain("version=2.18.0.0");
  });
});

describe("a step that fails", () => {
  test("in post_install.sh leaves the release unmarked, and the next run goes on with it", async () => {
    await host.offer("2.18.0.0", {
      postInstall: '[ -e "$HOME/patchelf" ] || { echo "patchelf not found" >&2; exit 3; }',
    });
    const failed = await host.stage();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`bin/post_install.sh failed (exit code 3) in ${host.final}`);
    expect(failed.stderr).toContain("patchelf not found");
    expect(fs.existsSync(path.join(host.final, ".pulumi-bmdb-staged"))).toBe(false);

    fs.writeFileSync(path.join(host.home, "patchelf"), "");
    host.requests.length = 0;
    expect((await host.stage()).code).toBe(0);
    expect(host.requests).toEqual([]);
  });

  test("in the extension command shows no output of it, and names the file that has it", async () => {
    await host.offer("2.18.0.0");
    const { code, stdout, stderr } = await host.stage({ extensions: "echo token-4711; exit 9" });
    expect(code).toBe(1);
    expect(stderr).toContain(`the command of release.extensions failed (exit code 9) in ${host.final}`);
    expect(stdout + stderr).not.toContain("token-4711");
    const log = ".pulumi-bmdb/staging-2.18.0.0.log";
    expect(stderr).toContain(log);
    expect(host.read(log)).toBe("token-4711\n");
    expect(fs.statSync(path.join(host.home, log)).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.join(host.home, ".pulumi-bmdb")).mode & 0o777).toBe(0o700);
  });

  test("by a program that names another version leaves the release unmarked", async () => {
    await host.offer("2.18.0.0", { answer: "version 12.18.0.0 build 1" });
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("does not name 2.18.0.0: version 12.18.0.0 build 1");
    expect(fs.existsSync(path.join(host.final, ".pulumi-bmdb-staged"))).toBe(false);
  });

  test("by another sha256 after the interruption throws the half-done directory away and begins anew", async () => {
    await host.offer("2.18.0.0", { postInstall: "exit 1" });
    await host.stage();
    const sha256 = await host.offer("2.18.0.0");
    const { code } = await host.stage({ sha256 });
    expect(code).toBe(0);
    expect(host.marker()).toContain(`sha256=${sha256}`);
    expect(host.leftovers()).toEqual([]);
  });
});

describe("extensions", () => {
  test("are installed in the new release, after post_install.sh", async () => {
    await host.offer("2.18.0.0", { postInstall: "echo post >>order" });
    const { code, stdout } = await host.stage({ extensions: "echo 'it''s' >>order; pwd >>order" });
    expect(code).toBe(0);
    expect(stdout).toContain("extensions done\n");
    expect(fs.readFileSync(path.join(host.final, "order"), "utf8")).toBe(`post\nits\n${host.final}\n`);
  });

  test("that change are installed alone, as long as no process runs from the release", async () => {
    await host.offer("2.18.0.0");
    await host.stage({ extensions: "echo one >>extended" });
    host.requests.length = 0;
    const { code } = await host.stage({ extensions: "echo two >>extended" });
    expect(code).toBe(0);
    expect(host.requests).toEqual([]);
    expect(host.read("post_install.log")).toBe(`${host.final}\n`);
    expect(fs.readFileSync(path.join(host.final, "extended"), "utf8")).toBe("one\ntwo\n");
    expect((await host.stage({ extensions: "echo two >>extended" })).stdout).toContain("already staged");
  });

  test("that change are refused while a process runs from the release", async () => {
    await host.offer("2.18.0.0");
    await host.stage({ extensions: "echo one >>extended" });
    const { pid } = await host.runFrom(host.final);
    const before = host.snapshot(host.final);
    const { code, stderr } = await host.stage({ extensions: "echo two >>extended" });
    expect(code).toBe(1);
    expect(stderr).toContain(`release.extensions changed, and process ${pid} runs from ${host.final}`);
    expect(host.snapshot(host.final)).toEqual(before);
  });

  test("that are taken out of the program need nothing", async () => {
    await host.offer("2.18.0.0");
    await host.stage({ extensions: "echo one >>extended" });
    await host.runFrom(host.final);
    expect((await host.stage()).code).toBe(0);
  });
});

test("a link that leads nowhere is not written through", async () => {
  await host.offer("2.18.0.0");
  fs.symlinkSync(path.join(host.root, "nowhere"), host.final);
  const { code, stderr } = await host.stage();
  expect(code).toBe(1);
  expect(stderr).toContain(`${host.final} is not a directory`);
  expect(fs.readlinkSync(host.final)).toBe(path.join(host.root, "nowhere"));
});

test("a half-done directory that a process runs from is never written to", async () => {
  await host.offer("2.18.0.0", { postInstall: "exit 1" });
  await host.stage();
  const { pid } = await host.runFrom(host.final);
  const before = host.snapshot(host.final);
  const { code, stderr } = await host.stage();
  expect(code).toBe(1);
  expect(stderr).toContain(`process ${pid} runs from ${host.final}, which was never completed`);
  expect(host.snapshot(host.final)).toEqual(before);
});

describe.each([
  ["with flock", [] as string[]],
  ["without flock", ["flock"]],
])("the lock, %s,", (_title, missing) => {
  test("lets one of several runs do everything, and the others find it done", async () => {
    host.usePathWithout(...missing);
    await host.offer("2.18.0.0");
    const ended = await Promise.all([host.stage(), host.stage(), host.stage(), host.stage()]);
    expect(ended.map(({ stderr }) => stderr)).toEqual(["", "", "", ""]);
    const found = `release 2.18.0.0 already staged in ${host.final}\n`;
    expect(ended.filter(({ stdout }) => stdout === found)).toHaveLength(3);
    expect(host.requests.filter((request) => request.endsWith(".gz"))).toHaveLength(1);
    expect(host.read("post_install.log")).toBe(`${host.final}\n`);
  });
});

describe("a lock without flock", () => {
  const setLock = (owner: string): void => {
    fs.mkdirSync(path.join(host.home, ".pulumi-bmdb"), { mode: 0o700 });
    fs.symlinkSync(owner, path.join(host.home, ".pulumi-bmdb", "staging.lock.link"));
  };
  const bootId = (): string => fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

  test("of a process that is gone is taken over", async () => {
    host.usePathWithout("flock");
    await host.offer("2.18.0.0");
    setLock(`999999999 ${bootId()} 1`);
    expect((await host.stage()).code).toBe(0);
    expect(fs.readdirSync(path.join(host.home, ".pulumi-bmdb"))).toEqual(["staging-2.18.0.0.log"]);
  });

  test("from before the machine was started is taken over, whoever has the pid now", async () => {
    host.usePathWithout("flock");
    await host.offer("2.18.0.0");
    setLock(`${process.pid} another-boot 1`);
    expect((await host.stage()).code).toBe(0);
  });

  test("of a living process is respected until the time is up", async () => {
    host.usePathWithout("flock");
    await host.offer("2.18.0.0");
    const startedAt = fs.readFileSync(`/proc/${process.pid}/stat`, "utf8").replace(/.*\) /s, "").split(" ")[19];
    setLock(`${process.pid} ${bootId()} ${startedAt}`);
    const { code, stderr } = await host.stage({ timeoutSeconds: 1 });
    expect(code).toBe(1);
    expect(stderr).toContain("another staging run holds");
    expect(host.requests).toEqual([]);
  });
});
