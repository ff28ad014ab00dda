// Makes secret what is secret, and only that: Pulumi hides the whole of a list or an output with one secret in it.

import * as pulumi from "@pulumi/pulumi";
import type { BmNodeArgs } from "./bm-cluster-args";
import type { BmBastionArgs, BmSshArgs, BmSshHostArgs } from "./bm-ssh-args";

/** The same arguments with every key and the passphrase as secrets. */
export function protectSsh(ssh: pulumi.Input<BmSshArgs>): pulumi.Inputs {
  if (!isPlain<BmSshArgs>(ssh)) return protectUnknownSsh(pulumi.output(ssh));
  const { privateKey, passphrase, hosts, bastion, ...others } = ssh;
  return {
    ...others,
    ...(privateKey !== undefined && { privateKey: pulumi.secret(privateKey) }),
    ...(passphrase !== undefined && { passphrase: pulumi.secret(passphrase) }),
    ...(hosts !== undefined && { hosts: protectHosts(hosts) }),
    ...(bastion !== undefined && { bastion: protectKey<BmBastionArgs>(bastion) }),
  };
}

/** Which parts an output has is known only later, so its parts are taken one by one. */
function protectUnknownSsh(ssh: pulumi.Output<pulumi.Unwrap<BmSshArgs>>): pulumi.Inputs {
  return {
    user: ssh.apply((value) => value?.user),
    port: ssh.apply((value) => value?.port),
    agentSocketPath: ssh.apply((value) => value?.agentSocketPath),
    knownHosts: ssh.apply((value) => value?.knownHosts),
    privateKey: pulumi.secret(ssh.apply((value) => value?.privateKey)),
    passphrase: pulumi.secret(ssh.apply((value) => value?.passphrase)),
    hosts: pulumi.secret(ssh.apply((value) => value?.hosts)),
    bastion: pulumi.secret(ssh.apply((value) => value?.bastion)),
  };
}

function protectHosts(hosts: NonNullable<BmSshArgs["hosts"]>): pulumi.Input<unknown> {
  if (!isPlain<Record<string, pulumi.Input<BmSshHostArgs>>>(hosts)) return pulumi.secret(hosts);
  return Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, protectKey<BmSshHostArgs>(host)]));
}

function protectKey<T extends { readonly privateKey?: pulumi.Input<string> }>(
  holder: pulumi.Input<T>,
): pulumi.Input<unknown> {
  if (!isPlain<T>(holder)) return pulumi.secret(holder);
  const { privateKey } = holder;
  return privateKey === undefined ? holder : { ...holder, privateKey: pulumi.secret(privateKey) };
}

/** The nodes as they are, or an error for the first of them that holds a secret. */
export function refuseSecrets(nodes: readonly BmNodeArgs[]): pulumi.Input<unknown>[] {
  return nodes.map((node, index) => {
    const output = pulumi.output(node);
    const refusal = pulumi.output(pulumi.isSecret(output)).apply((isSecret) => throwIfSecret(isSecret, index));
    return pulumi.all([refusal, output]).apply(([, value]) => value);
  });
}

export function throwIfSecret(isSecret: boolean, index: number): void {
  if (!isSecret) return;
  throw new pulumi.RunError(
    `nodes[${index}]: holds a secret. Addresses of hosts are part of plans and reports; wrap them with pulumi.unsecret(…) if that is fine`,
  );
}

export function isPlain<T extends object>(value: unknown): value is T {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !pulumi.Output.isInstance(value) &&
    !(value instanceof Promise)
  );
}
