import { readDaemonState } from "../../../sandbox/hosts/daemon-files";
import { isSameProcessAlive, readProcess } from "../../../sandbox/hosts/proc";
import { stopProcesses } from "../../../sandbox/hosts/stop-processes";
import { connectTo } from "./ssh-run";
import { placeSleeper, startTwoHosts, type TwoHosts } from "./two-hosts";

const startIn = async (hosts: TwoHosts, command: string): Promise<number> =>
  Number((await hosts.run(hosts.db1, `${command} >/dev/null 2>&1 </dev/null & echo $!`)).stdout);

describe.each(["builtin", "openssh"] as const)("stopping a sandbox with %s", (kind) => {
  let hosts: TwoHosts;
  let neighbour: TwoHosts;
  beforeEach(async () => {
    [hosts, neighbour] = await Promise.all([startTwoHosts(kind), startTwoHosts()]);
  });
  afterEach(() => Promise.all([hosts?.stop(), neighbour?.stop()]));

  test("ends whatever its hosts started, stubborn or with an environment of its own, and nothing of another sandbox", async () => {
    placeSleeper(hosts.db1, "mserver");
    const pids = [
      await startIn(hosts, "setsid sleep 600"),
      await startIn(hosts, "setsid sh -c \"trap '' TERM; while :; do sleep 0.1; done\""),
      await startIn(hosts, "cd / && exec env -i $HOME/mserver 600"),
    ];
    const other = await startIn(neighbour, "setsid sleep 600");
    await stopProcesses(hosts.paths, hosts.id);
    expect(pids.map(readProcess)).toEqual([undefined, undefined, undefined]);
    expect(readProcess(other)).toBeDefined();
    expect((await neighbour.run(neighbour.db1, "true")).code).toBe(0);
  });

  test("ends the servers, open connections included, and a second time finds nothing to do", async () => {
    const state = readDaemonState(hosts.paths.daemonState);
    if (state === undefined) throw new Error("the daemon runs and has a state");
    const client = await connectTo(hosts.db1, hosts.privateKey);
    const closed = new Promise<void>((resolve) => client.on("close", resolve));
    client.on("error", () => undefined);
    await stopProcesses(hosts.paths, hosts.id);
    await closed;
    expect([state.daemon, ...state.sshds].some(isSameProcessAlive)).toBe(false);
    await expect(connectTo(hosts.db1, hosts.privateKey)).rejects.toThrow(/ECONNREFUSED/);
    await stopProcesses(hosts.paths, hosts.id);
  });
});
