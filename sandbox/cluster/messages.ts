// Everything that servers say to each other, one way. Requests that wait for an answer are in `requests.ts`.

import type { AutoFlagsConfig } from "./auto-flags";
import type { ClusterDocument, TileConfig } from "./cluster-document";
import type { Address, Registration } from "./ports";
import type { Status } from "./status";
import type { CdcMessage, CdcProgress, XdcrAssignment, XdcrReport } from "./xdcr/xdcr-messages";

/** Raft among MServers. The log is collapsed to its newest entry, which is the whole cluster document. */
export type RaftMessage =
  | {
      readonly kind: "vote_request";
      readonly term: number;
      readonly lastTerm: number;
      readonly lastIndex: number;
      readonly uuid: string;
      /** A question only: nobody changes its term for it. Keeps a server that was away from disturbing a good leader. */
      readonly trial: boolean;
      /** The leader itself asked for this election. */
      readonly asked: boolean;
    }
  | {
      readonly kind: "vote_reply";
      readonly term: number;
      readonly granted: boolean;
      readonly uuid: string;
      readonly trial: boolean;
    }
  | {
      readonly kind: "append";
      readonly term: number;
      readonly lastTerm: number;
      readonly lastIndex: number;
      readonly commitIndex: number;
      /** Left out while the follower is known to have this entry. */
      readonly document?: ClusterDocument;
      readonly uuid: string;
    }
  | {
      readonly kind: "append_reply";
      readonly term: number;
      readonly lastTerm: number;
      readonly lastIndex: number;
      readonly uuid: string;
    }
  | { readonly kind: "take_over"; readonly term: number };

export interface TileReport {
  readonly tile: string;
  readonly role: "LEADER" | "FOLLOWER";
  readonly term: number;
  readonly state: "BOOTSTRAPPING" | "RUNNING";
  readonly lagMs: number;
}

export interface ServerMetrics {
  readonly uptimeMs: number;
  readonly ramBytes: number;
}

export type HeartbeatMessage =
  | {
      readonly kind: "heartbeat";
      readonly registration: Registration;
      readonly autoFlagsVersion: number;
      readonly tilesVersion: number;
      readonly tiles: readonly TileReport[];
      /** Only every `tserver_heartbeat_metrics_interval_ms`: in between the MServer shows the old figures. */
      readonly metrics?: ServerMetrics;
      readonly xdcr?: readonly XdcrReport[];
    }
  | {
      readonly kind: "heartbeat_reply";
      readonly accepted: boolean;
      readonly leader?: Address;
      readonly clusterUuid?: string;
      readonly autoFlags?: AutoFlagsConfig;
      readonly tiles?: { readonly version: number; readonly configs: readonly TileConfig[] };
      readonly stepDowns?: readonly { readonly tile: string; readonly target: Address }[];
      /** What to poll of other clusters from now on; absent: nothing. */
      readonly xdcr?: readonly XdcrAssignment[];
      /** How far other clusters are that poll this one. */
      readonly cdc?: readonly CdcProgress[];
    };

/** Raft among the replicas of tiles, many tiles in one message. `dataMs`: up to when the data is known. */
export type TileMessage =
  | {
      readonly kind: "tile_votes_wanted";
      readonly tiles: readonly {
        readonly tile: string;
        readonly term: number;
        readonly dataMs: number;
        readonly asked: boolean;
      }[];
    }
  | {
      readonly kind: "tile_votes";
      readonly tiles: readonly { readonly tile: string; readonly term: number; readonly granted: boolean }[];
    }
  | {
      readonly kind: "tile_appends";
      readonly tiles: readonly { readonly tile: string; readonly term: number; readonly dataMs: number }[];
    }
  | {
      readonly kind: "tile_append_replies";
      readonly tiles: readonly { readonly tile: string; readonly term: number; readonly dataMs: number }[];
    }
  | { readonly kind: "tile_take_over"; readonly tile: string; readonly term: number };

export type CatalogMessage =
  | { readonly kind: "catalog_store"; readonly id: number; readonly version: number }
  | { readonly kind: "catalog_stored"; readonly id: number; readonly status?: Status; readonly version?: number };

export type Message = RaftMessage | HeartbeatMessage | TileMessage | CatalogMessage | CdcMessage;
