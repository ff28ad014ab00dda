// Gate: no DBServer is restarted before every MServer runs the new release (design rule 5).

import { processName } from "../model/desired";
import { open, wait } from "../model/verdict";
import { isSameRelease } from "../model/version";
import type { Gate } from "./gate";

export const mserversAreNewBeforeDBServers: Gate = {
  id: "mservers_are_new_before_dbservers",
  before: ["restart_process", "start_process"],
  ask({ desired, inventory, candidate }) {
    if (candidate?.role !== "dbserver") return open;
    const old = inventory.processes.find(
      (facts) =>
        facts.id.role === "mserver" && !(facts.version.known && isSameRelease(desired.version, facts.version.value)),
    );
    if (old === undefined) return open;
    return wait(
      `${processName(old.id)} ${old.version.known ? `runs ${old.version.value}` : `does not tell its version (${old.version.why})`}.`,
    );
  },
};
