// Waits until every process has heard of the promoted flags: twice the heartbeat interval (spec A4). From 2.20 on processes
// apply them together, a delay after the promotion that the cluster tells.

import { journal, type Run } from "../executor/run";
import type { Inventory } from "../model/inventory";

export async function waitForAutoFlags(run: Run, inventory: Inventory): Promise<void> {
  const interval = inventory.heartbeatIntervalMs;
  const heardMs = interval.known ? 2 * interval.value : run.desired.policy.timeouts.autoFlagsMs;
  const delay = inventory.autoFlagsApplyDelayMs;
  const waitMs = Math.max(heardMs, delay.known ? delay.value : 0);
  journal(run, "wait_for_auto_flags", { waitMs, heartbeatIntervalMs: interval.known ? interval.value : "not known" });
  await run.ports.clock.sleep(waitMs, run.signal);
}
