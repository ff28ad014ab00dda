// The BSQL catalog upgrade on the DBServer that bm-admin picked: it runs the migrations of *its own* release, whatever
// bm-admin's is, and has the result stored by the leader MServer. It goes on when bm-admin no longer waits for it.

import type { CatalogMessage } from "./messages";
import type { Address, MachinePorts } from "./ports";
import { fail, type Reply, succeed } from "./status";
import type { Timers } from "./timers";

interface Running {
  readonly id: number;
  readonly storeAtMs: number;
  sentAtMs: number;
  readonly respond: (reply: Reply) => void;
}

export class CatalogUpgrade {
  private running: Running | undefined;

  constructor(
    /** Newest migration of this release; undefined while BSQL is off. */
    private readonly version: number | undefined,
    private readonly timers: Timers,
    private readonly ports: Pick<MachinePorts<never>, "send" | "random" | "log" | "faults">,
  ) {}

  start(nowMs: number, respond: (reply: Reply) => void): void {
    if (this.version === undefined) {
      respond(succeed({ needed: false }));
      return;
    }
    if (this.running !== undefined) {
      respond(fail("Service unavailable", "bm/tserver/tablet_service.cc:2710", "another upgrade is in progress"));
      return;
    }
    const id = Math.floor(this.ports.random() * 2 ** 31);
    const slow = this.ports.faults.find("bsql_upgrade_times_out");
    const isSlow = slow !== undefined && this.ports.faults.takeTurn(slow, slow.times ?? 1, "server");
    const storeAtMs = nowMs + (isSlow ? (slow.takesMs ?? 3000) : this.timers.bsqlMigrationMs);
    this.running = { id, storeAtMs, sentAtMs: Number.NEGATIVE_INFINITY, respond };
    this.ports.log("I", `Upgrading BSQL catalog to version ${this.version}`);
  }

  /** Asks the leader until one answers. */
  tick(nowMs: number, leader: Address | undefined): void {
    const { running, version } = this;
    if (running === undefined || version === undefined || leader === undefined || nowMs < running.storeAtMs) return;
    if (nowMs - running.sentAtMs < this.timers.heartbeatIntervalMs * 2) return;
    running.sentAtMs = nowMs;
    this.ports.send(leader, { kind: "catalog_store", id: running.id, version });
  }

  receive(stored: Extract<CatalogMessage, { kind: "catalog_stored" }>): void {
    const { running } = this;
    // A leader that is not ready is asked again; bm-admin's own time limit ends its wait.
    if (running === undefined || running.id !== stored.id || stored.status !== undefined) return;
    this.running = undefined;
    running.respond(succeed({ needed: true, catalogVersion: stored.version }));
  }
}
