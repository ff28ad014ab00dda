// Requests that wait for an answer: what bm-admin, the pages and other servers ask.

import type { AutoFlagsConfig, Promotion } from "./auto-flags";
import type { ClusterConfig, HostPort } from "./cluster-document";
import type { Address, Registration } from "./ports";
import type { XdcrDocument } from "./xdcr/xdcr-document";

export type MServerRequest =
  /** Answered by any MServer about itself. */
  | { readonly op: "registration" }
  | { readonly op: "balancer_state" }
  | { readonly op: "set_balancer"; readonly enabled: boolean }
  /** Answered by the leader only. */
  | { readonly op: "promote_auto_flags"; readonly promotion: Promotion }
  | { readonly op: "list_dbservers" }
  | { readonly op: "cluster_config" }
  | {
      readonly op: "change_leader_blacklist";
      readonly expectedVersion: number;
      readonly leaderBlacklist: readonly HostPort[];
    }
  | { readonly op: "leader_blacklist_completion" }
  | { readonly op: "balancer_idle" }
  | { readonly op: "bsql_catalog" }
  | { readonly op: "step_down"; readonly target?: string }
  | { readonly op: "list_tables" }
  /** xDCR, asked of the target. */
  | {
      readonly op: "setup_universe_replication";
      readonly group: string;
      readonly sourceMServers: readonly HostPort[];
      readonly tables: readonly string[];
    }
  | { readonly op: "is_setup_universe_replication_done"; readonly group: string }
  | { readonly op: "alter_universe_replication"; readonly group: string; readonly change: XdcrChange }
  | { readonly op: "delete_universe_replication"; readonly group: string }
  | { readonly op: "set_universe_replication_enabled"; readonly group: string; readonly enabled: boolean }
  | { readonly op: "get_replication_status"; readonly group?: string }
  /** xDCR, asked of the source. */
  | { readonly op: "pause_source_streams"; readonly streams: readonly string[] | "all"; readonly paused: boolean };

export type XdcrChange =
  | { readonly kind: "set_master_addresses"; readonly sourceMServers: readonly HostPort[] }
  | { readonly kind: "add_table" | "remove_table"; readonly tables: readonly string[] };

export type DbserverRequest = { readonly op: "upgrade_bsql" } | { readonly op: "is_ready" };

export interface RegistrationAnswer {
  readonly registration: Registration;
  readonly role: "LEADER" | "FOLLOWER";
  readonly members: readonly Address[];
}

export interface PromotionAnswer {
  readonly promoted: boolean;
  readonly configVersion: number;
  readonly needsRestart: boolean;
}

export interface DbserverRow {
  readonly registration: Registration;
  readonly status: "ALIVE" | "DEAD";
  readonly heartbeatDelayMs: number;
  readonly uptimeSec: number;
  readonly ramBytes: number;
  readonly tileCount: number;
  readonly tileLeaderCount: number;
  readonly isLeaderBlacklisted: boolean;
}

export interface ConfigAnswer {
  readonly clusterUuid: string;
  readonly replicationFactor: number;
  readonly config: ClusterConfig;
  readonly autoFlags: AutoFlagsConfig;
  readonly xdcr?: XdcrDocument;
}

export interface TableAnswer {
  readonly name: string;
  readonly uuid: string;
}

export interface CompletionAnswer {
  readonly percent: number;
  readonly remaining: number;
  readonly total: number;
}

export interface BsqlCatalogAnswer {
  /** Undefined while BSQL is off. */
  readonly version?: number | undefined;
}
