// Two clusters in memory on one clock and one network, with a link between them.

import { parseHostPort } from "../../../sandbox/cluster/cluster-document";
import type { TableAnswer } from "../../../sandbox/cluster/requests";
import { isReplicating, type XdcrGroup } from "../../../sandbox/cluster/xdcr/xdcr-document";
import type { SetupState } from "../../../sandbox/cluster/xdcr/xdcr-operations";
import type { XdcrStatusRow } from "../../../sandbox/cluster/xdcr/xdcr-target";
import { VirtualCluster, type VirtualOptions } from "./virtual-cluster";

const hostsOf = (prefix: string) => [1, 2, 3].map((n) => ({ name: `${prefix}${n}`, zone: `z${n}` }));

export interface VirtualPair {
  readonly east: VirtualCluster;
  readonly west: VirtualCluster;
}

export function startPair(options: VirtualOptions = {}): VirtualPair {
  const east = VirtualCluster.start({ ...options, hosts: hostsOf("e") });
  const west = VirtualCluster.start({ ...options, hosts: hostsOf("w"), seed: (options.seed ?? 1) + 100 });
  VirtualCluster.join(east, west);
  return { east, west };
}

/** Asks the target, and runs on until its DBServers poll. */
export function link(source: VirtualCluster, target: VirtualCluster, group: string): void {
  requestLink(source, target, group);
  target.runUntil(
    () => target.askLeader<SetupState>({ op: "is_setup_universe_replication_done", group }).isDone,
    `${group} is set up`,
  );
  target.run(3000);
}

export function requestLink(source: VirtualCluster, target: VirtualCluster, group: string): void {
  const tables = source
    .askLeader<readonly TableAnswer[]>({ op: "list_tables" })
    .filter(({ name }) => name !== "transactions")
    .map(({ uuid }) => uuid);
  const sourceMServers = source.hosts.map(({ name }) => parseHostPort(source.mserverAddress(name), 11000));
  target.askLeader({ op: "setup_universe_replication", group, sourceMServers, tables });
}

export const setEnabled = (target: VirtualCluster, group: string, enabled: boolean) =>
  target.request(target.leader().config.rpc, { op: "set_universe_replication_enabled", group, enabled });

export const groupOf = (target: VirtualCluster, group: string): XdcrGroup | undefined =>
  target.leader().raft.document?.xdcr?.groups.find((one) => one.group === group);

export const isActive = (target: VirtualCluster, group: string): boolean => {
  const found = groupOf(target, group);
  return found !== undefined && isReplicating(found);
};

/** The largest lag that the source's DBServers would show in their metrics. */
export function lagMs(source: VirtualCluster): number {
  const lags = [...source.dbservers.values()].flatMap(({ cdcProgress }) =>
    cdcProgress.map(({ appliedMs }) => source.nowMs - appliedMs),
  );
  return Math.max(0, ...lags);
}

export const errorsOf = (target: VirtualCluster, group?: string): string[] =>
  target
    .askLeader<readonly XdcrStatusRow[]>({ op: "get_replication_status", ...(group === undefined ? {} : { group }) })
    .flatMap(({ error }) => (error === undefined ? [] : [error.error]));
