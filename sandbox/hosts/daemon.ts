// The process that stays when `sandbox up` returns: ssh servers of all hosts and the download server.
// It starts and ends no database process; those are children of the hosts' shells.
// Run as: node daemon.js DIRECTORY

import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { FileFaults } from "../processes/faults";
import { type DaemonConfig, readDaemonConfig, writeJson } from "./daemon-files";
import { createDownloadsServer } from "./downloads-server";
import { hostAddress, type SandboxPaths, sandboxPaths } from "./layout";
import { chooseSshPort, claimNetwork, listen } from "./network";
import { startSshd } from "./openssh";
import { type ProcessIdentity, readProcess } from "./proc";
import { createSshServer } from "./ssh-server";
import { watchForCuts } from "./watch-for-cuts";

async function main(dir: string): Promise<void> {
  const paths = sandboxPaths(dir);
  const config = readDaemonConfig(paths.daemonConfig);
  const downloads = createDownloadsServer(paths.releases, new FileFaults(paths.faults, { host: "", version: "" }));
  const network = await claimNetwork(downloads);
  const sshPort = await chooseSshPort(network, config.hosts.length);
  const sshds = await startSshServers(paths, config, network, sshPort);
  process.on("exit", () => {
    for (const sshd of sshds) sshd.kill();
    rmSync(paths.daemonState, { force: true });
  });
  process.on("SIGTERM", () => process.exit(0));
  process.on("SIGINT", () => process.exit(0));
  const address = downloads.address();
  if (address === null || typeof address === "string") throw new Error("the download server has no address");
  writeJson(paths.daemonState, {
    daemon: identityOf(process.pid),
    network,
    sshPort,
    downloadsUrl: `http://${address.address}:${address.port}`,
    sshds: sshds.map((sshd) => identityOf(sshd.pid ?? 0)),
  });
}

/** For "builtin" the servers live in this process and the list is empty. */
async function startSshServers(
  paths: SandboxPaths,
  config: DaemonConfig,
  network: number,
  sshPort: number,
): Promise<ChildProcess[]> {
  const sshds = config.hosts.map(async (name, index) => {
    const host = paths.host(name);
    const address = hostAddress(network, index);
    if (config.ssh === "openssh") {
      return startSshd({ host, address, port: sshPort, authorizedKeys: paths.authorizedKeys });
    }
    const server = createSshServer({
      hostKey: readFileSync(host.hostKey, "utf8"),
      user: config.sshUser,
      authorizedKey: config.authorizedKey,
      shell: host.shell,
    });
    const faults = new FileFaults(paths.faults, { host: name, version: "" });
    await listen(watchForCuts(server, faults), sshPort, address);
    return undefined;
  });
  const outcomes = await Promise.allSettled(sshds);
  const started = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" && outcome.value ? [outcome.value] : [],
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed === undefined) return started;
  for (const sshd of started) sshd.kill();
  throw failed.reason;
}

function identityOf(pid: number): ProcessIdentity {
  const facts = readProcess(pid);
  if (facts === undefined) throw new Error(`process ${pid} is gone`);
  return { pid, startTicks: facts.startTicks };
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
