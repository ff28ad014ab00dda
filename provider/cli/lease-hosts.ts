// `--host user@host[:port]`, as nodes and ssh access: what a Pulumi program would say in `nodes` and `ssh`.

import { agentSocketPath, knownHostsPath, readOwnFile } from "../adapters/own-files";
import { createSshShell } from "../adapters/ssh-shell";
import { DEFAULTS } from "../model/default-values";
import type { DesiredNode } from "../model/desired";
import type { Shell } from "../ports";

export interface HostOptions {
  readonly host: readonly string[];
  readonly identity?: string;
  readonly knownHosts?: string;
}

interface Host {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/** Raises when it is not `user@host:port`, `host`, or the like. */
export function parseHost(text: string): Host {
  const match = /^(?:([A-Za-z_][\w.-]*)@)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9][\w.-]*))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[4] ?? DEFAULTS.sshPort);
  if (!match || port < 1 || port > 65_535) throw new Error(`--host ${JSON.stringify(text)} is not user@host:port`);
  return { user: match[1] ?? DEFAULTS.sshUser, host: match[2] ?? match[3] ?? "", port };
}

/** Host keys are verified as always; the identity, when none is given, is whatever the ssh agent has. */
export function openHosts(options: HostOptions, timeoutMs: number): { names: string[]; shell: Shell } {
  const hosts = options.host.map(parseHost);
  const names = hosts.map(({ host, port }) => (port === DEFAULTS.sshPort ? host : `${host}:${port}`));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`--host ${repeated} is given twice; each host counts once`);
  const users = new Set(hosts.map(({ user }) => user));
  if (users.size > 1)
    throw new Error(
      `--host is given with different users (${[...users].join(", ")}); the lease lies in one user's home`,
    );
  const nodes = hosts.map(
    ({ host }, index): DesiredNode => ({
      name: names[index] ?? host,
      host,
      sshHost: host,
      zone: undefined,
      roles: ["mserver"],
      ports: DEFAULTS.ports,
    }),
  );
  const shell = createSshShell(
    nodes,
    {
      user: hosts[0]?.user ?? DEFAULTS.sshUser,
      port: DEFAULTS.sshPort,
      privateKey: options.identity === undefined ? undefined : readOwnFile(options.identity, "--identity"),
      passphrase: undefined,
      agentSocketPath: options.identity === undefined ? agentSocketPath() : undefined,
      knownHosts: readOwnFile(options.knownHosts ?? knownHostsPath(), "--known-hosts"),
      hosts: Object.fromEntries(hosts.map(({ port }, index) => [names[index] ?? "", { port }])),
      bastion: undefined,
    },
    timeoutMs,
  );
  return { names, shell };
}
