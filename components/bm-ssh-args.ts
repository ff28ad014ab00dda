import type { Input } from "@pulumi/pulumi";

/**
 * How the hosts are reached. Keys become Pulumi secrets by themselves; take them from `config.requireSecret`, because
 * only those are masked in Pulumi's own logs too.
 *
 * A host key that is not known is `HostKeyUnknown`, another one than expected `HostKeyChanged`; nothing is sent then.
 */
export interface BmSshArgs {
  /** The user that the processes run as. @default "bigmath" */
  readonly user?: Input<string>;

  /** @default 22 */
  readonly port?: Input<number>;

  /** Text of an OpenSSH or PEM private key. This, or `agentSocketPath`, must be given. Raises `SshLoginRefused` when hosts do not accept it. @default none */
  readonly privateKey?: Input<string>;

  /** Of every key in here that is encrypted. @default none */
  readonly passphrase?: Input<string>;

  /** Path of an ssh agent's socket on the machine where Pulumi runs. @default none */
  readonly agentSocketPath?: Input<string>;

  /** Text of a known_hosts file with every host in it, hashed names included. Make it with `ssh-keyscan`, and compare the fingerprints. @default none */
  readonly knownHosts?: Input<string>;

  /** What differs for single hosts, by node name. A map and not a list, so that a secret in it hides itself only. */
  readonly hosts?: Input<Record<string, Input<BmSshHostArgs>>>;

  /** A host through which all others are reached. @default none */
  readonly bastion?: Input<BmBastionArgs>;
}

export interface BmSshHostArgs {
  /** Type and base64, like `ssh-ed25519 AAAA…`. Stands in place of `knownHosts`; revocations there hold all the same. @default its line in ssh.knownHosts */
  readonly hostKey?: Input<string>;
  /** @default ssh.privateKey */
  readonly privateKey?: Input<string>;
  /** @default ssh.port */
  readonly port?: Input<number>;
}

export interface BmBastionArgs {
  /** A name or an IP address, without a port. */
  readonly host: Input<string>;
  /** @default 22 */
  readonly port?: Input<number>;
  /** @default ssh.user */
  readonly user?: Input<string>;
  /** @default ssh.privateKey */
  readonly privateKey?: Input<string>;
  /** Type and base64. @default its line in ssh.knownHosts */
  readonly hostKey?: Input<string>;
}
