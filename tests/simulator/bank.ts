// Clients of the database: transfers between accounts of a tile, through its leader, acknowledged when a majority of its
// replicas has them. What was acknowledged is remembered here, and must be found by every later reader.

import type { Chance } from "../../sandbox/memory/chance";
import { dbserverOf, type MemoryCluster } from "../../sandbox/memory/memory-cluster";
import type { MemoryProcess } from "../../sandbox/memory/memory-process";

interface Ledger {
  readonly writes: number;
  readonly accounts: readonly number[];
}

const EMPTY: Ledger = { writes: 0, accounts: [100, 100, 100, 100] };
const TOTAL = 400;
const EVERY_MS = 3000;

export class Bank {
  acknowledged = 0;
  refused = 0;
  private readonly promised = new Map<string, number>();

  constructor(
    private readonly cluster: MemoryCluster,
    private readonly chance: Chance,
    private readonly complain: (text: string) => void,
  ) {
    const again = (): void => {
      this.transfer();
      cluster.time.after(EVERY_MS, again);
    };
    again();
  }

  private transfer(): void {
    const replicas = this.listReplicas();
    const ids = [...new Set(replicas.map(({ tile }) => tile))].sort();
    if (ids.length === 0) return;
    const tile = this.chance.pick(ids);
    const own = replicas.filter((each) => each.tile === tile && each.isRunning);
    const leader = own.filter((each) => each.leads).sort((a, b) => b.term - a.term)[0];
    const size = replicas.find((each) => each.tile === tile)?.size ?? 3;
    const majority = Math.floor(size / 2) + 1;
    const reached = leader
      ? own.filter((each) => this.cluster.network.reaches(leader.process.host.name, each.process.host.name))
      : [];
    if (leader === undefined || reached.length < majority) {
      this.refused += 1;
      return;
    }
    // A leader of Raft has every acknowledged write; what one of a majority has is taken for it.
    const newest = reached.map((each) => this.read(each)).reduce((a, b) => (b.writes > a.writes ? b : a), EMPTY);
    const promised = this.promised.get(tile) ?? 0;
    if (newest.writes < promised)
      this.complain(`tile ${tile.slice(0, 6)} has ${newest.writes} of ${promised} acknowledged writes`);
    if (newest.accounts.reduce((a, b) => a + b, 0) !== TOTAL) this.complain(`money of tile ${tile} is lost`);
    const from = this.chance.whole(0, 3);
    const to = this.chance.whole(0, 3);
    const amount = this.chance.whole(1, 10);
    const accounts = [...newest.accounts];
    accounts[from] = (accounts[from] ?? 0) - amount;
    accounts[to] = (accounts[to] ?? 0) + amount;
    const next: Ledger = { writes: newest.writes + 1, accounts };
    for (const each of reached) each.process.host.data.set(this.placeOf(each), next);
    this.promised.set(tile, next.writes);
    this.acknowledged += 1;
  }

  private read(replica: { process: MemoryProcess; tile: string }): Ledger {
    const found = replica.process.host.data.get(this.placeOf(replica));
    return (found as Ledger | undefined) ?? EMPTY;
  }

  /** Below the data directory that the process uses: one that starts with another directory finds nothing. */
  private placeOf({ process, tile }: { process: MemoryProcess; tile: string }): string {
    return `${process.dataDir}/bank/${tile}`;
  }

  private listReplicas() {
    const { nowMs } = this.cluster.time;
    return this.cluster.processes.flatMap((process) => {
      const machine = process.isServing ? dbserverOf(process) : undefined;
      return (machine?.tiles.list() ?? []).map((replica) => ({
        process,
        tile: replica.config.id,
        term: replica.term,
        leads: replica.role === "LEADER",
        isRunning: replica.isRunning(nowMs),
        size: replica.config.replicas.length,
      }));
    });
  }
}
