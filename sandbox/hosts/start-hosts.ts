// Hosts without a cluster yet: directories, keys, shells, the daemon with the servers.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, openSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SandboxHost, SandboxOptions } from "../types";
import { assertLoginWorks } from "./check-login";
import { type DaemonState, readDaemonState, writeJson } from "./daemon-files";
import { MARKS, writeHostShell, writeShims } from "./host-shell";
import { createKeyPair, knownHostsText } from "./keys";
import { hostAddress, type SandboxPaths, sandboxPaths } from "./layout";
import { findSshd } from "./openssh";
import { pollUntil } from "./poll";
import { readTail } from "./read-tail";
import { sshUserName } from "./ssh-user";
import { assertToolsArePresent } from "./tools";

export interface StartedHosts {
  readonly id: string;
  readonly paths: SandboxPaths;
  readonly hosts: readonly SandboxHost[];
  readonly downloadsUrl: string;
  readonly privateKey: string;
  readonly knownHosts: string;
}

/** Raises, before anything is made, when this machine lacks what the hosts need. */
export function assertMachineCanHost(ssh: SandboxOptions["ssh"]): void {
  assertToolsArePresent();
  if (ssh === "openssh") findSshd();
}

/** Claims the directory before anything else happens, so that two sandboxes never share one. */
export function claimDirectory(dir: string): { id: string; paths: SandboxPaths } {
  mkdirSync(dir, { recursive: true });
  const real = realpathSync(dir);
  if (readdirSync(real).length > 0) {
    throw new Error(
      existsSync(sandboxPaths(real).id)
        ? `${real} already holds a sandbox. End and delete it first: pulumi-bmdb sandbox down --delete --dir ${real}`
        : `${real} is not empty. A sandbox needs a directory of its own, empty or absent.`,
    );
  }
  const paths = sandboxPaths(real);
  const id = randomBytes(6).toString("hex");
  writeFileSync(paths.id, `${id}\n`, { flag: "wx" });
  return { id, paths };
}

export async function startHosts(
  options: Pick<SandboxOptions, "hosts" | "ssh" | "dataInsideRelease">,
  claimed: { id: string; paths: SandboxPaths },
  runtime: string,
): Promise<StartedHosts> {
  const { id, paths } = claimed;
  const ssh = options.ssh ?? "builtin";
  for (const folder of [paths.shims, paths.releases, join(paths.root, "daemon")])
    mkdirSync(folder, { recursive: true });
  writeFileSync(paths.events, "");
  writeJson(paths.faults, []);

  const client = createKeyPair(paths.clientKey);
  writeFileSync(paths.authorizedKeys, `${client.publicKey}\n`);
  const sshUser = sshUserName(ssh);
  const hostKeys = options.hosts.map(({ name, roles }) => {
    const host = paths.host(name);
    // Inside the release it must not be there before the release is; processes make their own.
    if (!options.dataInsideRelease) for (const role of roles) mkdirSync(host.data(role), { recursive: true });
    for (const folder of [host.shims, host.orders, host.logs, join(host.home, "conf")])
      mkdirSync(folder, { recursive: true });
    writeHostShell({ sandboxId: id, hostName: name, host, sandbox: paths, runtime });
    return createKeyPair(host.hostKey).publicKey;
  });
  const state = await startDaemon(paths, id, {
    sandboxId: id,
    ssh,
    sshUser,
    authorizedKey: client.publicKey,
    hosts: options.hosts.map((host) => host.name),
  });
  writeShims(paths, state.downloadsUrl);

  const hosts = options.hosts.map((host, index) => ({
    name: host.name,
    address: hostAddress(state.network, index),
    sshPort: state.sshPort,
    sshUser,
    hostKey: hostKeys[index] ?? "",
    home: paths.host(host.name).home,
    roles: host.roles,
    zone: host.zone ?? "z1",
  }));
  const knownHosts = knownHostsText(hosts);
  writeFileSync(paths.knownHosts, knownHosts);
  await assertLoginWorks(paths, hosts, client.privateKey);
  return { id, paths, hosts, downloadsUrl: state.downloadsUrl, privateKey: client.privateKey, knownHosts };
}

async function startDaemon(paths: SandboxPaths, id: string, config: object): Promise<DaemonState> {
  writeJson(paths.daemonConfig, config);
  const log = openSync(paths.daemonLog, "a");
  const child = spawn(process.execPath, [compiledDaemon(), paths.root], {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: "/",
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8", [MARKS.id]: id },
  });
  let end: string | undefined;
  child.on("error", (error) => {
    end = error.message;
  });
  child.on("exit", (code, signal) => {
    end = `it ended with ${code ?? signal}`;
  });
  child.unref();
  const state = await pollUntil(() => (end !== undefined ? "ended" : readDaemonState(paths.daemonState)), 20_000, 20);
  if (state !== undefined && state !== "ended") return state;
  throw new Error(
    `The sandbox's daemon did not start: ${end ?? "it was not ready after 20 s"}.\n${readTail(paths.daemonLog)}`,
  );
}

/** The daemon runs from the built package, also when the caller is a test on the sources. */
function compiledDaemon(): string {
  const beside = join(__dirname, "daemon.js");
  const built = existsSync(beside) ? beside : resolve(__dirname, "../../dist/sandbox/hosts/daemon.js");
  if (!existsSync(built)) throw new Error("The sandbox's daemon is not built: npm run build");
  return built;
}
