// Gate: the cluster holds no server that the program does not name.
//
// The planner refuses such a cluster before anything begins; one may still join while a roll is under way.

import { findStrangers } from "../model/find-strangers";
import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const everyServerOfTheClusterIsDeclared: Gate = {
  id: "every_server_of_the_cluster_is_declared",
  before: ["check_start", "verify_one_version", "promote_auto_flags"],
  ask({ desired, inventory }) {
    if (!inventory.mservers.known) return wait(`the list of MServers is not known: ${inventory.mservers.why}.`);
    if (!inventory.dbservers.known) return wait(`the list of DBServers is not known: ${inventory.dbservers.why}.`);
    const strangers = findStrangers(desired.nodes, inventory.mservers.value, inventory.dbservers.value);
    if (strangers.length === 0) return open;
    return stop(
      `the cluster also has ${strangers.join(", ")}, which the program does not name.`,
      "Add them to `nodes` (host must be the address that the cluster knows), or take them out of the cluster, then run `pulumi up`.",
    );
  },
};
