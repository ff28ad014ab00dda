// Ordered faults of bm-admin on this host: operations that fail, lie, are missing, or meet somebody else's change.

import type { OrderedFaults } from "../cluster/ordered-faults";
import type { FaultOf, SandboxFault } from "../types";
import type { ListedFaults } from "./page-faults";

/** What BMDB says when a catalog upgrade meets another transaction; each is worth another try. */
const CONFLICTS = [
  "Network error (bm/yql/pgwrapper/libpq_utils.cc:345): Failed to apply migration 'V26__15191__catalog_version_per_database.sql' to a database system_platform: Execute failed: 7, message: ERROR:  The catalog snapshot used for this transaction has been invalidated: MISMATCHED_SCHEMA CONTEXT: Catalog Version Mismatch: A DDL occurred while processing this query. Try again. (pgsql error 40001)",
  "Network error (bm/yql/pgwrapper/libpq_utils.cc:345): Execute failed: 7, message: ERROR:  Operation expired: Transaction 5a3c expired or aborted by a conflict: 40001 (pgsql error 40001)",
  "Network error (bm/yql/pgwrapper/libpq_utils.cc:345): Execute failed: 7, message: ERROR:  Restart read required at: { read: { physical: 1657972299220554 } } (pgsql error 40001)",
  "Network error (bm/yql/pgwrapper/libpq_utils.cc:345): Execute failed: 7, message: ERROR:  could not serialize access due to concurrent update (pgsql error 40001)",
];

const PASSING_ERROR = "Network error (bm/util/net/socket.cc:540): recvmsg error: Connection refused (system error 111)";

export class AdminFaults {
  constructor(private readonly faults: Pick<OrderedFaults, "find" | "takeTurn"> & Pick<ListedFaults, "list">) {}

  lacks(operation: string): boolean {
    return this.list("admin_lacks_operation").some((fault) => fault.operation === operation);
  }

  /** The status with which this run of the operation fails. */
  takeFailure(operation: string): string | undefined {
    const fault = this.list("admin_fails").find((one) => one.operation === operation);
    return fault !== undefined && this.faults.takeTurn(fault, fault.times ?? 2)
      ? (fault.text ?? PASSING_ERROR)
      : undefined;
  }

  takeLie(operation: string): FaultOf<"admin_lies">["lie"] | undefined {
    const fault = this.list("admin_lies").find((one) => one.operation === operation);
    if (fault === undefined) return undefined;
    return fault.times === undefined || this.faults.takeTurn(fault, fault.times) ? fault.lie : undefined;
  }

  takeConfigRace(): boolean {
    const fault = this.faults.find("config_version_races");
    return fault !== undefined && this.faults.takeTurn(fault, fault.times ?? 2);
  }

  needsRestart(): boolean {
    return this.faults.find("promotion_needs_restart") !== undefined;
  }

  takeConflict(): string | undefined {
    const fault = this.faults.find("bsql_upgrade_conflicts");
    if (fault === undefined) return undefined;
    const limit = fault.times ?? 3;
    // Which turn it is decides which of the texts it is.
    for (let turn = 1; turn <= limit; turn++)
      if (this.faults.takeTurn(fault, 1, String(turn))) return fault.text ?? CONFLICTS[(turn - 1) % CONFLICTS.length];
    return undefined;
  }

  /** How long this run waits for the server before it gives up; undefined: as long as it was told. */
  takeBsqlWaitMs(): number | undefined {
    const fault = this.faults.find("bsql_upgrade_times_out");
    if (fault === undefined || !this.faults.takeTurn(fault, fault.times ?? 1, "client")) return undefined;
    return fault.clientWaitsMs ?? 500;
  }

  private list<Kind extends SandboxFault["kind"]>(kind: Kind): FaultOf<Kind>[] {
    return this.faults.list().filter((fault): fault is FaultOf<Kind> => fault.kind === kind);
  }
}
