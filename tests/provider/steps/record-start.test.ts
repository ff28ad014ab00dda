import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BmdbError, isBmdbError } from "../../../provider/errors/bmdb-error";
import { HOST_FACTS_BEGIN } from "../../../provider/inventory/host-facts-command";
import type { DesiredCluster, DesiredNode, ProcessId } from "../../../provider/model/desired";
import type { RunningProcess } from "../../../provider/model/host-facts";
import { buildLastWordsCommand } from "../../../provider/steps/last-words";
import { recordStarts } from "../../../provider/steps/record-start";
import { buildDesired, buildRunning } from "../../support/build-cluster";
import { buildRun, errorOf } from "../../support/build-run";
import { saying } from "../../support/fake-cluster";
import { renderHostFacts } from "../../support/host-facts-text";
import { createLocalShell } from "../../support/local-shell";

const SECRET = "hunter2 with 'quotes'";
let home: string;
let records: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bmdb-record-"));
  records = join(home, ".pulumi-bmdb");
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function record(processes: readonly RunningProcess[], desired: DesiredCluster = buildDesired(), answer?: string) {
  const text = answer ?? renderHostFacts(processes);
  const shell = createLocalShell(home, (command) => (command.includes(HOST_FACTS_BEGIN) ? saying(text) : undefined));
  const run = buildRun({ desired, shell });
  const node = desired.nodes[0] as DesiredNode;
  return { run, shell, recording: (mayBeDown: readonly ProcessId[] = []) => recordStarts(run, node, mayBeDown) };
}

const mserver = (more: Partial<RunningProcess> = {}) => buildRunning("mserver", "2.16.0.0-b1", more);
const dbserver = (more: Partial<RunningProcess> = {}) => buildRunning("dbserver", "2.16.0.0-b1", more);
const ours = async (promise: Promise<unknown>): Promise<BmdbError> => {
  const error = await errorOf(promise);
  if (!isBmdbError(error)) throw error;
  return error;
};
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const filesThere = (): string[] => {
  try {
    return readdirSync(records).sort();
  } catch {
    return [];
  }
};

test("how each process of the host is started is written down, for its user's eyes only", async () => {
  await record([mserver(), dbserver()]).recording();
  expect(filesThere()).toEqual(
    ["dbserver", "mserver"].flatMap((role) => [`${role}.log-dirs`, `${role}.log-path`, `${role}.start`]),
  );
  expect(modeOf(records)).toBe(0o700);
  for (const file of filesThere()) expect(modeOf(join(records, file))).toBe(0o600);
  expect(readFileSync(join(records, "mserver.start"), "utf8")).toMatch(/^exec .*\.\/bin\/mserver /m);
});

test("a directory of ours that others could read is closed", async () => {
  mkdirSync(records, { mode: 0o755 });
  await record([mserver(), dbserver()]).recording();
  expect(modeOf(records)).toBe(0o700);
});

test("the environment goes through standard input, never through a command, the journal or what is said", async () => {
  const environment = { HOME: home, PGPASSWORD: SECRET };
  const { run, shell, recording } = record([mserver({ environment }), dbserver({ environment })]);
  await recording();
  expect(readFileSync(join(records, "mserver.start"), "utf8")).toContain("hunter2");
  expect(shell.ran.map(({ command }) => command).join("\n")).not.toContain("hunter2");
  expect(JSON.stringify([run.journalled, run.said])).not.toContain("hunter2");
  expect(shell.ran.some(({ stdin }) => stdin?.includes("hunter2"))).toBe(true);
});

test("a record is replaced by a newer one", async () => {
  await record([mserver(), dbserver()]).recording();
  await record([mserver({ argv: ["./bin/mserver", "--flagfile", "/etc/other.conf"] }), dbserver()]).recording();
  expect(readFileSync(join(records, "mserver.start"), "utf8")).toContain("'/etc/other.conf'");
});

test("a process that is down keeps its older record", async () => {
  await record([mserver(), dbserver()]).recording();
  const before = readFileSync(join(records, "dbserver.start"), "utf8");
  await record([mserver()]).recording([{ node: "db1", role: "dbserver" }]);
  expect(readFileSync(join(records, "dbserver.start"), "utf8")).toBe(before);
});

test("a process that should run and is not on its host is an error: it may be the wrong machine", async () => {
  const error = await ours(record([mserver()]).recording([{ node: "db2", role: "dbserver" }]));
  expect(error.text).toMatchObject({
    code: "ProcessNotOnHost",
    what: "DBServer db1 answers on its web port, but db1 shows no process named dbserver over ssh.",
  });
});

test("a process that is down gets a record from the arguments that the program gives", async () => {
  const desired = buildDesired({ more: { process: { mserver: { args: ["--flagfile=/etc/m.conf"] } } } });
  await record([], desired).recording([
    { node: "db1", role: "mserver" },
    { node: "db1", role: "dbserver" },
  ]);
  expect(filesThere()).toEqual(["mserver.log-dirs", "mserver.log-path", "mserver.start"]);
  expect(readFileSync(join(records, "mserver.start"), "utf8")).toContain("'--flagfile=/etc/m.conf'");
});

test("a process with start commands of its own needs no record, only where its logs are", async () => {
  const own = { start: "systemctl start m", stop: "systemctl stop m" };
  await record([mserver(), dbserver()], buildDesired({ more: { process: { mserver: own } } })).recording();
  expect(filesThere()).toEqual(["dbserver.log-dirs", "dbserver.log-path", "dbserver.start", "mserver.log-dirs"]);
});

test("the last lines of a process are found by its record", async () => {
  const log = join(home, "m err.log");
  writeFileSync(log, Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join(""));
  const { shell, recording } = record([mserver({ stderr: log }), dbserver()]);
  await recording();
  const tail = await shell.run("db1", buildLastWordsCommand("mserver"), { timeoutMs: 1_000 });
  expect(tail.stdout.split("\n").filter(Boolean)).toHaveLength(15);
  expect(tail.stdout).toContain("line 29");
});

test.each<[string, Partial<RunningProcess>, string]>([
  ["of another user", { uid: 0 }, "it runs as uid 0, the ssh user is uid 1000"],
  [
    "with a relative flag file",
    { argv: ["./bin/mserver", "--flagfile", "m.conf"] },
    "its argument m.conf is a relative path",
  ],
])("a process %s cannot be repeated, and nothing is written", async (_situation, more, reason) => {
  const error = await ours(record([mserver(more), dbserver()]).recording());
  expect(error.text).toMatchObject({
    code: "StartNotRepeatable",
    what: `MServer db1 cannot be started the same way from another release: ${reason}.`,
    next: expect.stringMatching(/^It was not stopped\./),
  });
  expect(filesThere()).toEqual([]);
});

test("an answer that is cut off is an error without a value of the answer in it", async () => {
  const whole = renderHostFacts([mserver({ environment: { PGPASSWORD: SECRET } })]);
  const cut = whole.slice(0, whole.indexOf("stat-again"));
  const error = await ours(record([], buildDesired(), cut).recording());
  expect(error.text).toMatchObject({ code: "CommandFailed", output: expect.stringContaining("cut off") });
  expect(JSON.stringify(error.text)).not.toContain(Buffer.from("PGPASSWORD").toString("base64").slice(0, 8));
});

test("a record that cannot be written is an error", async () => {
  writeFileSync(records, "in the way");
  const error = await ours(record([mserver(), dbserver()]).recording());
  expect(error.text).toMatchObject({
    code: "CommandFailed",
    what: expect.stringContaining("writing ~/.pulumi-bmdb/mserver.start"),
  });
});
