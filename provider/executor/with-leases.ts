// The lease on this cluster and on every other one that replicates with it, always in the same order, so that two programs
// that each declare the other one's cluster never hold one each and wait for the other.

import { type DesiredCluster, mserverAddresses } from "../model/desired";
import type { LeaseOwner } from "../model/lease-record";
import { adminNode } from "../model/xdcr";
import type { Run } from "./run";
import { withLease } from "./with-lease";

interface Wanted {
  /** Undefined: this cluster. */
  readonly peer: string | undefined;
  readonly address: string;
}

/** As `withLease`; `work` gets a run that holds them all. */
export function withLeases<T>(run: Run, owner: LeaseOwner, work: (held: Run) => Promise<T>): Promise<T> {
  const acquire = async (current: Run, [next, ...others]: readonly Wanted[]): Promise<T> => {
    if (next === undefined) return work(current);
    const { peer } = next;
    const cluster = peer === undefined ? undefined : run.desired.xdcr?.clusters[peer];
    if (peer === undefined || cluster === undefined) return withLease(current, owner, (held) => acquire(held, others));
    // It lies on the host from which bm-admin is run there: whoever rolls that cluster asks this host too.
    const there: DesiredCluster = { ...run.desired, nodes: [adminNode(peer, cluster)] };
    return withLease({ ...current, desired: there }, owner, ({ lease, signal }) =>
      acquire({ ...current, signal, peerLeases: new Map([...current.peerLeases, [peer, lease]]) }, others),
    );
  };
  return acquire(run, orderLeases(run.desired));
}

/** By it leases are taken in turn, whatever programs call the clusters. */
export const lowestAddress = (addresses: string): string => addresses.split(",").sort()[0] ?? "";

function orderLeases(desired: DesiredCluster): Wanted[] {
  const peers = Object.entries(desired.xdcr?.clusters ?? {}).map(
    ([peer, { mservers }]): Wanted => ({ peer, address: lowestAddress(mservers) }),
  );
  return [{ peer: undefined, address: lowestAddress(mserverAddresses(desired.nodes)) }, ...peers].sort((a, b) =>
    a.address < b.address ? -1 : 1,
  );
}
