// An act, or a start record, that arrives long after its command: meanwhile the lease may be somebody else's.

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildGuard, parseRefusal } from "../../../provider/lease/lease-commands";
import { type LeaseRecord, parseRecord, renderRecord } from "../../../provider/model/lease-record";
import type { CommandResult, Shell } from "../../../provider/ports";
import { type Act, buildActScript, buildLaunchCommand, parseActReport } from "../../../provider/steps/act-script";
import { recordAllStarts } from "../../../provider/steps/record-start";
import { runAct } from "../../../provider/steps/run-act";
import { ActHome, type Identity, isAlive } from "../../support/act-home";
import { buildDesired, buildRunning } from "../../support/build-cluster";
import { buildRun, errorOf, openLease } from "../../support/build-run";
import { renderHostFacts } from "../../support/host-facts-text";

const mine: LeaseRecord = {
  state: "held",
  epoch: 7,
  beat: 0,
  termMs: 60_000,
  owner: { stack: "shop/prod", host: "laptop-7", person: "ada", runId: "run-1", since: "2026-11-23T22:32:01.000Z" },
};
const theirs: LeaseRecord = { ...mine, epoch: 8, owner: { ...mine.owner, person: "bob", runId: "run-2" } };
const guard = buildGuard(mine);

let home: ActHome;
let old: Identity;
beforeEach(async () => {
  home = new ActHome();
  show(mine);
  old = (await home.runOld("mserver", 'console.log("ready"); setInterval(() => undefined, 1000)')).identity;
});
afterEach(() => home.remove());

const path = (name: string) => join(home.dir, ".pulumi-bmdb", name);
const show = (record: LeaseRecord) => writeFileSync(path("lease"), `${renderRecord(record)}\n`);
const files = () => readdirSync(join(home.dir, ".pulumi-bmdb")).sort();

/** Runs a command; standard input comes when `meanwhile` is over, which begins when the host waits for it. */
async function runLate(command: string, stdin: string, meanwhile: () => void): Promise<CommandResult> {
  const child = spawn("/bin/sh", ["-c", command], { env: { HOME: home.dir, PATH: process.env["PATH"] } });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => {
    stderr += String(data);
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for (let tries = 0; tries < 500 && !files().some((name) => name.includes(".new")); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  meanwhile();
  child.stdin.on("error", () => undefined).end(stdin);
  return { code: await ended, stdout: "", stderr };
}
const launch = (act: Act) => `${act.guard}${buildLaunchCommand(act)}`;

test("an act that arrives when another run has the lease is refused by the host, and leaves nothing behind", async () => {
  const act = home.act(old, { guard });
  const before = files();
  const result = await runLate(launch(act), buildActScript(act), () => show(theirs));
  expect(result.code).toBe(76);
  expect(parseRefusal(result)).toEqual(parseRecord(renderRecord(theirs)));
  expect(files()).toEqual(before);
  expect(isAlive(old.pid)).toBe(true);
});

test("an act that arrives late writes nothing into the one that the other run has launched meanwhile", async () => {
  const late = home.act(old, { guard, id: "late" });
  const other = home.act(old, { guard: buildGuard(theirs), id: "other" });
  let launched: Promise<unknown> = Promise.resolve();
  await runLate(launch(late), buildActScript(late), () => {
    show(theirs);
    launched = home.carryOut(other);
  });
  expect(await launched).toMatchObject({ id: "other", outcome: { kind: "ok" } });
  expect(readFileSync(path("mserver.act.sh"), "utf8")).toBe(buildActScript(other));
});

test("an act that is late by itself stops nothing, and says why", async () => {
  const act = home.act(old, { guard });
  writeFileSync(path("mserver.act"), `act ${act.id} ${act.version}\n`);
  show(theirs);
  expect(await home.run("sh", buildActScript(act))).toMatchObject({ code: 0 });
  expect(parseActReport(readFileSync(path("mserver.act"), "utf8"))).toEqual({
    id: act.id,
    lines: ["done failed another run holds the lease; nothing was stopped"],
    outcome: { kind: "failed", reason: "another run holds the lease; nothing was stopped" },
  });
  expect(isAlive(old.pid)).toBe(true);
});

test("an act that only starts is held up the same way", async () => {
  const act = { ...home.act(old, { guard }), stop: undefined };
  writeFileSync(path("mserver.act"), `act ${act.id} ${act.version}\n`);
  show(theirs);
  await home.run("sh", buildActScript(act));
  expect(readFileSync(path("mserver.act"), "utf8")).toContain(
    "done failed another run holds the lease; nothing was started\n",
  );
  expect(existsSync(join(home.dir, "started"))).toBe(false);
});

test("an act that has stopped its process starts it again, whoever has the lease by then", async () => {
  const slow = await home.runOld(
    "mserver",
    'process.on("SIGTERM", () => { require("fs").writeFileSync("' +
      path("lease") +
      '", "' +
      renderRecord(theirs) +
      '\\n"); process.exit(0); }); console.log("ready"); setInterval(() => undefined, 1000)',
  );
  process.kill(old.pid, "SIGKILL");
  const report = await home.carryOut(home.act(slow.identity, { guard }));
  expect(report.outcome.kind).toBe("ok");
  expect(parseRecord(readFileSync(path("lease"), "utf8")).record).toEqual(theirs);
});

test("the run that is told so by its act ends with LeaseLost, as if the host had refused the launch", async () => {
  const lost: string[] = [];
  const shell: Shell = {
    close: async () => undefined,
    run: async (_node, command) =>
      command.startsWith("cat ")
        ? {
            code: 0,
            stdout: "act 000000000000 2.18.0.0\ndone failed another run holds the lease; nothing was stopped\n",
            stderr: "",
          }
        : command.endsWith("true")
          ? { code: 76, stdout: "", stderr: `lease: refused, here is ${renderRecord(theirs)}\n` }
          : { code: 0, stdout: "", stderr: "" },
  };
  const lease = {
    ...openLease,
    guard,
    lose: (...[node, seen]: Parameters<typeof openLease.lose>) => {
      lost.push(seen.text);
      return openLease.lose(node, seen);
    },
  };
  const run = buildRun({ desired: buildDesired(), shell, lease });
  const acting = runAct(
    run,
    { node: "db1", role: "mserver" },
    { stop: { pid: 1, startTicks: "1", timeoutMs: 1 }, releaseDir: "/r", own: { start: undefined, stop: undefined } },
  );
  expect(await errorOf(acting)).toMatchObject({ code: "LeaseLost" });
  expect(lost).toEqual([renderRecord(theirs)]);
});

test("a start record that arrives when another run has the lease is not written", async () => {
  const before = readFileSync(path("mserver.start"), "utf8");
  const desired = buildDesired({ nodes: { m1: "both" } });
  const refusals: unknown[] = [];
  const shell: Shell = {
    close: async () => undefined,
    run: async (_node, command, { stdin }) => {
      if (stdin === undefined)
        return { code: 0, stdout: renderHostFacts([buildRunning("mserver", "2.16.0.0")]), stderr: "" };
      const result = await runLate(command, stdin, () => show(theirs));
      refusals.push(parseRefusal(result));
      return result;
    },
  };
  const run = buildRun({ desired, shell, lease: { ...openLease, guard } });
  expect(await errorOf(recordAllStarts(run))).toMatchObject({ code: "LeaseLost" });
  expect(refusals).toEqual([parseRecord(renderRecord(theirs))]);
  expect(readFileSync(path("mserver.start"), "utf8")).toBe(before);
  expect(files().filter((name) => name.includes(".new"))).toEqual([]);
});
