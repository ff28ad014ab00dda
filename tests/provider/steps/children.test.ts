// What a process leaves behind when it ends, with real processes: its own are ended, strangers are left alone.

import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { ActHome, isAlive } from "../../support/act-home";

let home: ActHome;
beforeEach(() => {
  home = new ActHome();
});
afterEach(() => home.remove());

/** A process with one child that outlives it; says the child's pid. `child`: what the child does. */
const parentOf = (child: string): string => `
  const { spawn } = require("node:child_process");
  const child = spawn("/bin/sh", ["-c", ${JSON.stringify(child)}, ${JSON.stringify(home.dir)}], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  child.stdout.once("data", () => console.log(child.pid));
  setInterval(() => {}, 1000);`;

/** Holds a free port of the loopback, and says it. */
const HOLDER = `
  const server = require("node:net").createServer();
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;

/** The limit under test is short, the others are never met: a busy machine must not end a wait that is to succeed. */
const LONG_MS = 30_000;

test.each([
  {
    how: "ends by itself",
    // Only once it was seen, however late that is.
    child: 'echo; until grep -q "left behind" "$0/.pulumi-bmdb/mserver.act"; do sleep 0.1; done',
    childrenMs: LONG_MS,
    stopMs: LONG_MS,
    said: [/^left behind \d+ \(\w+\)/, /^nothing is left behind$/],
    unsaid: [/^ending/, /^killed/],
  },
  {
    how: "ends when it is told to",
    child: "echo; while :; do sleep 0.1; done",
    childrenMs: 300,
    stopMs: LONG_MS,
    said: [/^left behind/, /^ending .*\(sh\)/, /^nothing is left behind$/],
    unsaid: [/^killed/],
  },
  {
    how: "ends only by SIGKILL",
    child: "trap '' TERM; echo; while :; do sleep 0.1; done",
    childrenMs: 300,
    stopMs: 1_000,
    said: [/^left behind/, /^ending/, /^killed .*\(sh\).* after 1 s$/, /^nothing is left behind$/],
    unsaid: [],
  },
])("a child that outlives its process and $how is gone before the new process starts", async (given) => {
  const { identity, line } = await home.runOld("mserver", parentOf(given.child));
  home.identify(Number(line));
  const act = home.act(identity);
  const { childrenMs, stopMs } = given;
  const report = await home.carryOut({
    ...act,
    stop: { ...identity, timeoutMs: stopMs },
    limits: { ...act.limits, childrenMs },
  });
  expect(report.outcome.kind).toBe("ok");
  expect(isAlive(Number(line))).toBe(false);
  for (const words of given.said) expect(report.lines).toContainEqual(expect.stringMatching(words));
  for (const words of given.unsaid) expect(report.lines).not.toContainEqual(expect.stringMatching(words));
});

test("a process that leaves nothing behind is not said to", async () => {
  const { identity } = await home.runOld("mserver", "console.log(1); setInterval(() => {}, 1000)");
  const report = await home.carryOut(home.act(identity));
  expect(report.lines.filter((line) => /left behind|ending/.test(line))).toEqual([]);
});

test("a process of the old release on the BSQL port, left by an earlier crash, is ended", async () => {
  const { identity } = await home.runOld("mserver", "console.log(1); setInterval(() => {}, 1000)");
  const orphan = await home.runOld("postgres", HOLDER);
  const report = await home.carryOut(home.act(identity, { bsqlPort: Number(orphan.line) }));
  expect(report.lines).toContain(`left behind ${orphan.identity.pid} (postgres) `);
  expect(isAlive(orphan.identity.pid)).toBe(false);
  expect(report.outcome.kind).toBe("ok");
});

test("a process of the old release that holds another port is none of ours", async () => {
  const { identity } = await home.runOld("mserver", "console.log(1); setInterval(() => {}, 1000)");
  const other = await home.runOld("postgres", HOLDER);
  await home.carryOut(home.act(identity, { bsqlPort: 1 }));
  expect(isAlive(other.identity.pid)).toBe(true);
});

test("a stranger on the BSQL port is left alone", async () => {
  const stranger = createServer();
  const port = await new Promise<number>((resolve) => {
    stranger.listen(0, "127.0.0.1", () => {
      const address = stranger.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  const { identity } = await home.runOld("mserver", "console.log(1); setInterval(() => {}, 1000)");
  const report = await home.carryOut(home.act(identity, { bsqlPort: port }));
  expect(stranger.listening).toBe(true);
  expect(report.lines.filter((line) => /left behind|ending/.test(line))).toEqual([]);
  expect(report.outcome.kind).toBe("ok");
  await new Promise((resolve) => stranger.close(resolve));
});

test("a DBServer of the same release on the same host is never taken for a child", async () => {
  const { identity } = await home.runOld("mserver", "console.log(1); setInterval(() => {}, 1000)");
  const dbserver = await home.runOld("dbserver", HOLDER);
  await home.carryOut(home.act(identity, { bsqlPort: Number(dbserver.line) }));
  expect(isAlive(dbserver.identity.pid)).toBe(true);
});

test("a port that it held and that somebody else took is named with its holder", async () => {
  const { identity, line } = await home.runOld("mserver", HOLDER);
  const taker = `require("node:net").createServer().listen(${line}, "127.0.0.1", () => console.log(process.pid))`;
  const stop = [
    `kill -TERM ${identity.pid}; while kill -0 ${identity.pid} 2>/dev/null; do sleep 0.05; done`,
    `${process.execPath} -e '${taker}' >"$HOME/taker" &`,
    'while [ ! -s "$HOME/taker" ]; do sleep 0.05; done',
  ].join("\n");
  const report = await home.carryOut(home.act(identity, { own: { start: undefined, stop } }));
  const pid = Number(readFileSync(join(home.dir, "taker"), "utf8"));
  home.identify(pid);
  expect(report.outcome).toMatchObject({ kind: "failed", reason: expect.stringContaining(`it held ${line}`) });
  expect(report.outcome).toMatchObject({ reason: expect.stringContaining(`in use by ${pid} (`) });
});

test("the binary that was just stopped and runs anew ends the act at once, and is not ended by it", async () => {
  const { identity } = await home.runOld("mserver", "console.log(1); setInterval(() => {}, 1000)");
  const supervisor = [
    `kill -TERM ${identity.pid}; while kill -0 ${identity.pid} 2>/dev/null; do sleep 0.05; done`,
    `${home.dir}/old/bin/mserver -e 'console.log(process.pid); setInterval(() => {}, 1000)' >"$HOME/again" &`,
    'while [ ! -s "$HOME/again" ]; do sleep 0.05; done',
  ].join("\n");
  const report = await home.carryOut(home.act(identity, { own: { start: undefined, stop: supervisor } }));
  const pid = Number(readFileSync(join(home.dir, "again"), "utf8"));
  home.identify(pid);
  expect(report.outcome).toEqual({ kind: "failed", reason: `the old binary was started again: process ${pid}` });
  expect(isAlive(pid)).toBe(true);
});
