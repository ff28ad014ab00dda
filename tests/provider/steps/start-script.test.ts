// The script as it really runs: /bin/sh, a process that says what it was given, and nothing left out.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessStart } from "../../../provider/model/desired";
import type { RunningProcess } from "../../../provider/model/host-facts";
import { buildStartScript } from "../../../provider/steps/start-script";
import { buildRunning } from "../../support/build-cluster";

let home: string;
let release: string;
const nothingSaid: ProcessStart = {
  args: undefined,
  environment: undefined,
  output: undefined,
  start: undefined,
  stop: undefined,
};

// Its environment as NUL-separated bytes, so that no value can hide in another one.
const MSERVER = `#!/bin/sh
cat /proc/$$/environ >"$HOME/environ"
{ pwd; umask; ulimit -Sn; ulimit -Hn; for word in "$@"; do printf '[%s]' "$word"; done; echo; } >"$HOME/seen"
echo to stdout; echo to stderr >&2
`;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bmdb start 'é "));
  release = join(home, "softwarebm-2.18.0.0");
  mkdirSync(join(release, "bin"), { recursive: true });
  mkdirSync(join(home, ".pulumi-bmdb"));
  writeFileSync(join(release, "bin/mserver"), MSERVER, { mode: 0o755 });
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const running = (more: Partial<RunningProcess> = {}): RunningProcess =>
  buildRunning("mserver", "2.16.0.0-b1", {
    stdout: join(home, "mserver.out"),
    stderr: join(home, "mserver.err"),
    environment: { HOME: home, PATH: process.env["PATH"] ?? "" },
    limits: {},
    ...more,
  });

function built(found: RunningProcess | null, override: Partial<ProcessStart> = {}): { script: string; output: string } {
  const result = buildStartScript("mserver", found, { ...nothingSaid, ...override });
  if (!result.ok) throw new Error(result.reason);
  return result;
}

function start(script: string, words: readonly string[] = []) {
  const file = join(home, ".pulumi-bmdb/mserver.start");
  writeFileSync(file, script);
  // As the act does it: with nothing of our own environment.
  const result = spawnSync("env", ["-i", "sh", file, release, ...words], { encoding: "utf8", cwd: "/" });
  return { code: result.status, stderr: result.stderr };
}

const seen = (): string[] => readFileSync(join(home, "seen"), "utf8").trimEnd().split("\n");
const environ = (): string[] => readFileSync(join(home, "environ"), "utf8").split("\0").filter(Boolean);
const reasonFor = (argv: readonly string[], override: Partial<ProcessStart> = {}): string | undefined => {
  const result = buildStartScript("mserver", running({ argv: ["./bin/mserver", ...argv] }), {
    ...nothingSaid,
    ...override,
  });
  return result.ok ? undefined : result.reason;
};

test("the process starts in the new release's directory with the arguments that it had", () => {
  const argv = ["./bin/mserver", "--flagfile", "/home/bigmath/conf/m.conf", "--x=a b'c\"d\n$(reboot)", ""];
  expect(start(built(running({ argv })).script)).toEqual({ code: 0, stderr: "" });
  expect(seen()[0]).toBe(release);
  expect(seen().slice(4).join("\n")).toBe("[--flagfile][/home/bigmath/conf/m.conf][--x=a b'c\"d\n$(reboot)][]");
});

test("its environment is the one that it had, whatever is in it, and nothing besides", () => {
  const environment = {
    HOME: home,
    PATH: process.env["PATH"] ?? "",
    ODD: 'it\'s "quoted" $HOME `id` \\n',
    LINES: "one\ntwo\n",
    EMPTY: "",
    UMLAUT: "ü€",
  };
  start(built(running({ environment })).script);
  expect(
    environ()
      .filter((each) => !/^(PWD|_|OLDPWD|SHLVL)=/.test(each))
      .sort(),
  ).toEqual(
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  );
});

test("variables of the shell that started it, and names that no shell takes, are not repeated", () => {
  const environment = {
    HOME: home,
    PATH: "/usr/bin:/bin",
    PWD: "/old",
    SHLVL: "3",
    _: "/x",
    "BASH_FUNC_a%%": "() { :; }",
  };
  const { script } = built(running({ environment }));
  expect(script).not.toMatch(/SHLVL|BASH_FUNC|\/old|export _=/);
  expect(start(script).code).toBe(0);
});

test("the program's own environment comes on top", () => {
  const { script } = built(running(), { environment: { LANG: "C", HOME: home } });
  start(script);
  expect(environ()).toContain("LANG=C");
});

test("umask and limits are the ones that it had", () => {
  start(built(running({ umask: "0027", limits: { nofile: { soft: "100", hard: "200" } } })).script);
  expect(seen().slice(1, 4)).toEqual(["0027", "100", "200"]);
});

test("limits that are no numbers never reach the command line", () => {
  const { script } = built(running({ limits: { nofile: { soft: "1; reboot", hard: "2" } } }));
  expect(script).not.toContain("reboot");
});

