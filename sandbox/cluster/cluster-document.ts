// The one document that MServers agree on: everything of the cluster that must survive restarts and leader changes.

import { type AutoFlagsConfig, buildInitialAutoFlags, type ReleaseAutoFlags } from "./auto-flags";
import type { Address } from "./ports";
import type { XdcrDocument } from "./xdcr/xdcr-document";

export interface TileReplica {
  readonly uuid: string;
  readonly address: Address;
}

export interface TileConfig {
  readonly id: string;
  readonly tableUuid: string;
  readonly tableName: string;
  readonly replicas: readonly TileReplica[];
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** What `/api/v1/cluster-config` shows; `version` grows with every change. */
export interface ClusterConfig {
  readonly version: number;
  readonly leaderBlacklist: readonly HostPort[];
  readonly initialLeaderLoad: number;
}

export interface ClusterDocument {
  readonly clusterUuid: string;
  readonly replicationFactor: number;
  readonly config: ClusterConfig;
  readonly autoFlags: AutoFlagsConfig;
  /** Undefined while BSQL is off. */
  readonly bsqlCatalogVersion?: number;
  /** Grows when `tiles` changes. */
  readonly tilesVersion: number;
  readonly tiles: readonly TileConfig[];
  /** uuid per MServer address, so that one that is down can still be named. */
  readonly mserverUuids: Readonly<Record<Address, string>>;
  /** Absent while nothing was ever replicated into or out of this cluster. */
  readonly xdcr?: XdcrDocument;
}

export interface NewCluster {
  readonly clusterUuid: string;
  readonly replicationFactor: number;
  readonly autoFlags: ReleaseAutoFlags;
  readonly bsqlCatalogVersion?: number;
}

export function buildNewClusterDocument(cluster: NewCluster): ClusterDocument {
  return {
    clusterUuid: cluster.clusterUuid,
    replicationFactor: cluster.replicationFactor,
    config: { version: 0, leaderBlacklist: [], initialLeaderLoad: 0 },
    autoFlags: buildInitialAutoFlags(cluster.autoFlags),
    ...(cluster.bsqlCatalogVersion === undefined ? {} : { bsqlCatalogVersion: cluster.bsqlCatalogVersion }),
    tilesVersion: 0,
    tiles: [],
    mserverUuids: {},
  };
}

export function parseHostPort(text: string, defaultPort: number): HostPort {
  const colon = text.lastIndexOf(":");
  return colon < 0
    ? { host: text, port: defaultPort }
    : { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

export function renderHostPort(at: HostPort): Address {
  return `${at.host}:${at.port}`;
}

/** `digits` hexadecimal digits out of a source of chance. */
export function buildHexId(random: () => number, digits: number): string {
  let text = "";
  while (text.length < digits) text += Math.floor(random() * 16).toString(16);
  return text;
}

export function buildDashedUuid(random: () => number): string {
  const hex = buildHexId(random, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
