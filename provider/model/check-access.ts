// Rules about how the hosts are reached: every host key is known beforehand, and there is a way to log in.

import { DEFAULTS } from "./default-values";
import { didYouMean } from "./did-you-mean";
import type { Problem } from "./explain-issues";
import { findHostKey } from "./find-host-key";
import type { InputsView, NodeView } from "./inputs-view";
import { isEncryptedKey } from "./key-texts";
import { isName, shown, whyNotHost } from "./plain-word";

export function checkAccess(view: InputsView, nodes: readonly NodeView[] | undefined): Problem[] {
  if (view.value("ssh") === undefined) return [];
  const peers = viewAdminHosts(view);
  const reached = nodes && [...nodes.map((node) => ({ ...node, path: ["nodes", node.index] })), ...peers];
  return [
    ...(reached === undefined ? [] : missingHostKeys(view, reached)),
    ...bastionHostKey(view),
    ...(reached === undefined ? [] : missingLogins(view, reached)),
    ...missingPassphrase(view),
    ...(reached === undefined ? [] : unknownHosts(view, reached)),
  ];
}

/** Whatever ssh goes to under a name of its own. */
type ReachedView = Pick<NodeView, "name" | "sshHost"> & { readonly path: readonly PropertyKey[] };

/** bm-admin of another cluster is run on a host that is reached like a node, under the cluster's name. */
const viewAdminHosts = (view: InputsView): ReachedView[] =>
  view.keys("xdcr", "clusters").map((name) => ({
    name,
    sshHost: view.text("xdcr", "clusters", name, "adminHost"),
    path: ["xdcr", "clusters", name, "adminHost"],
  }));

function missingHostKeys(view: InputsView, nodes: readonly ReachedView[]): Problem[] {
  return nodes.flatMap(({ name, sshHost, path }) => {
    // An invalid name or host has its own line; without them nothing can be looked up.
    if (name === undefined || !isName(name) || !isHost(sshHost)) return [];
    if (!view.isAbsent("ssh", "hosts", name, "hostKey")) return [];
    const port = sshPort(view, name);
    if (port === undefined || !lacksHostKey(view, sshHost, port)) return [];
    return [
      {
        path: [...path],
        why: `no host key is known for ${shown(name)} (${sshHost}:${port}); add its line to ssh.knownHosts, or set ssh.hosts[${shown(name)}].hostKey`,
      },
    ];
  });
}

function bastionHostKey(view: InputsView): Problem[] {
  const host = view.text("ssh", "bastion", "host");
  if (!isHost(host) || !view.isAbsent("ssh", "bastion", "hostKey")) return [];
  const port = view.isAbsent("ssh", "bastion", "port") ? DEFAULTS.sshPort : view.number("ssh", "bastion", "port");
  if (port === undefined || !lacksHostKey(view, host, port)) return [];
  return [
    {
      path: ["ssh", "bastion", "hostKey"],
      why: `no host key is known for the bastion (${host}:${port}); set it here, or add its line to ssh.knownHosts`,
    },
  ];
}

const isHost = (host: string | undefined): host is string => host !== undefined && whyNotHost(host) === undefined;

/** False as long as known_hosts itself is not known. */
function lacksHostKey(view: InputsView, host: string, port: number): boolean {
  const text = view.isAbsent("ssh", "knownHosts") ? "" : view.text("ssh", "knownHosts");
  return text !== undefined && findHostKey({ text, hostKey: undefined, host, port }) === undefined;
}

function missingLogins(view: InputsView, nodes: readonly ReachedView[]): Problem[] {
  if (!view.isAbsent("ssh", "privateKey") || !view.isAbsent("ssh", "agentSocketPath")) return [];
  const without = nodes.filter(({ name }) => name === undefined || view.isAbsent("ssh", "hosts", name, "privateKey"));
  if (without.length === 0) return [];
  return [
    {
      path: ["ssh"],
      why: "there is no way to log in; set privateKey (as a secret) or agentSocketPath",
    },
  ];
}

function missingPassphrase(view: InputsView): Problem[] {
  if (!view.isAbsent("ssh", "passphrase")) return [];
  const keys: PropertyKey[][] = [
    ["ssh", "privateKey"],
    ["ssh", "bastion", "privateKey"],
    ...view.keys("ssh", "hosts").map((name) => ["ssh", "hosts", name, "privateKey"]),
  ];
  return keys
    .filter((path) => isEncryptedKey(view.text(...path) ?? ""))
    .map((path) => ({ path, why: "is encrypted, and ssh.passphrase is missing" }));
}

function unknownHosts(view: InputsView, nodes: readonly ReachedView[]): Problem[] {
  const names = nodes.map((node) => node.name);
  // While one name is not known, it may be the one.
  if (names.includes(undefined)) return [];
  const known = names.filter((name) => name !== undefined);
  return view
    .keys("ssh", "hosts")
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ["ssh", "hosts", name],
      why: `there is no node with this name${didYouMean(name, known)}`,
    }));
}

function sshPort(view: InputsView, name: string): number | undefined {
  if (!view.isAbsent("ssh", "hosts", name, "port")) return view.number("ssh", "hosts", name, "port");
  return view.isAbsent("ssh", "port") ? DEFAULTS.sshPort : view.number("ssh", "port");
}
