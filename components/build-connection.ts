// The connection of a staging command, from the inputs that concern one node. Pure, and tolerant: a program whose
// arguments are wrong in some other way must still reach the provider's check, which names every problem at once.

import type { types } from "@pulumi/command";
import type { SshInputs } from "../provider/model/cluster-inputs";
import { DEFAULTS } from "../provider/model/default-values";
import { findHostKey } from "../provider/model/find-host-key";
import { isEncryptedKey } from "../provider/model/key-texts";

export type Connection = types.input.remote.ConnectionArgs;
export type ConnectionOrProblem = { readonly connection: Connection } | { readonly problem: string };

export interface ConnectionTarget {
  readonly index: number;
  readonly name: string;
  readonly host: string;
  readonly sshHost?: string;
}

/** A host key always, or no connection at all: without one the plugin of @pulumi/command would believe any host. */
export function buildConnection(ssh: SshInputs, node: ConnectionTarget): ConnectionOrProblem {
  const own = ssh.hosts?.[node.name];
  const host = node.sshHost ?? node.host;
  const port = own?.port ?? ssh.port ?? DEFAULTS.sshPort;
  const hostKey = findHostKey({ text: ssh.knownHosts, hostKey: own?.hostKey, host, port });
  if (hostKey === undefined) {
    return { problem: `nodes[${node.index}]: no host key is known for ${node.name} (${host}:${port})` };
  }
  const user = ssh.user ?? DEFAULTS.sshUser;
  const connection = { host, port, user, hostKey, ...login(ssh, own?.privateKey), ...ONE_TRY };
  const { bastion } = ssh;
  if (bastion === undefined) return { connection };

  const bastionPort = bastion.port ?? DEFAULTS.sshPort;
  const bastionKey = findHostKey({
    text: ssh.knownHosts,
    hostKey: bastion.hostKey,
    host: bastion.host,
    port: bastionPort,
  });
  if (bastionKey === undefined) {
    return { problem: `ssh.bastion.hostKey: no host key is known for the bastion (${bastion.host}:${bastionPort})` };
  }
  const proxy = {
    host: bastion.host,
    port: bastionPort,
    user: bastion.user ?? user,
    hostKey: bastionKey,
    ...login(ssh, bastion.privateKey),
    ...ONE_TRY,
  };
  return { connection: { ...connection, proxy } };
}

/** A wrong host key is retried like any other failure of a dial; ten times, if nothing is said. */
const ONE_TRY = { dialErrorLimit: 1, perDialTimeout: 15 };

function login(ssh: SshInputs, ownKey: string | undefined) {
  const privateKey = ownKey ?? ssh.privateKey;
  // The plugin refuses a passphrase for a key that is not encrypted.
  const isEncrypted = privateKey !== undefined && isEncryptedKey(privateKey);
  return {
    ...(privateKey !== undefined && { privateKey }),
    ...(isEncrypted && ssh.passphrase !== undefined && { privateKeyPassword: ssh.passphrase }),
    ...(ssh.agentSocketPath !== undefined && { agentSocketPath: ssh.agentSocketPath }),
  };
}
