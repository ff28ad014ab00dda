// The lease's commands on a real /bin/sh, each beside the host in memory that the other tests use.

import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildGuard,
  buildRaiseLease,
  buildReadLease,
  buildReleaseLease,
  buildReplaceLease,
  buildTakeLease,
  parseRefusal,
  parseWriteAnswer,
} from "../../../provider/lease/lease-commands";
import { type LeaseRecord, parseRecord, renderRecord } from "../../../provider/model/lease-record";
import { type LeaseHost, runLeaseCommand } from "../../support/lease-hosts";
import { createLocalShell } from "../../support/local-shell";

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bmdb-lease-"));
  mkdirSync(join(home, ".pulumi-bmdb"));
  file = join(home, ".pulumi-bmdb/lease");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const sh = (command: string, stdin = "") =>
  createLocalShell(home).run("db1", command, { timeoutMs: 5_000, ...(stdin && { stdin }) });

const record = (more: Partial<LeaseRecord> = {}, runId = "run-1"): LeaseRecord => ({
  state: "held",
  epoch: 7,
  beat: 0,
  termMs: 60_000,
  owner: { stack: "shop/prod", host: "laptop-7", person: "ada o'neil", runId, since: "2026-11-23T22:32:01.000Z" },
  ...more,
});
const mine = record();
const text = (...of: Parameters<typeof record>) => renderRecord(record(...of));

/** The same command on both kinds of host, which must agree; what lies there afterwards. */
async function onBoth(before: string, command: string) {
  if (before === "") rmSync(file, { force: true });
  else writeFileSync(file, `${before}\n`);
  const real = await sh(command);
  const host: LeaseHost = { lease: before };
  const inMemory = await runLeaseCommand(host, command, () => ({ code: 0, stdout: "", stderr: "" }));
  expect(real.code).toBe(inMemory?.code);
  expect(real.stdout.trim()).toBe(inMemory?.stdout.trim());
  expect(existsSync(file) ? readFileSync(file, "utf8").trim() : "").toBe(host.lease);
  return { answer: parseWriteAnswer(real), now: host.lease, real };
}

