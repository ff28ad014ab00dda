// Gate: no host carries out an act of a run that is dead. Such an act stops a process at a moment of its own, and a stop
// beside it would be two at once. It ends by itself, within its own limits.
//
// At the start all hosts are asked; afterwards no host takes an act of an earlier run any more (its lease), so before each
// stop the process's own host is enough.

import { open, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const noActIsUnderWay: Gate = {
  id: "no_act_is_under_way",
  before: ["check_start", "restart_process", "start_process"],
  ask({ inventory }) {
    for (const { node, actsUnderWay } of inventory.hosts) {
      if (!actsUnderWay.known) return wait(`whether an act is under way on ${node} is not known: ${actsUnderWay.why}.`);
      const [role] = actsUnderWay.value;
      if (role !== undefined) return wait(`an earlier run's act on the ${role} of ${node} is still under way.`);
    }
    return open;
  },
};
