// The act as it really runs: /bin/sh, real processes, a home directory of its own.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Act, buildActScript, buildLaunchCommand, parseActReport } from "../../../provider/steps/act-script";

let home: string;
const children: ChildProcess[] = [];
const startedPids: number[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bmdb-act-"));
  for (const release of ["old", "new"]) {
    mkdirSync(join(home, release, "bin"), { recursive: true });
    writeFileSync(join(home, release, "bin/mserver"), `#!/bin/sh\necho "$PWD $*" >"${home}/started"\nexec sleep 60\n`);
    chmodSync(join(home, release, "bin/mserver"), 0o755);
  }
  mkdirSync(join(home, ".pulumi-bmdb"));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const pid of startedPids.splice(0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
  rmSync(home, { recursive: true, force: true });
});

/** A process to stop; `stubborn` ones ignore SIGTERM. */
async function startOld(stubborn = false): Promise<{ pid: number; startTicks: string }> {
  const child = spawn("/bin/sh", ["-c", `${stubborn ? "trap '' TERM; " : ""}echo ready; while :; do sleep 0.1; done`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const pid = child.pid ?? 0;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return { pid, startTicks: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "" };
}

const writeStart = (script: string) => writeFileSync(join(home, ".pulumi-bmdb/mserver.start"), script);
const GOOD_START =
  'cd "$1" || exit 1\nif [ "$2" = check ]; then exec test -x ./bin/mserver; fi\nexec ./bin/mserver --flagfile x\n';

function run(command: string, stdin: string): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      "/bin/sh",
      ["-c", command],
      { env: { HOME: home, PATH: process.env["PATH"] }, timeout: 10_000 },
      (error, _stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stderr }),
    );
    // A command that refuses does not read what it is sent.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
  });
}

async function carryOut(act: Act): Promise<ReturnType<typeof parseActReport>> {
  const launched = await run(buildLaunchCommand(act), buildActScript(act));
  expect(launched).toEqual({ code: 0, stderr: "" });
  for (let tries = 0; tries < 200; tries += 1) {
    const report = parseActReport(readFileSync(join(home, ".pulumi-bmdb/mserver.act"), "utf8"));
    if (report.outcome.kind === "ok") startedPids.push(report.outcome.pid);
    if (report.outcome.kind !== "running") return report;
    await sleep(50);
  }
  throw new Error("the act did not end");
}

const baseAct = (stop: Act["stop"]): Act => ({
  id: "abc123",
  role: "mserver",
  stop,
  releaseDir: join(home, "new"),
  version: "2.18.0.0",
  own: { start: undefined, stop: undefined },
  bsqlPort: undefined,
  limits: { killMs: 5_000, childrenMs: 1_000, portsMs: 1_000, appearMs: 1_000, pollMs: 50 },
  guard: "",
});
const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
const eventually = async (what: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !what(); tries += 1) await sleep(20);
  expect(what()).toBe(true);
};

test("an act stops the process that was seen and starts the new one from the new directory", async () => {
  writeStart(GOOD_START);
  const old = await startOld();
  const report = await carryOut(baseAct({ ...old, timeoutMs: 5_000 }));
  expect(report.outcome.kind).toBe("ok");
  expect(isAlive(old.pid)).toBe(false);
  await eventually(() => existsSync(join(home, "started")));
  expect(readFileSync(join(home, "started"), "utf8")).toBe(`${join(home, "new")} --flagfile x\n`);
});

test("an act with another start time stops nothing", async () => {
  writeStart(GOOD_START);
  const old = await startOld();
  const report = await carryOut(baseAct({ ...old, startTicks: "1", timeoutMs: 5_000 }));
  expect(report.outcome).toEqual({
    kind: "failed",
    reason: `process ${old.pid} is not the one that was seen; nothing was stopped`,
  });
  expect(isAlive(old.pid)).toBe(true);
});

test("a process that ignores SIGTERM is killed after the limit, and the act says so", async () => {
  writeStart(GOOD_START);
  const old = await startOld(true);
  const report = await carryOut(baseAct({ ...old, timeoutMs: 1_000 }));
  expect(report.lines).toContain(`killed ${old.pid} after 1 s`);
  expect(report.outcome.kind).toBe("ok");
});

test("nothing is stopped when the new release could not be started", async () => {
  writeStart(GOOD_START);
  rmSync(join(home, "new/bin/mserver"));
  const old = await startOld();
  const report = await carryOut(baseAct({ ...old, timeoutMs: 5_000 }));
  expect(report.outcome).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("it could not be started from"),
  });
  expect(isAlive(old.pid)).toBe(true);
});

test("nothing is stopped when there is no record of how it is started", async () => {
  const old = await startOld();
  const report = await carryOut(baseAct({ ...old, timeoutMs: 5_000 }));
  expect(report.outcome).toEqual({ kind: "failed", reason: "there is no record of how it is started" });
  expect(isAlive(old.pid)).toBe(true);
});

test("an act without a stop only starts", async () => {
  writeStart(GOOD_START);
  const report = await carryOut(baseAct(undefined));
  expect(report.lines.some((line) => line.startsWith("stopping"))).toBe(false);
  expect(report.outcome.kind).toBe("ok");
});

test("own commands stop and start the process, with the release filled in and quoted", async () => {
  const old = await startOld();
  const act = {
    ...baseAct({ ...old, timeoutMs: 5_000 }),
    own: { stop: `kill -TERM ${old.pid}`, start: 'echo {releaseDir} {version} >"$HOME/own"; exit 3' },
  };
  const report = await carryOut(act);
  expect(isAlive(old.pid)).toBe(false);
  expect(readFileSync(join(home, "own"), "utf8")).toBe(`${join(home, "new")} 2.18.0.0\n`);
  expect(report.outcome).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("the start command ended with an error"),
  });
});

test("a second act on the same process is refused while the first one still works", async () => {
  writeStart(GOOD_START);
  const old = await startOld(true);
  const act = baseAct({ ...old, timeoutMs: 3_000 });
  expect((await run(buildLaunchCommand(act), buildActScript(act))).code).toBe(0);
  const second = await run(buildLaunchCommand({ ...act, id: "second" }), buildActScript(act));
  expect(second).toEqual({ code: 75, stderr: "an act on this process is still running\n" });
  children.at(-1)?.kill("SIGKILL");
  await eventually(
    () => parseActReport(readFileSync(join(home, ".pulumi-bmdb/mserver.act"), "utf8")).outcome.kind === "ok",
  );
  const report = parseActReport(readFileSync(join(home, ".pulumi-bmdb/mserver.act"), "utf8"));
  if (report.outcome.kind === "ok") startedPids.push(report.outcome.pid);
});

test("a report that is cut off counts as still running", () => {
  expect(parseActReport("act abc 2.18.0.0\nstopping 12\nstop").outcome).toEqual({ kind: "running" });
  expect(parseActReport("").outcome).toEqual({ kind: "running" });
});
