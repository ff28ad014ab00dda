// The leases on all clusters of a topology and on those outside of it, in the same order as a cluster that is upgraded alone takes them.

import { type DesiredCluster, mserverAddresses } from "../model/desired";
import type { LeaseOwner } from "../model/lease-record";
import { adminNode } from "../model/xdcr";
import type { Lease, Run } from "./run";
import { withLease } from "./with-lease";
import { lowestAddress } from "./with-leases";

/** A cluster of a topology, seen by a run of its own. */
export interface MemberRun {
  readonly name: string;
  readonly run: Run;
}

interface Wanted {
  readonly name: string;
  readonly address: string;
  /** On its hosts the lease is written. */
  readonly run: Run;
}

/** As `withLease`; `work` gets runs that each hold them all. */
export function withTopologyLeases<T>(
  members: readonly MemberRun[],
  owner: LeaseOwner,
  work: (held: readonly MemberRun[]) => Promise<T>,
): Promise<T> {
  const acquire = async (
    [next, ...others]: readonly Wanted[],
    held: ReadonlyMap<string, Lease>,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    if (next === undefined) return work(members.map((member) => hold(member, held, signal)));
    const run = signal === undefined ? next.run : { ...next.run, signal };
    return withLease(run, owner, (taken) =>
      acquire(others, new Map([...held, [next.name, taken.lease]]), taken.signal),
    );
  };
  return acquire(orderLeases(members), new Map(), undefined);
}

function hold({ name, run }: MemberRun, held: ReadonlyMap<string, Lease>, signal = run.signal): MemberRun {
  const peerLeases = new Map([...held].filter(([other]) => other !== name));
  return { name, run: { ...run, signal, peerLeases, lease: held.get(name) ?? run.lease } };
}

function orderLeases(members: readonly MemberRun[]): Wanted[] {
  const own = members.map(({ name, run }) => ({
    name,
    run,
    address: lowestAddress(mserverAddresses(run.desired.nodes)),
  }));
  const names = own.map(({ name }) => name);
  const [first] = members;
  const external = Object.entries(first?.run.desired.xdcr?.clusters ?? {}).flatMap(([name, cluster]): Wanted[] => {
    if (first === undefined || names.includes(name)) return [];
    const there: DesiredCluster = { ...first.run.desired, nodes: [adminNode(name, cluster)] };
    return [{ name, run: { ...first.run, desired: there }, address: lowestAddress(cluster.mservers) }];
  });
  return [...own, ...external].sort((a, b) => (a.address < b.address ? -1 : 1));
}
