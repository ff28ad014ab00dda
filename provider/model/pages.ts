// What the pages of MServers and DBServers say, after parsing. A page is one server's view at one moment;
// nothing here is a judgement.

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** One MServer as the asked MServer saw it: from `/api/v1/masters`, or from its HTML twin. */
export interface MServerEntry {
  readonly host: string;
  /** Undefined where only its web port is told: on the HTML page, of an MServer that the program does not declare. */
  readonly rpcPort: number | undefined;
  /** Missing for a peer that could not be asked. */
  readonly httpPort: number | undefined;
  /** Every address it is registered under, `host:rpcPort` included. */
  readonly addresses: readonly HostPort[];
  /** Its address where the HTML page does not tell it. */
  readonly uuid: string;
  /** Changes with each start of the process. Undefined for a peer that could not be asked, and where there is only HTML. */
  readonly startTimeUs: number | undefined;
  /** Only the HTML page says it, in whole seconds. */
  readonly uptimeSec: number | undefined;
  /** `LEADER`, `FOLLOWER`, …, as the peer says of itself; undefined when it could not be asked. */
  readonly role: string | undefined;
  /** Why the peer could not be asked. Whoever has one is not alive, whatever the role says. */
  readonly error: string | undefined;
}

/** One row of the MServers table on `/` and `/masters`. Good rows tell the web port, unreachable ones the RPC port. */
export interface MServerRow {
  /** Undefined when the error text does not name the peer. */
  readonly host: string | undefined;
  readonly httpPort: number | undefined;
  readonly rpcPort: number | undefined;
  readonly uuid: string | undefined;
  readonly role: string | undefined;
  readonly uptimeSec: number | undefined;
  readonly error: string | undefined;
}

/** The page `/` of an MServer. Whoever was asked, it is the leader's page. */
export interface OverviewPage {
  readonly mservers: readonly MServerRow[];
  readonly universeUuid: string | undefined;
  readonly replicationFactor: number | undefined;
  /** Release of the leader only, without a build. */
  readonly leaderVersion: string | undefined;
  readonly isLoadBalancerEnabled: boolean | undefined;
}

/** One DBServer as the leader MServer sees it. */
export interface DBServerEntry {
  readonly host: string;
  readonly httpPort: number;
  readonly heartbeatAgeSec: number;
  /** `ALIVE` is also said of a process that stopped less than a minute ago. */
  readonly status: "ALIVE" | "DEAD" | "UNKNOWN";
  /** As last reported: frozen after a stop, up to 5 s late after a start. Undefined when the page does not say. */
  readonly uptimeSec: number | undefined;
  readonly zone: string | undefined;
  /** Not told by 2.18's JSON; the HTML page has it. */
  readonly uuid: string | undefined;
  /** Uuid of the cluster (primary or read replica) that it belongs to; often empty. */
  readonly placementUuid: string;
  readonly tiles: TileCounts;
  readonly paths: readonly DataPath[];
  /** Only the HTML page says these. */
  readonly isBlacklisted: boolean | undefined;
  readonly isLeaderBlacklisted: boolean | undefined;
}

export interface TileCounts {
  readonly user: number | undefined;
  readonly userLeaders: number | undefined;
  readonly system: number | undefined;
  readonly systemLeaders: number | undefined;
  readonly active: number | undefined;
}

export interface DataPath {
  readonly path: string;
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/** `/api/v1/health-check` of an MServer. Both lists stay empty for the first minute after a DBServer died. */
export interface HealthCheck {
  /** Uuids. */
  readonly deadDBServers: readonly string[];
  readonly tilesUnderReplicated: readonly string[];
  /** The smallest uptime of all live DBServers; undefined when none is alive. */
  readonly mostRecentUptimeSec: number | undefined;
  /** What the server says it did not look at. Undefined: it looked at everything. */
  readonly leftOut: string | undefined;
}

/** A tile that a page names for having too few replicas or no leader. */
export interface NamedTile {
  readonly tileId: string;
  readonly tableId: string | undefined;
  readonly reason: string | undefined;
}

/** The page `/tablet-replication`. */
export interface TileReplicationPage {
  readonly leaderless: readonly NamedTile[];
  readonly underReplicated: readonly NamedTile[];
}

/** `/api/v1/version`: what a process read from its release at its start. */
export interface ProcessVersion {
  /** `2.18.0.0` */
  readonly version: string;
  /** `1`; undefined when the build is not a number (a developer's build). */
  readonly build: string | undefined;
  /** Both, as versions are written: `2.18.0.0-b1`. */
  readonly release: string;
}

export interface FlagValue {
  /** `****` for what the server hides. */
  readonly value: string;
  /** `NodeInfo`, `Custom`, `Auto` or `Default`; undefined where the page does not say. */
  readonly type: string | undefined;
}

export type Flags = ReadonlyMap<string, FlagValue>;

/**
 * What a process answers to "do you lead?". `not_leader` also covers a leader that still loads its catalog.
 * `no_such_page`: a DBServer, or an MServer without this page.
 */
export type LeaderAnswer = "leader" | "not_leader" | "no_such_page";

export interface ClusterConfig {
  /** Grows with each change of this document. */
  readonly configVersion: number;
  readonly clusterUuid: string;
  /** Undefined when unset: the flag `replication_factor` decides. */
  readonly replicationFactor: number | undefined;
  /** RPC addresses. */
  readonly leaderBlacklist: readonly HostPort[];
  /** RPC addresses. Whoever is in it is being emptied of data. */
  readonly dataBlacklist: readonly HostPort[];
  /** Replication into this cluster. */
  readonly xdcrGroups: readonly XdcrGroup[];
}

export interface XdcrGroup {
  readonly group: string;
  readonly isPaused: boolean;
  /** The MServers that it reads from. */
  readonly sourceMServers: readonly HostPort[];
  /** Ids of the streams of the source that it reads. */
  readonly streamIds: readonly string[];
}

/** Lag of the replicas on one DBServer behind their leaders. */
export interface FollowerLag {
  /** Undefined when there are no replicas to speak of: not the same as no lag. */
  readonly maxMs: number | undefined;
  readonly tileCount: number;
  readonly msByTile: ReadonlyMap<string, number>;
}

/** `/api/v1/health-check` of a DBServer. */
export interface DBServerHealth {
  readonly failedTiles: readonly string[];
}
