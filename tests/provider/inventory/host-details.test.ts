// What is asked of a host before a roll, and what becomes of its answer. The command runs in a real shell, on this machine.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildHostDetailsCommand, parseHostDetails } from "../../../provider/inventory/host-details";
import { readKillsUserProcesses } from "../../../provider/inventory/logind";
import { valueFrom, whyNot } from "./parse/captured";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bmdb-details-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const autoFlags = (...names: string[]): string =>
  JSON.stringify({ auto_flags: [{ program: "mserver", flags: names.map((name) => ({ name })) }] });

/** A release in which a process runs: `pgrep` names a pid whose `exe`, as `readlink` shows it, lies in there. */
function makeRunning(version: string, files: Readonly<Record<string, string>>): void {
  const dir = join(home, `softwarebm-${version}`);
  mkdirSync(join(dir, "bin"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  stub("pgrep", 'if [ "$2" = mserver ]; then echo 4711; else exit 1; fi');
  stub(
    "readlink",
    `if [ "$1" = /proc/4711/exe ]; then echo "${dir}/bin/mserver"; else exec /usr/bin/readlink "$@"; fi`,
  );
}

function stub(name: string, script: string): void {
  mkdirSync(join(home, "stubs"), { recursive: true });
  writeFileSync(join(home, "stubs", name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(home, "stubs", name), 0o755);
}

function ask(): string {
  const command = buildHostDetailsCommand({
    installDir: "~/softwarebm-{version}",
    version: "2.18.0.0",
    paths: [home],
    timeoutMs: 20_000,
  });
  return execFileSync("/bin/sh", ["-c", command], {
    encoding: "utf8",
    env: { HOME: home, PATH: `${home}/stubs:/usr/bin:/bin` },
  });
}

test("AutoFlags of the release that runs and of the staged one are told apart", () => {
  makeRunning("2.16.0.0", { "version_metadata.json": "{}", "auto_flags.json": autoFlags("b", "a") });
  mkdirSync(join(home, "softwarebm-2.18.0.0"));
  writeFileSync(join(home, "softwarebm-2.18.0.0", "auto_flags.json"), autoFlags("a", "b", "c"));
  const details = valueFrom(parseHostDetails(ask()));
  expect([details.autoFlagsRunning, details.autoFlags]).toEqual([
    ["a", "b"],
    ["a", "b", "c"],
  ]);
  expect(details.resolvedPaths).toEqual({ [home]: home });
});

test("a release that is older than AutoFlags runs without any", () => {
  makeRunning("2.14.0.0", { "version_metadata.json": "{}" });
  expect(valueFrom(parseHostDetails(ask())).autoFlagsRunning).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["is gone from the disk", {}],
  ["holds half a file", { "version_metadata.json": "{}", "auto_flags.json": '{"auto_flags":[' }],
])("what runs from a release that %s is not known", (_what, files) => {
  makeRunning("2.16.0.0", files);
  expect(valueFrom(parseHostDetails(ask())).autoFlagsRunning).toBeUndefined();
});

test("what runs from a binary that the user may not see is not known", () => {
  stub("pgrep", "echo 999999999");
  expect(valueFrom(parseHostDetails(ask())).autoFlagsRunning).toBeUndefined();
});

test("an answer that is cut off is no answer", () => {
  stub("pgrep", "exit 1");
  const answer = ask();
  expect(parseHostDetails(answer).ok).toBe(true);
  expect(whyNot(parseHostDetails(answer.slice(0, -3)))).toContain("cut off");
});

describe("whether logind ends processes with their login", () => {
  const SESSION = "0::/user.slice/user-1000.slice/session-3.scope";
  /** `grep` as it would answer in a session of logind's; everything else is the machine's. */
  const inSession = () =>
    stub(
      "grep",
      `case "$*" in *session-*cgroup*) echo '${SESSION}' | /usr/bin/grep -q session-;; *) exec /usr/bin/grep "$@";; esac`,
    );
  const killed = () => valueFrom(parseHostDetails(ask())).killsUserProcesses;

  test("is told by loginctl", () => {
    inSession();
    stub("loginctl", "echo KillUserProcesses=yes; echo KillOnlyUsers=; echo KillExcludeUsers=root2");
    expect(killed()).toBe(true);
    stub("loginctl", "echo KillUserProcesses=no; echo KillOnlyUsers=; echo KillExcludeUsers=root2");
    expect(killed()).toBe(false);
  });

  test("is a no where the session is none of logind's, as in a container", () => {
    stub("grep", `case "$*" in *session-*cgroup*) exit 1;; *) exec /usr/bin/grep "$@";; esac`);
    expect(killed()).toBe(false);
  });

  test.each([
    ["KillUserProcesses=yes", true],
    ["KillUserProcesses=1\nKillOnlyUsers=", true],
    ["KillUserProcesses=no\nKillUserProcesses=yes", true],
    ["KillUserProcesses=no", false],
    ["KillUserProcesses=yes\nKillExcludeUsers=root bigmath", false],
    ["KillUserProcesses=yes\nKillOnlyUsers=guest", false],
    ["KillUserProcesses=yes\nKillOnlyUsers=guest bigmath", true],
    ["KillUserProcesses=perhaps", undefined],
    ["", undefined],
  ])("%j means %p for the user bigmath", (settings, expected) => {
    expect(readKillsUserProcesses("bigmath", settings)).toBe(expected);
  });

  test("is not known from an answer that does not tell it", () => {
    expect(readKillsUserProcesses(undefined, "KillUserProcesses=no")).toBeUndefined();
  });
});

test("what starts BMDB at boot is told with the script that does it, and without the rest of its line", () => {
  mkdirSync(join(home, "boot"));
  const script = join(home, "boot/start.sh");
  writeFileSync(
    script,
    "#!/bin/sh\n# ./bin/dbserver\ncd /opt/softwarebm-2.16.0.0\nsetsid ./bin/mserver --token hunter2 &\n",
  );
  writeFileSync(join(home, "boot/other.sh"), "echo hello\n");
  const lines = [
    "# @reboot /opt/old/bin/mserver",
    `@reboot sh ${script} --password hunter2`,
    "@reboot ~/boot/start.sh",
    "@reboot /opt/softwarebm-2.16.0.0/bin/dbserver --flagfile x hunter2",
    `0 * * * * ${join(home, "boot/other.sh")} * /etc/passwd`,
  ];
  stub("crontab", `cat <<'END'\n${lines.join("\n")}\nEND`);
  const { bootStarters } = valueFrom(parseHostDetails(ask()));
  expect(bootStarters.filter((line) => line.startsWith("crontab: "))).toEqual([
    `crontab: ${script} runs ./bin/mserver`,
    `crontab: ${script} runs ./bin/mserver`,
    "crontab: /opt/softwarebm-2.16.0.0/bin/dbserver",
  ]);
});
