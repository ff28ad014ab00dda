// Gate: with this MServer stopped, the others are still a majority of all of them (design rule 1).

import { isSameProcess, processName } from "../model/desired";
import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const mserverMajoritySurvivesThisStop: Gate = {
  id: "mserver_majority_survives_this_stop",
  before: ["restart_process"],
  ask({ desired, inventory, candidate }) {
    if (candidate?.role !== "mserver") return open;
    const mservers = inventory.processes.filter((facts) => facts.id.role === "mserver");
    const others = mservers.filter((facts) => !isSameProcess(facts.id, candidate));
    const answering = others.filter((facts) => facts.isAnswering.known && facts.isAnswering.value).length;
    const majority = Math.floor(mservers.length / 2) + 1;
    if (answering >= majority) return open;
    // A cluster of one or two has no majority without it, ever; whether that is accepted was decided in the plan.
    if (answering === others.length && mservers.length < 3)
      return desired.policy.allowInterruption
        ? open
        : stop(
            `${mservers.length} MServers have no majority while one is stopped, and policy.allowInterruption is false.`,
          );
    return wait(
      `without ${processName(candidate)} only ${answering} of ${mservers.length} MServers would answer; a majority is ${majority}.`,
    );
  },
};
