// Gate: no xDCR replication into this cluster is active (spec X1). Not waivable.

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const xdcrIsPaused: Gate = {
  id: "xdcr_is_paused",
  before: ["check_start", "restart_process", "start_process", "promote_auto_flags"],
  ask({ inventory }) {
    if (!inventory.config.known) return wait(`whether xDCR is active is not known: ${inventory.config.why}.`);
    const active = inventory.config.value.xdcrGroups.filter((group) => !group.isPaused).map((group) => group.group);
    if (active.length === 0) return open;
    return stop(
      `replication group ${active.join(", ")} into this cluster is active.`,
      `Pause it on this cluster (bm-admin set_universe_replication_enabled ${active[0]} 0) and on every cluster involved, then run \`pulumi up\`; resume it when all are upgraded.`,
    );
  },
};
