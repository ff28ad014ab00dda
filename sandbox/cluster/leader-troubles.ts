// Ordered faults of a leader MServer: it hands over when it should not, or claims to lead when it no longer does.

import type { ClusterDocument } from "./cluster-document";
import type { OrderedFaults } from "./ordered-faults";

/** What an MServer knew when it last led. */
export interface LastLed {
  readonly nowMs: number;
  readonly document: ClusterDocument;
}

export interface LeaderAtWork {
  readonly isServing: boolean;
  readonly servesSinceMs: number;
  readonly document: ClusterDocument | undefined;
  /** Undefined when a peer was asked to take over; otherwise why not. */
  stepDown(): string | undefined;
}

export class LeaderTroubles {
  private lastLed: LastLed | undefined;
  private hasHandedOver = false;
  private seenEvents: number | undefined;
  private owesStepDown = false;

  constructor(private readonly faults: OrderedFaults) {}

  tick(nowMs: number, leader: LeaderAtWork): void {
    this.tickStale(nowMs, leader);
    this.tickStepDown(nowMs, leader);
  }

  /** While an old leader goes on claiming: what it claims from. */
  findStale(nowMs: number, isServing: boolean): LastLed | undefined {
    const fault = this.faults.find("stale_leader");
    if (fault === undefined || isServing || !this.hasHandedOver || this.lastLed === undefined) return undefined;
    return nowMs - this.lastLed.nowMs < (fault.forMs ?? 5000) ? this.lastLed : undefined;
  }

  private tickStale(nowMs: number, { isServing, document, stepDown }: LeaderAtWork): void {
    if (this.faults.find("stale_leader") === undefined) {
      this.lastLed = undefined;
      this.hasHandedOver = false;
      return;
    }
    if (!isServing || document === undefined) return;
    // A later term of its own is honest again: it hands over once for each order.
    if (this.hasHandedOver && this.lastLed !== undefined && nowMs - this.lastLed.nowMs > 1000) return;
    this.lastLed = { nowMs, document };
    if (!this.hasHandedOver) this.hasHandedOver = stepDown() === undefined;
  }

  private tickStepDown(nowMs: number, { isServing, servesSinceMs, stepDown }: LeaderAtWork): void {
    const fault = this.faults.find("leader_steps_down");
    if (fault === undefined) {
      this.seenEvents = undefined;
      this.owesStepDown = false;
      return;
    }
    // Counted on followers too, so that a new leader does not act on what was before its time.
    const count = fault.onEvent === undefined ? 0 : this.faults.countEvents(fault.onEvent);
    const isEvent = this.seenEvents !== undefined && count > this.seenEvents;
    this.seenEvents = count;
    if (!isServing) {
      this.owesStepDown = false;
      return;
    }
    const isDue = fault.onEvent === undefined ? nowMs - servesSinceMs >= (fault.everyMs ?? 5000) : isEvent;
    if (isDue && !this.owesStepDown) this.owesStepDown = this.faults.takeTurn(fault, fault.times ?? 3);
    // A peer that is only just back cannot take over yet; it is asked again.
    if (this.owesStepDown && stepDown() === undefined) this.owesStepDown = false;
  }
}
