// What two clusters say to each other, one way each, and what a DBServer and its leader MServer say about it.

import type { HostPort } from "../cluster-document";
import type { Address } from "../ports";

export type CdcMessage =
  /** From the target's leader MServer. A stream that was made for the same group and table before is answered again. */
  | {
      readonly kind: "cdc_create_streams";
      readonly group: string;
      readonly targetCluster: string;
      readonly tables: readonly string[];
    }
  | {
      readonly kind: "cdc_streams_created";
      readonly group: string;
      readonly sourceCluster: string;
      readonly streams: readonly { readonly id: string; readonly table: string; readonly tableName: string }[];
      /** Tables that the source does not have. */
      readonly unknownTables: readonly string[];
    }
  | { readonly kind: "cdc_delete_streams"; readonly group: string; readonly streams: readonly string[] }
  /** From a DBServer of the target to an MServer of the source. */
  | {
      readonly kind: "cdc_poll";
      readonly group: string;
      /** `appliedMs`: up to when the target has everything. */
      readonly streams: readonly { readonly id: string; readonly appliedMs?: number }[];
    }
  | {
      readonly kind: "cdc_changes";
      readonly group: string;
      /** False: this MServer does not lead; `leader` does, if that is known. */
      readonly accepted: boolean;
      readonly leader?: Address;
      readonly sourceCluster?: string;
      readonly version: string;
      readonly streams: readonly CdcChange[];
    };

export interface CdcChange {
  readonly id: string;
  /** The answer holds everything up to then. */
  readonly dataMs?: number;
  readonly error?: XdcrError;
}

export interface XdcrError {
  /** e.g. `REPLICATION_MISSING_OP_ID`. */
  readonly error: string;
  readonly detail: string;
}

/** In a heartbeat of a target's DBServer: how its last poll of a stream went. */
export interface XdcrReport {
  readonly stream: string;
  readonly error?: XdcrError;
}

/** In the answer to it: what that DBServer is to poll from now on. */
export interface XdcrAssignment {
  readonly group: string;
  readonly sourceMServers: readonly HostPort[];
  readonly streams: readonly string[];
}

/** In the answer to a heartbeat of a source's DBServer: how far the target is, for its metrics. */
export interface CdcProgress {
  readonly stream: string;
  readonly table: string;
  readonly appliedMs: number;
  readonly sentMs: number;
}
