import { join, resolve } from "node:path";
import type { SandboxRole } from "../types";

/** The ports of BMDB, bound on each host's own address. */
export const PORTS = {
  mserver: { rpc: 11000, web: 10000 },
  dbserver: { rpc: 9100, web: 9000 },
  bsql: 5433,
} as const;

export const DOWNLOADS_PORT = 18080;
/** The first that is free on every address of the sandbox; a program of the user may listen on one of them everywhere. */
export const SSH_PORTS = [2222, 22222, 42222] as const;

/** The address of the download server; also the sandbox's claim on the network. */
export const downloadsAddress = (network: number): string => `127.${network}.0.1`;

export const hostAddress = (network: number, index: number): string =>
  `127.${network}.${Math.floor(index / 200)}.${11 + (index % 200)}`;

/** Where things are below a sandbox's directory. */
export function sandboxPaths(dir: string) {
  const root = resolve(dir);
  return {
    root,
    /** Written first, so that `down` can end an unfinished sandbox too. */
    id: join(root, "sandbox-id"),
    /** Written last: everything `openSandbox` needs. */
    description: join(root, "sandbox.json"),
    clientKey: join(root, "client_key"),
    knownHosts: join(root, "known_hosts"),
    authorizedKeys: join(root, "authorized_keys"),
    events: join(root, "events.jsonl"),
    faults: join(root, "faults.json"),
    releases: join(root, "releases"),
    shims: join(root, "shims"),
    daemonConfig: join(root, "daemon", "config.json"),
    daemonState: join(root, "daemon", "state.json"),
    daemonLog: join(root, "daemon", "daemon.log"),
    host: (name: string) => hostPaths(join(root, "hosts", name)),
  };
}

export type SandboxPaths = ReturnType<typeof sandboxPaths>;
export type HostPaths = ReturnType<typeof hostPaths>;

function hostPaths(root: string) {
  const home = join(root, "home");
  return {
    root,
    home,
    shell: join(root, "shell"),
    /** Before the sandbox's own in the PATH; faults put programs there. */
    shims: join(root, "shims"),
    /** What faults order on the host. */
    orders: join(root, "orders"),
    hostKey: join(root, "ssh_host_ed25519_key"),
    sshdConfig: join(root, "sshd_config"),
    sshdLog: join(root, "sshd.log"),
    sshdPid: join(root, "sshd.pid"),
    data: (role: SandboxRole) => join(home, "data", role),
    logs: join(home, "logs"),
    out: (role: SandboxRole) => join(home, "logs", `${role}.out`),
    flagFile: (role: SandboxRole) => join(home, "conf", `${role}.conf`),
  };
}
