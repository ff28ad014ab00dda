import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pollUntil } from "../../../sandbox/hosts/poll";
import type { SandboxHost } from "../../../sandbox/types";
import { placeSleeper, startTwoHosts, type TwoHosts } from "./two-hosts";

/** Says which signal came, and ends. */
const CATCHER = `#!/bin/sh
for signal in TERM USR1 USR2 HUP ALRM; do trap "echo $signal; exit" $signal; done
touch ready
while :; do sleep 0.05; done
`;

describe("pgrep and pkill of a host", () => {
  let hosts: TwoHosts;
  beforeAll(async () => {
    hosts = await startTwoHosts();
    for (const host of [hosts.db1, hosts.db2]) placeSleeper(host, "mserver");
    writeFileSync(join(hosts.db1.home, "catcher"), CATCHER, { mode: 0o755 });
  });
  afterAll(() => hosts?.stop());
  afterEach(async () => {
    for (const host of [hosts.db1, hosts.db2]) await hosts.run(host, "pkill -KILL -x 'mserver|dbserver'");
  });

  /** Starts one in the background and answers its pid. */
  const start = async (host: SandboxHost, command = "./mserver 600"): Promise<string> => {
    const { stdout } = await hosts.run(host, `${command} >/dev/null 2>&1 & echo $!`);
    const pid = stdout.trim();
    // Between fork and exec it still has the shell's name.
    await pollUntil(
      async () => ((await hosts.run(host, "pgrep mserver")).stdout.includes(pid) ? true : undefined),
      5000,
    );
    return pid;
  };
  const pgrep = async (host: SandboxHost, args: string) => (await hosts.run(host, `pgrep ${args}`)).stdout.trim();

  test("pgrep shows the processes of its own host only", async () => {
    const mine = await start(hosts.db1);
    const other = await start(hosts.db2);
    expect(await pgrep(hosts.db1, "mserver")).toBe(mine);
    expect(await pgrep(hosts.db2, "-x mserver")).toBe(other);
  });

  test("pgrep and pkill without a match print nothing and exit with 1", async () => {
    await start(hosts.db2);
    for (const command of ["pgrep mserver", "pkill mserver"]) {
      expect(await hosts.run(hosts.db1, command)).toEqual({ code: 1, stdout: "", stderr: "" });
    }
  });

  test("pkill ends this host's process and leaves the other host's alone", async () => {
    await start(hosts.db1);
    const other = await start(hosts.db2);
    expect(await hosts.run(hosts.db1, "pkill mserver")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await pollUntil(async () => ((await pgrep(hosts.db1, "mserver")) === "" ? true : undefined), 5000)).toBe(
      true,
    );
    expect(await pgrep(hosts.db2, "mserver")).toBe(other);
  });

  test.each([
    ["pkill catcher", "TERM"],
    ["pkill -USR1 catcher", "USR1"],
    ["pkill -SIGUSR2 -x catcher", "USR2"],
    ["pkill -1 -f catcher$", "HUP"],
    ["pkill --signal ALRM catcher", "ALRM"],
    ["pkill -x --signal=SIGUSR1 catcher", "USR1"],
  ])("%s sends %s", async (command, signal) => {
    await hosts.run(hosts.db1, "rm -f ready; setsid ./catcher >got 2>/dev/null </dev/null &");
    const isReady = () => (existsSync(join(hosts.db1.home, "ready")) ? true : undefined);
    expect(await pollUntil(isReady, 5000)).toBe(true);
    expect((await hosts.run(hosts.db1, `exec ${command}`)).code).toBe(0);
    const got = () => readFileSync(join(hosts.db1.home, "got"), "utf8").trim() || undefined;
    expect(await pollUntil(got, 5000)).toBe(signal);
  });

  test("the oldest and the newest are chosen among the host's own processes", async () => {
    await start(hosts.db2);
    const oldest = await start(hosts.db1);
    const middle = await start(hosts.db1);
    const newest = await start(hosts.db1);
    await start(hosts.db2);
    expect(await pgrep(hosts.db1, "-o mserver")).toBe(oldest);
    expect(await pgrep(hosts.db1, "-xn mserver")).toBe(newest);
    expect(await pgrep(hosts.db1, "-c mserver")).toBe("3");
    // By their numbers, which begin anew once in a while.
    const inOrder = [oldest, middle, newest].sort((a, b) => Number(a) - Number(b));
    expect(await pgrep(hosts.db1, "-d, mserver")).toBe(inOrder.join(","));
    expect(await pgrep(hosts.db1, "-n -a mserver")).toBe(`${newest} ./mserver 600`);
  });

  test("a pattern over whole command lines never finds the shim itself", async () => {
    const pid = await start(hosts.db1);
    // sh -c holds the pattern too, as it would on a real machine; exec makes the shim take its place.
    expect((await hosts.run(hosts.db1, "exec pgrep -f 'mserver 600'")).stdout.trim()).toBe(pid);
  });

  test("a pattern with quotes, blanks and a dollar sign arrives as it is", async () => {
    const pid = await start(hosts.db1, "./mserver 600");
    expect(await pgrep(hosts.db1, `-x -f "./mserver 60'*0$"`)).toBe(pid);
    expect(await pgrep(hosts.db1, `-f -x './mserver 60"*0$'`)).toBe(pid);
  });

  test("a process with an environment of its own is found by its binary", async () => {
    const pid = await start(hosts.db1, 'cd / && env -i "$HOME/mserver" 600');
    expect(await pgrep(hosts.db1, "-x mserver")).toBe(pid);
    expect(await pgrep(hosts.db2, "-x mserver")).toBe("");
  });

  test("a wrong option is an error with pgrep's own exit code", async () => {
    expect(await hosts.run(hosts.db1, "pgrep --nonsense x")).toMatchObject({ code: 2, stdout: "" });
  });
});
