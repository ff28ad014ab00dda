// The clusters of a topology as arguments of a BmCluster each: what a program would have to write by hand is taken from the others.

import * as pulumi from "@pulumi/pulumi";
import { describeLogin, describePeer } from "../provider/model/topology";
import type { BmClusterArgs } from "./bm-cluster-args";
import type { BmSshArgs } from "./bm-ssh-args";
import type { BmXdcrArgs } from "./bm-xdcr-args";
import { isPlain, protectSsh, refuseSecrets } from "./protect-inputs";
import type { XdcrTopologyArgs } from "./xdcr-topology-args";

type MemberArgs = XdcrTopologyArgs["clusters"][string];
type Logins = Readonly<Record<string, pulumi.Output<ReturnType<typeof describeLogin>>>>;

/** As the resources of the topology take it: the nodes in the clear, every key as a secret. */
export const protectMember = (member: MemberArgs): pulumi.Inputs => ({
  ...member,
  nodes: Array.isArray(member.nodes) ? refuseSecrets(member.nodes) : member.nodes,
  ssh: protectSsh(member.ssh),
});

export function declareMembers({
  clusters,
  links,
  external,
  lagTimeout,
}: XdcrTopologyArgs): Record<string, BmClusterArgs> {
  const all = Object.entries(clusters).map(([name, member]) => ({ name, member, ...describeToOthers(member) }));
  return Object.fromEntries(
    all.map(({ name, member }) => {
      const others = all.filter((other) => other.name !== name);
      const peers = Object.fromEntries(others.map((other) => [other.name, other.peer]));
      const logins = Object.fromEntries(others.map((other) => [other.name, other.login]));
      const xdcr: BmXdcrArgs = {
        self: name,
        links,
        clusters: { ...peers, ...external },
        ...(lagTimeout !== undefined && { lagTimeout }),
        finishedElsewhere: true,
      };
      return [name, { ...member, ssh: withLogins(member.ssh, logins), xdcr }];
    }),
  );
}

function describeToOthers({ version, nodes, ssh, release, bmAdmin }: MemberArgs) {
  // Only this of it: a secret beside it would hide the whole.
  const installDir = isPlain<{ readonly installDir?: pulumi.Input<string> }>(release)
    ? release.installDir
    : pulumi.output(release).apply((value) => value?.installDir);
  return {
    peer: pulumi.all([version, nodes, bmAdmin, installDir]).apply(([wanted, list, admin, dir]) =>
      describePeer({
        version: wanted,
        nodes: list,
        ...(admin !== undefined && { bmAdmin: admin }),
        ...(dir !== undefined && { release: { installDir: dir } }),
      }),
    ),
    login: pulumi
      .all([nodes, ssh, bmAdmin])
      .apply(([list, access, admin]) =>
        describeLogin({ nodes: list, ssh: access, ...(admin !== undefined && { bmAdmin: admin }) }),
      ),
  };
}

/** What the program says itself of a host comes first. */
function withLogins(ssh: MemberArgs["ssh"], logins: Logins): pulumi.Input<BmSshArgs> {
  if (isPlain<BmSshArgs>(ssh)) {
    const hosts = pulumi.all([pulumi.output(logins), pulumi.output(ssh.hosts)]);
    return { ...ssh, hosts: hosts.apply(([others, own]) => ({ ...others, ...own })) };
  }
  return pulumi
    .all([pulumi.output(logins), pulumi.output(ssh)])
    .apply(([others, own]) => ({ ...own, hosts: { ...others, ...own?.hosts } }));
}
