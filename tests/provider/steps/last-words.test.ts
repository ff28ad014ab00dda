// What a dead process said, read by the real shell from real files: glog's, or the output alone.

import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLastWordsCommand, parseLastWords } from "../../../provider/steps/last-words";
import { buildLogDirsLines } from "../../../provider/steps/log-dirs";
import { createLocalShell } from "../../support/local-shell";

let home: string;
let records: string;
let logs: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bmdb-words-"));
  records = join(home, ".pulumi-bmdb");
  logs = join(home, "my logs");
  mkdirSync(records);
  mkdirSync(logs);
  writeFileSync(join(records, "mserver.log-path"), `${home}/out\n`);
  writeFileSync(join(records, "mserver.log-dirs"), `${home}/not there\n${logs}\n`);
  fileAt("starting", join(records, "mserver.starting"), 100);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function fileAt(text: string, path: string, atSec: number): void {
  writeFileSync(path, text);
  utimesSync(path, atSec, atSec);
}

async function lastWords(): Promise<string> {
  const { stdout } = await createLocalShell(home).run("db1", buildLastWordsCommand("mserver"), { timeoutMs: 10_000 });
  return parseLastWords(stdout);
}

test("the FATAL lines of the log file come last, after the end of the output", async () => {
  writeFileSync(join(home, "out"), "starting\n");
  const file = join(logs, "mserver.db1.bigmath.log.FATAL.20261123-101500.4711");
  fileAt(
    "Log file created at: 2026/11/23\nF1123 10:15:00 4711 fs.cc:1] first\n    @ 0x1 main\nF1123 10:15:01 4711 fs.cc:2] disk full\n",
    file,
    200,
  );
  symlinkSync(file, join(logs, "mserver.FATAL"));
  expect(await lastWords()).toMatch(
    /^starting\n.*FATAL.*:\nF1123 10:15:00 4711 fs\.cc:1\] first\nF1123 10:15:01 4711 fs\.cc:2\] disk full$/,
  );
});

test("a FATAL file from before the start is not this process's", async () => {
  writeFileSync(join(home, "out"), "starting\n");
  fileAt("F0101 old trouble\n", join(logs, "mserver.FATAL"), 50);
  expect(await lastWords()).toBe("starting");
});

test("of several FATAL files the newest counts, and never the other role's", async () => {
  fileAt("F1 older\n", join(logs, "mserver.x.log.FATAL.1"), 150);
  fileAt("F1 newer\n", join(logs, "mserver.x.log.FATAL.2"), 160);
  fileAt("F1 of the DBServer\n", join(logs, "dbserver.x.log.FATAL.3"), 170);
  expect(await lastWords()).toBe(`${join(logs, "mserver.x.log.FATAL.2")}:\nF1 newer`);
});

test("a line that the output has too is told once", async () => {
  writeFileSync(join(home, "out"), "hello\nF1 disk full\n");
  fileAt("F1 disk full\n", join(logs, "mserver.FATAL"), 150);
  expect(await lastWords()).toBe(`hello\n${join(logs, "mserver.FATAL")}:\nF1 disk full`);
});

test("without any record there are no words, and no error", async () => {
  rmSync(records, { recursive: true });
  expect(await lastWords()).toBe("");
});

describe("where the logs are", () => {
  const found = async (args: readonly string[], pid?: number): Promise<string[]> => {
    const command = ['cd "$HOME/.pulumi-bmdb"', ...buildLogDirsLines("mserver", args, pid)].join("\n");
    expect(await createLocalShell(home).run("db1", command, { timeoutMs: 10_000 })).toMatchObject({
      code: 0,
      stderr: "",
    });
    return readFileSync(join(records, "mserver.log-dirs"), "utf8")
      .split("\n")
      .filter((line) => line !== "");
  };

  test.each([
    ["a flag", () => ["./bin/mserver", `--log_dir=${logs}`]],
    ["a flag in two words", () => ["./bin/mserver", "-log_dir", logs]],
    [
      "a flag file",
      () => {
        writeFileSync(join(home, "ms.conf"), `# x\n--rpc_bind_addresses=a\n --log_dir="${logs}"\n`);
        return ["./bin/mserver", "--flagfile", join(home, "ms.conf")];
      },
    ],
  ])("is told by %s", async (_what, args) => {
    expect(await found(args())).toEqual([logs]);
  });

  test.each([
    ["a flag", (data: string) => [`--fs_data_dirs=${data},/other`]],
    [
      "a flag file",
      (data: string) => {
        writeFileSync(join(home, "ms.conf"), `--fs_data_dirs=${data},/other\n`);
        return ["--flagfile", join(home, "ms.conf")];
      },
    ],
  ])("is below the data directory that %s names, when no flag says another", async (_what, args) => {
    const place = join(home, "data/yb-data/master/logs");
    mkdirSync(place, { recursive: true });
    expect(await found(args(join(home, "data")))).toEqual([place]);
  });

  test("is where the process holds its log file open", async () => {
    const open = openSync(join(logs, "mserver.db1.log.INFO.1"), "w");
    expect(await found(["./bin/mserver"], process.pid)).toContain(logs);
    closeSync(open);
  });

  test("is not known where nothing tells it", async () => {
    expect(await found(["./bin/mserver", "--flagfile", "/not/there"])).toEqual([]);
  });
});
