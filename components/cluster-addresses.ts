// What others need to reach the cluster, from the arguments alone, so that it is known in a preview. Tolerates
// arguments that the provider's check is about to refuse.

import { DEFAULTS } from "../provider/model/default-values";

export interface AddressedNode {
  readonly host: string;
  readonly roles: readonly string[];
  readonly ports?: { readonly mserverRpc?: number; readonly mserverHttp?: number };
}

/** `10.0.0.1:11000,10.0.0.2:11000`: bm-admin's `-mserver_addresses` and every client's starting point (spec A1). */
export const joinMServerAddresses = (nodes: readonly AddressedNode[]): string =>
  withMServer(nodes)
    .map(({ host, ports }) => `${host}:${ports?.mserverRpc ?? DEFAULTS.ports.mserverRpc}`)
    .join(",");

/** The admin UI of every MServer (spec M4). */
export const listAdminUrls = (nodes: readonly AddressedNode[], scheme: string | undefined): string[] =>
  withMServer(nodes).map(({ host, ports }) => {
    const name = host.includes(":") ? `[${host}]` : host;
    return `${scheme ?? DEFAULTS.adminUiScheme}://${name}:${ports?.mserverHttp ?? DEFAULTS.ports.mserverHttp}/`;
  });

const withMServer = (nodes: readonly AddressedNode[]): AddressedNode[] =>
  nodes.filter((node) => Array.isArray(node?.roles) && node.roles.includes("mserver") && typeof node.host === "string");
