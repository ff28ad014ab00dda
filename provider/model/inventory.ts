// What a cluster looked like at one moment, as far as it could be seen. Old the moment you hold it:
// never keep one across a step.

import type { ProcessId } from "./desired";
import type { Fact } from "./fact";
import type { ClockReading, HostDetails } from "./host-details";
import type { HostFacts, RunningProcess } from "./host-facts";
import type { ClusterConfig, DBServerEntry, Flags, MServerEntry } from "./pages";
import type { PauseRecord } from "./xdcr";

export interface Inventory {
  readonly observedAtMs: number;
  /** The MServers as the one that leads sees them; as any that answers, when none leads. */
  readonly mservers: Fact<readonly MServerEntry[]>;
  /** The DBServers as the leader MServer sees them. */
  readonly dbservers: Fact<readonly DBServerEntry[]>;
  /** Ids of tiles with fewer replicas than they should have. */
  readonly tilesUnderReplicated: Fact<readonly string[]>;
  readonly tilesLeaderless: Fact<readonly string[]>;
  readonly config: Fact<ClusterConfig>;
  readonly replicationFactor: Fact<number>;
  readonly heartbeatIntervalMs: Fact<number>;
  readonly bsqlEnabled: Fact<boolean>;
  /** The leader MServer, and in how many readings of this run in a row it was the same one. */
  readonly leader: Fact<LeaderReading>;
  /** How long the balancer rests after a change of the leader MServer: until then a leader blacklist has no effect. */
  readonly balancerRestMs: Fact<number>;
  /** How long the leader MServer calls a DBServer ALIVE that sends nothing any more. */
  readonly aliveForMs: Fact<number>;
  readonly autoFlagsApplyDelayMs: Fact<number>;
  /** Ids of the streams that other clusters read from this one; only read before a roll begins. */
  readonly cdcStreams: Fact<readonly string[]>;
  /** How long this cluster keeps what a target has not read; only read before a roll begins. */
  readonly walRetentionMs: Fact<number>;
  /** The other clusters that the program declares links with. */
  readonly xdcrPeers: readonly XdcrPeer[];
  /** Links that this program paused and did not resume yet; only read before a roll begins. */
  readonly pauseRecords: Fact<readonly PauseRecord[]>;
  /** What was read over ssh this time, a host each. */
  readonly hosts: readonly HostInventory[];
  /** One per declared process, in the order of `declaredProcesses`. */
  readonly processes: readonly ProcessFacts[];
}

/** Another cluster, as its pages show it. */
export interface XdcrPeer {
  readonly name: string;
  readonly config: Fact<ClusterConfig>;
  /** Every process that its leader MServer lists; only read before a roll begins, like the rest. */
  readonly processes: Fact<readonly { readonly name: string; readonly version: string }[]>;
  /** Names of the AutoFlags that are promoted there. */
  readonly autoFlags: Fact<readonly string[]>;
  readonly walRetentionMs: Fact<number>;
  /** Where the pages of its DBServers are. */
  readonly dbserverBases: readonly string[];
}

export interface ProcessFacts {
  readonly id: ProcessId;
  /** Whether the process itself answers on its web port. False means that nobody listens there. */
  readonly isAnswering: Fact<boolean>;
  /** What the process says it runs, e.g. `2.18.0.0-b1`. Read by it once, at its start. */
  readonly version: Fact<string>;
  /** The process as its host shows it; null when there is none. */
  readonly running: Fact<RunningProcess | null>;
  /** The largest lag of a replica on this process. An MServer has one replica, of the catalog. */
  readonly followerLagMsMax: Fact<number>;
  /** How many replicas it names with a lag, those that lead included. One that still bootstraps is not named. */
  readonly tileCount: Fact<number>;
  /** Replicas that it calls FAILED; null where its release has no page that tells it. Only for DBServers. */
  readonly failedTiles: Fact<readonly string[] | null>;
  /** The release that our last act on this process was to start; null when there was none. */
  readonly lastActVersion: Fact<string | null>;
  /** Whether the release that is wanted lies ready on this host, and which version its own file says. */
  readonly staged: Fact<StagedRelease>;
  /** Its flags as it runs with them; only read before a roll begins. */
  readonly flags: Fact<Flags>;
}

export interface LeaderReading {
  readonly uuid: string;
  readonly readingCount: number;
  /** How long it has been the same one, as far as this run saw. */
  readonly forMs: number;
}

export interface HostInventory {
  readonly node: string;
  readonly facts: Fact<HostFacts>;
  readonly clock: Fact<ClockReading>;
  /** Only read before a roll begins. */
  readonly details: Fact<HostDetails>;
  /** Roles whose process an act of ours, of whichever run, is stopping or starting at this moment. */
  readonly actsUnderWay: Fact<readonly string[]>;
}

export interface StagedRelease {
  /** Absolute, and without symbolic links where it exists. */
  readonly dir: string;
  /** From version_metadata.json; null when the directory has none. */
  readonly version: string | null;
  readonly hasBinaries: boolean;
}

export const factsOf = (inventory: Inventory, id: ProcessId): ProcessFacts | undefined =>
  inventory.processes.find((facts) => facts.id.node === id.node && facts.id.role === id.role);