describe("take", () => {
  test.each([
    ["nothing lies there and nothing is expected", "", "", true],
    ["exactly what is expected lies there", text({ epoch: 6 }, "run-0"), text({ epoch: 6 }, "run-0"), true],
    ["its owner renewed it meanwhile", text({ epoch: 6, beat: 1 }, "run-0"), text({ epoch: 6 }, "run-0"), false],
    ["somebody was faster", text({}, "run-2"), "", false],
    ["something lies there that nobody understands", "garbage $(touch oops) 'x'", "", false],
  ])("when %s", async (_when, before, expected, isWritten) => {
    const { answer, now } = await onBoth(before, buildTakeLease(expected, mine));
    expect(answer?.isWritten).toBe(isWritten);
    expect(now).toBe(isWritten ? renderRecord(mine) : before);
    expect(answer?.now.text).toBe(now);
  });

  test("the directory and the record are for their owner only, and are made where they are not there", async () => {
    rmSync(join(home, ".pulumi-bmdb"), { recursive: true });
    expect((await sh(buildTakeLease("", mine))).code).toBe(0);
    expect(statSync(join(home, ".pulumi-bmdb")).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("of twenty at the same moment exactly one gets it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => sh(buildTakeLease("", record({}, `run-${index}`)))),
    );
    const written = answers.map(parseWriteAnswer).filter((answer) => answer?.isWritten);
    expect(written).toHaveLength(1);
    expect(readFileSync(file, "utf8").trim()).toBe(written[0]?.now.text);
  });

  test("a file of zeros, as a power failure leaves it, counts as none", async () => {
    writeFileSync(file, Buffer.alloc(120));
    expect(parseRecord((await sh(buildReadLease())).stdout)).toEqual({ text: "", record: undefined });
    expect(parseWriteAnswer(await sh(buildTakeLease("", mine)))?.isWritten).toBe(true);
  });

  test("a directory that cannot be written is no answer", async () => {
    writeFileSync(file, "");
    chmodSync(file, 0o600);
    rmSync(join(home, ".pulumi-bmdb"), { recursive: true });
    writeFileSync(join(home, ".pulumi-bmdb"), "a file stands in the way");
    expect(parseWriteAnswer(await sh(buildTakeLease("", mine)))).toBeUndefined();
  });
});

describe("raise", () => {
  test.each([
    ["nothing lies there", "", true],
    ["an earlier epoch lies there, held or not", text({ epoch: 6 }, "run-0"), true],
    ["this lease lies there with an earlier beat", text({ beat: 3 }), true],
    ["somebody who lost lies there with the same epoch", text({}, "run-2"), true],
    ["a later epoch lies there", text({ epoch: 8 }, "run-2"), false],
    ["a later epoch was given up there", text({ epoch: 8, state: "free" }, "run-2"), false],
    ["this lease was given up there", text({ state: "free" }), false],
    ["nobody understands what lies there", "garbage", true],
    ["a long epoch lies there", text({ epoch: 1_000_000_000_000 }, "run-2"), false],
  ])("when %s", async (_when, before, isWritten) => {
    const wanted = record({ beat: 4 });
    const { answer, now } = await onBoth(before, buildRaiseLease(wanted));
    expect(answer?.isWritten).toBe(isWritten);
    expect(now).toBe(isWritten ? renderRecord(wanted) : before);
  });
});

describe("release", () => {
  test.each([
    ["this lease lies there", text({ beat: 9 }), true],
    ["somebody else's lies there", text({ epoch: 8 }, "run-2"), false],
    ["nothing lies there", "", false],
    ["it was given up already", text({ state: "free" }), false],
  ])("when %s", async (_when, before, isWritten) => {
    const { answer, now } = await onBoth(before, buildReleaseLease(record({ state: "free" })));
    expect(answer?.isWritten).toBe(isWritten);
    expect(parseRecord(now).record?.state).toBe(isWritten ? "free" : parseRecord(before).record?.state);
  });
});

describe("replace", () => {
  test.each([
    ["what was shown lies there", text(), text(), true],
    ["its owner renewed it meanwhile", text({ beat: 9 }), text(), true],
    ["its owner gave it up meanwhile", text({ state: "free" }), text(), false],
    ["another run took it meanwhile, with the same epoch", text({}, "run-2"), text(), false],
    ["somebody took it where nothing lay", text(), "", false],
    ["nothing lies there, as shown", "", "", true],
    ["what lies there was not understood, and is the same", "half a record of four", "half a record of four", true],
  ])("when %s", async (_when, before, shown, isWritten) => {
    const wanted = record({ state: "free", epoch: 8 }, "broken-1");
    const { answer, now } = await onBoth(before, buildReplaceLease(shown, wanted));
    expect(answer?.isWritten).toBe(isWritten);
    expect(now).toBe(isWritten ? renderRecord(wanted) : before);
  });
});

describe("the guard", () => {
  const guarded = `${buildGuard(mine)}touch "$HOME/done"; cat >"$HOME/given"; exit 3`;

  test.each([
    ["while this lease lies there, whatever its beat", text({ beat: 5 }), true],
    ["not when an earlier epoch lies there", text({ epoch: 6 }), false],
    ["not when a later one does", text({ epoch: 8 }, "run-2"), false],
    ["not when another run has the same epoch", text({}, "run-2"), false],
    ["not when this lease was given up", text({ state: "free" }), false],
    ["not when nothing lies there", "", false],
  ])("lets a command through %s", async (_when, before, isThrough) => {
    if (before !== "") writeFileSync(file, `${before}\n`);
    const result = await sh(guarded, "given");
    expect(existsSync(join(home, "done"))).toBe(isThrough);
    expect(result.code).toBe(isThrough ? 3 : 76);
    if (isThrough) expect(readFileSync(join(home, "given"), "utf8")).toBe("given");
    expect(parseRefusal(result)).toEqual(isThrough ? undefined : parseRecord(before));
    const inMemory = await runLeaseCommand({ lease: before }, guarded, (command) => ({
      code: 3,
      stdout: command,
      stderr: "",
    }));
    expect(inMemory?.code).toBe(result.code);
    if (isThrough) expect(inMemory?.stdout).toBe(guarded.slice(buildGuard(mine).length));
    else expect(inMemory?.stderr).toBe(result.stderr);
  });

  test("a command of ours that ends with the guard's exit code was not refused", () => {
    expect(parseRefusal({ code: 76, stderr: "bm-admin: protocol error" })).toBeUndefined();
  });
});

/** A PATH on which `name` is what `script` says, or is not there. */
function withTools(name: string, script?: string): string {
  const tools = join(home, "tools");
  mkdirSync(tools);
  for (const tool of ["mkdir", "chmod", "head", "tr", "cut", "sed", "mv", "flock", "sync"])
    if (tool !== name) symlinkSync(whereIs(tool), join(tools, tool));
  if (script !== undefined) writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `PATH='${tools}'\n`;
}
const whereIs = (tool: string): string =>
  (process.env["PATH"] ?? "")
    .split(":")
    .map((folder) => join(folder, tool))
    .find(existsSync) ?? tool;

test("a host without flock says so", async () => {
  const result = await sh(`${withTools("flock")}${buildTakeLease("", mine)}`);
  expect(result).toMatchObject({ code: 75, stderr: expect.stringContaining("there is no flock on this host") });
  expect(parseWriteAnswer(result)).toBeUndefined();
});

test("a flock that knows no -w is enough while its lock is free", async () => {
  const small = `[ "$1" = -w ] && { echo "flock: invalid option -- w" >&2; exit 1; }; exec ${whereIs("flock")} "$@"`;
  const result = await sh(`${withTools("flock", small)}${buildTakeLease("", mine)}`);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(parseWriteAnswer(result)?.isWritten).toBe(true);
});

test.each([
  ["that takes a file", "", ["lease.new"]],
  ["that takes none", "[ $# = 0 ] || exit 1", ["lease.new", ""]],
])("the new record is on the disk before it gets its name, with a sync %s", async (_which, script, calls) => {
  writeFileSync(file, `${text({ epoch: 6 }, "run-0")}\n`);
  const log = `echo "$*|$(/bin/cat lease.new)|$(/bin/cat lease)" >>"${join(home, "synced")}"\n${script}`;
  const command = buildTakeLease(text({ epoch: 6 }, "run-0"), mine);
  expect(parseWriteAnswer(await sh(`${withTools("sync", log)}${command}`))?.isWritten).toBe(true);
  expect(readFileSync(join(home, "synced"), "utf8").trim().split("\n")).toEqual(
    calls.map((words) => `${words}|${renderRecord(mine)}|${text({ epoch: 6 }, "run-0")}`),
  );
});

test("a lock that is never given back is said instead of waited for", async () => {
  const holder = spawn("/bin/sh", ["-c", 'exec 9>>"$HOME/.pulumi-bmdb/lease.lock"; flock 9; echo locked; read -r _'], {
    env: { HOME: home, PATH: process.env["PATH"] },
  });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const result = await sh(buildTakeLease("", mine).replace("flock -w 5", "flock -w 0"));
  holder.kill("SIGKILL");
  expect(result).toMatchObject({ code: 75, stderr: "lease: its lock is busy\n" });
  expect(parseWriteAnswer(result)).toBeUndefined();
});
