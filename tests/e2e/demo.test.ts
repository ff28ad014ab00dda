import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess } from "../../sandbox/toolchain/run-process";
import { REPO_ROOT } from "./harness";

const DEMO = join(REPO_ROOT, "dist", "bin", "demo.js");

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bmdb-demo-test-"));
});

afterEach(() => rmSync(dir, { recursive: true }));

/** Directories of the demo, and processes that name one. What Pulumi and ts-node leave in TMPDIR is theirs. */
function findLeftovers(): string[] {
  const processes = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && readCommandLine(pid).includes(dir));
  return [...readdirSync(dir).filter((name) => name.startsWith("bmdb-demo-")), ...processes];
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

it("the demo with a failure shows the plan, stops at the broken DBServer, finishes, and leaves nothing behind", async () => {
  const { code, stdout, stderr } = await runProcess(process.execPath, [DEMO, "--fail"], {
    env: { ...process.env, TMPDIR: dir, NO_COLOR: "1" },
  });
  expect(stderr).not.toContain("Error:");
  expect(code).toBe(0);

  const parts = stdout.split(/^── \d+\. /m);
  expect(parts.map((part) => part.split("\n")[0]).slice(1)).toEqual([
    "A Pulumi to work with",
    "A cluster of three hosts on 2.16.0.0, made of processes of this machine",
    "Adopt it: the first `pulumi up` verifies the cluster and changes nothing in it",
    "Ask for 2.18.0.0: the preview shows every step, in order",
    "Upgrade it, but the DBServer of db2 will not start on 2.18.0.0",
    "The cause is gone: the same `pulumi up` does the rest, and only the rest",
    "The cluster now",
  ]);
  const [, , , , preview = "", failure = "", rest = "", end = ""] = parts;
  expect(preview).toContain("restart MServer");
  expect(preview).toContain("point of no return");
  expect(failure).toContain("**updating failed**");
  expect(failure).toMatch(/^db1 +DBServer +2\.18\.0\.0 .*$/m);
  expect(failure).toMatch(/^db2 +DBServer +- /m);
  expect(failure).toMatch(/^db3 +DBServer +2\.16\.0\.0 /m);
  expect(rest).not.toContain("restart MServer");
  expect(end.match(/2\.18\.0\.0 /g)).toHaveLength(6);
  expect(end).toContain("Every process runs 2.18.0.0.");
  expect(findLeftovers()).toEqual([]);
});

it("Ctrl-C in the middle of an update stops the sandbox and deletes everything", async () => {
  let interrupt: () => void = () => undefined;
  const { code, stdout } = await runProcess(process.execPath, [DEMO], {
    env: { ...process.env, TMPDIR: dir, NO_COLOR: "1" },
    onStart: (child) => {
      interrupt = () => child.kill("SIGINT");
    },
    onStdout: (text) => {
      // Not at "Updating (demo)" already: the CLI prints that a moment before it listens for signals.
      if (text.includes("pulumi:pulumi:Stack")) interrupt();
    },
  });
  expect(code).toBe(1);
  expect(stdout).toContain("^C received; cancelling");
  expect(stdout).toContain("Stopping; the sandbox is cleaned up.");
  expect(findLeftovers()).toEqual([]);
});