test("output is appended to the files that it had", () => {
  writeFileSync(join(home, "mserver.out"), "from before\n");
  const { script, output } = built(running());
  start(script);
  expect(readFileSync(join(home, "mserver.out"), "utf8")).toBe("from before\nto stdout\n");
  expect(readFileSync(join(home, "mserver.err"), "utf8")).toBe("to stderr\n");
  expect(output).toContain("mserver.err");
});

test.each(["pipe:[123]", "socket:[9]", "/dev/pts/3", "/var/log/m.out (deleted)", undefined])(
  "output into %s goes to a file of ours instead",
  (stdout) => {
    start(built(running({ stdout, stderr: stdout })).script);
    expect(readFileSync(join(home, ".pulumi-bmdb/mserver.out"), "utf8")).toBe("to stdout\nto stderr\n");
  },
);

test("the program's own output file takes both", () => {
  start(built(running(), { output: join(home, "own.log") }).script);
  expect(readFileSync(join(home, "own.log"), "utf8")).toBe("to stdout\nto stderr\n");
});

test("a check starts nothing and succeeds when the binary is there", () => {
  expect(start(built(running({ limits: { nofile: { soft: "100", hard: "200" } } })).script, ["check"]).code).toBe(0);
  expect(existsSync(join(home, "seen"))).toBe(false);
});

test("a check fails when the binary or the directory is not there", () => {
  rmSync(join(release, "bin/mserver"));
  expect(start(built(running()).script, ["check"]).code).not.toBe(0);
  rmSync(release, { recursive: true });
  expect(start(built(running()).script, ["check"]).code).not.toBe(0);
});

test("a process that is down starts with the arguments that the program gives", () => {
  const environment = { HOME: home, PATH: process.env["PATH"] ?? "" };
  start(built(null, { args: ["--flagfile", "/etc/m.conf"], environment }).script);
  expect(seen().at(-1)).toBe("[--flagfile][/etc/m.conf]");
});

test("a process that is down and of which nothing is known cannot be started", () => {
  expect(buildStartScript("mserver", null, nothingSaid)).toEqual({
    ok: false,
    reason: "it is not running and process arguments are not given",
  });
});

describe("arguments that would mean something else in another release's directory", () => {
  const old = "/home/bigmath/softwarebm-2.16.0.0";

  test.each([
    [["--flagfile", "./conf/m.conf"], "./conf/m.conf"],
    [["--flagfile=../m.conf"], "../m.conf"],
    [["--flagfile=conf/m.conf"], "conf/m.conf"],
    [["-flagfile", "mserver_flags"], "mserver_flags"],
    [["--fs_data_dirs=data"], "data"],
    [["--fs_data_dirs=/data1,data2"], "data2"],
    [["--log_dir", "logs"], "logs"],
    [["--certs_dir=."], "."],
  ])("%j is a relative path", (argv, path) => {
    expect(reasonFor(argv)).toBe(`its argument ${path} is a relative path`);
  });

  test.each([
    [["--flagfile", `${old}/m.conf`], `${old}/m.conf`],
    [[`--fs_data_dirs=/data1,${old}/data`], `${old}/data`],
    [[`--home=${old}`], old],
  ])("%j lies inside the release that it runs", (argv, path) => {
    expect(reasonFor(argv)).toBe(`its argument ${path} lies inside the release it runs`);
  });

  test.each([
    [["--flagfile", "/home/bigmath/conf/m.conf"]],
    [["--fs_data_dirs=/data1,/data2", "--mserver_addresses=10.0.0.1:11000,10.0.0.2:11000"]],
    [["--placement_zone=a", "--enable_bsql", "--v", "2"]],
    [[`--log_dir=${old}-logs`]],
  ])("%j is the same anywhere", (argv) => {
    expect(reasonFor(argv)).toBeUndefined();
  });

  test("arguments that the program gives are the program's matter", () => {
    expect(reasonFor(["--fs_data_dirs=data"], { args: ["--fs_data_dirs=/data"] })).toBeUndefined();
  });
});

test.each([
  [
    "LD_LIBRARY_PATH",
    "/usr/lib:/home/bigmath/softwarebm-2.16.0.0/lib",
    "its environment variable LD_LIBRARY_PATH leads into",
  ],
  ["SECRET_TOKEN", "hunter2", undefined],
])("an environment whose %s is %s is judged by where it leads", (name, value, reason) => {
  const running = buildRunning("mserver", "2.16.0.0-b1", { environment: { [name]: value } });
  const built = buildStartScript("mserver", running, nothingSaid);
  if (reason === undefined) expect(built.ok).toBe(true);
  else expect(built).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test("an output file inside the release is not carried over to the next one", () => {
  const running = buildRunning("mserver", "2.16.0.0-b1", { stdout: "/home/bigmath/softwarebm-2.16.0.0/m.out" });
  expect(buildStartScript("mserver", running, nothingSaid)).toMatchObject({ ok: false });
});
