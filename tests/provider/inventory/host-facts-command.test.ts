// The command against this machine: real shells, a real process, real /proc.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { homedir, hostname, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { buildHostFactsCommand, type HostFactsQuestion } from "../../../provider/inventory/host-facts-command";
import { parseHostFacts } from "../../../provider/inventory/parse/host-facts";
import type { HostFacts, RunningProcess } from "../../../provider/model/host-facts";
import { quoteWords } from "../../../provider/model/quote";
import { valueFrom, whyNot } from "./parse/captured";

const name = `bmfacts-${process.pid % 1_000_000}`;
const root = fs.mkdtempSync(join(tmpdir(), "bm facts 'é "));
const releaseDir = join(root, "softwarebm-2.18.0.0");
const exe = join(releaseDir, "bin", name);
const strangeArg = "--x=a b'c\"d\n$(reboot)\u001b é";
const secret = "s3cret\nwith=equals";
let child: ChildProcess;

function ask(question: Partial<HostFactsQuestion>, shell = "/bin/sh", env: NodeJS.ProcessEnv = process.env): string {
  const result = spawnSync(shell, ["-c", buildHostFactsCommand({ processNames: [name], ...question })], {
    encoding: "utf8",
    env,
  });
  expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: "" });
  return result.stdout;
}

function only(facts: HostFacts): RunningProcess {
  expect(facts.processes).toHaveLength(1);
  const [found] = facts.processes;
  if (found === undefined) throw new Error("no process");
  return found;
}

function copyNode(to: string): void {
  fs.mkdirSync(dirname(to), { recursive: true });
  try {
    fs.linkSync(process.execPath, to);
  } catch {
    fs.copyFileSync(process.execPath, to);
  }
}

