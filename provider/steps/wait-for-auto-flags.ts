// Waits until every process has heard of the promoted flags: twice the heartbeat interval (spec A4).

import { journal, type Run } from "../executor/run";
import type { Inventory } from "../model/inventory";

const HEARTBEAT_MS_DEFAULT = 1_000;
/** When the cluster does not tell its interval, ten times the default covers every setting seen in the field. */
const UNKNOWN_FACTOR = 10;

export async function waitForAutoFlags(run: Run, inventory: Inventory): Promise<void> {
  const interval = inventory.heartbeatIntervalMs;
  const waitMs = interval.known ? 2 * interval.value : UNKNOWN_FACTOR * HEARTBEAT_MS_DEFAULT;
  journal(run, "wait_for_auto_flags", { waitMs, heartbeatIntervalMs: interval.known ? interval.value : "not known" });
  await run.ports.clock.sleep(waitMs, run.signal);
}
