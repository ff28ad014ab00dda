// Gate: the MServer that leads is stopped only after all others run the new release.
//
// The plan orders it so; but leadership can move between the plan and this stop.

import { isSameProcess, processName } from "../model/desired";
import { open, stop, wait } from "../model/verdict";
import { isSameRelease } from "../model/version";
import type { Gate } from "./gate";

export const leaderMServerGoesLast: Gate = {
  id: "leader_mserver_goes_last",
  before: ["restart_process"],
  ask({ desired, inventory, candidate }) {
    if (candidate?.role !== "mserver") return open;
    if (!inventory.mservers.known) return wait(`which MServer leads is not known: ${inventory.mservers.why}.`);
    const node = desired.nodes.find((each) => each.name === candidate.node);
    const leader = inventory.mservers.value.find((entry) => entry.role === "LEADER");
    if (leader === undefined) return wait("no MServer leads.");
    if (leader.host !== node?.host || leader.rpcPort !== node.ports.mserverRpc) return open;
    const old = inventory.processes.filter(
      (facts) =>
        facts.id.role === "mserver" &&
        !isSameProcess(facts.id, candidate) &&
        !(facts.version.known && isSameRelease(desired.version, facts.version.value)),
    );
    if (old.length === 0) return open;
    return stop(
      `${processName(candidate)} leads, and ${old.map((facts) => processName(facts.id)).join(", ")} still ${old.length === 1 ? "runs" : "run"} the old release.`,
    );
  },
};