beforeAll(async () => {
  copyNode(exe);
  fs.writeFileSync(join(releaseDir, "version_metadata.json"), '{"version_number":"2.18.0.0","build_number":"68"}');
  const script = join(root, "idle.js");
  fs.writeFileSync(script, "process.stdout.write('up\\n'); setInterval(() => {}, 1000);");
  const words = quoteWords([exe, script, strangeArg, ""]);
  child = spawn("/bin/sh", ["-c", `umask 027; ulimit -St 3600; exec ${words} 2>out.txt`], {
    cwd: root,
    env: { SECRET: secret, EMPTY: "", ODD: "é" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
});

afterAll(() => {
  child.kill("SIGKILL");
  fs.rmSync(root, { recursive: true, force: true });
});

describe.each(["/bin/sh", "bash"])("the host-facts command in %s", (shell) => {
  it("shows the process as it runs", () => {
    const found = only(valueFrom(parseHostFacts(ask({}, shell))));
    expect(found).toMatchObject({
      name,
      pid: child.pid,
      uid: userInfo().uid,
      exe,
      isExeDeleted: false,
      releaseDir,
      releaseVersion: "2.18.0.0-b68",
      argv: [exe, join(root, "idle.js"), strangeArg, ""],
      cwd: root,
      stderr: join(root, "out.txt"),
      umask: "0027",
    });
    expect(found.parent).toEqual({
      pid: process.pid,
      name: expect.stringContaining(fs.readFileSync("/proc/self/comm", "utf8").trim()),
    });
    expect(found.stdout).toMatch(/^(pipe|socket):\[\d+\]$/);
    expect(found.limits.cpu).toMatchObject({ soft: "3600" });
    expect(Object.keys(found.limits)).toEqual(expect.arrayContaining(["nofile", "nproc", "core", "memlock", "stack"]));
    expect(found.startTicks).toBeGreaterThan(0);
  });

  it("brings the environment only when asked, and whole", () => {
    expect(only(valueFrom(parseHostFacts(ask({}, shell)))).environment).toBeUndefined();
    const facts = valueFrom(parseHostFacts(ask({ includeEnvironment: true }, shell)));
    expect(only(facts).environment).toMatchObject({ SECRET: secret, EMPTY: "", ODD: "é" });
  });

  it("shows the host", () => {
    const before = Date.now();
    const facts = valueFrom(parseHostFacts(ask({ disksOf: ["/", `${root}/not/there yet`] }, shell)));
    expect(facts).toMatchObject({
      hostname: hostname(),
      user: userInfo().username,
      uid: userInfo().uid,
      home: homedir(),
    });
    expect(Math.abs(facts.clockMs - before)).toBeLessThan(60_000);
    expect(facts.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(facts.memAvailableBytes).toBeGreaterThan(1_000_000);
    expect(facts.disks.map(({ asked, measured }) => [asked, measured])).toEqual([
      ["/", "/"],
      [`${root}/not/there yet`, root],
    ]);
    for (const disk of facts.disks) expect(disk.totalBytes).toBeGreaterThanOrEqual(disk.availableBytes);
  });

  it("sees our state directory, and that it is not there", () => {
    const env = { ...process.env, HOME: root };
    const dir = join(root, ".pulumi-bmdb");
    fs.mkdirSync(dir, { mode: 0o700 });
    expect(valueFrom(parseHostFacts(ask({}, shell, env))).stateDir).toEqual({
      isPresent: true,
      mode: "700",
      uid: userInfo().uid,
    });
    fs.rmdirSync(dir);
    expect(valueFrom(parseHostFacts(ask({}, shell, env))).stateDir).toEqual({
      isPresent: false,
      mode: undefined,
      uid: undefined,
    });
  });

  it("finds no process where there is none", () => {
    expect(valueFrom(parseHostFacts(ask({ processNames: ["no-such-bmdb"] }, shell))).processes).toEqual([]);
  });

  it("does not take a missing pgrep for no process", () => {
    const command = buildHostFactsCommand({ processNames: [name] }).replaceAll("pgrep", "no-such-pgrep");
    const { stdout } = spawnSync(shell, ["-c", command], { encoding: "utf8" });
    expect(whyNot(parseHostFacts(stdout))).toBe("the host could not list its processes (pgrep failed)");
  });
});

it("says that the binary was deleted, and does not guess its version", () => {
  fs.unlinkSync(exe);
  const found = only(valueFrom(parseHostFacts(ask({}))));
  expect(found).toMatchObject({ exe, isExeDeleted: true, releaseDir, releaseVersion: undefined });
  copyNode(exe);
});

it("does not take a zombie for a running process", async () => {
  const script = join(root, "parent.js");
  fs.writeFileSync(
    script,
    `require("node:child_process").spawn(${JSON.stringify(exe)}, ["-e", "0"], { stdio: "ignore" }).once("spawn", () => { process.stdout.write("up\\n"); for (;;); });`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    await new Promise((resolve) => parent.stdout?.once("data", resolve));
    // The parent never waits for it, so it stays one for as long as the parent runs.
    const isZombie = () => spawnSync("pgrep", ["-x", "-P", String(parent.pid), "-r", "Z", name]).status === 0;
    for (const until = Date.now() + 10_000; !isZombie() && Date.now() < until; );
    expect(isZombie()).toBe(true);
    expect(valueFrom(parseHostFacts(ask({}))).processes.map((found) => found.pid)).toEqual([child.pid]);
  } finally {
    parent.kill("SIGKILL");
  }
});

describe("buildHostFactsCommand", () => {
  it.each(["", "a b", "a;reboot", "mserver|dbserver", "sixteen-letters-", "$x"])(
    "refuses the process name %j",
    (wrong) => {
      expect(() => buildHostFactsCommand({ processNames: [wrong] })).toThrow(RangeError);
    },
  );

  it("refuses a relative directory", () => {
    expect(() => buildHostFactsCommand({ processNames: [], disksOf: ["data"] })).toThrow(RangeError);
  });

  it("asks for an environment only when it was asked for", () => {
    expect(buildHostFactsCommand({ processNames: ["mserver"] })).not.toMatch(/environ/);
    expect(buildHostFactsCommand({ processNames: ["mserver"], includeEnvironment: true })).toMatch(/environ/);
  });
});
