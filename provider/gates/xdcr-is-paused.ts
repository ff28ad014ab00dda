// Gate: no replication into this cluster, and no declared one anywhere, is active (spec X1). Not waivable.
//
// At the start declared links may still run: the plan pauses them next. So they may while MServers are started without which
// nobody leads (decision 0011).

import { readLink } from "../model/judge-xdcr";
import { open, stop, wait } from "../model/verdict";
import { linkName } from "../model/xdcr";
import type { Gate } from "./gate";

export const xdcrIsPaused: Gate = {
  id: "xdcr_is_paused",
  before: ["check_start", "restart_process", "start_process", "promote_auto_flags"],
  ask({ desired, inventory, step }) {
    const { xdcr } = desired;
    // Only a leader tells, and links are paused once there is one; the gate is asked again before anything is stopped.
    if (step.kind === "start_process" && step.isForQuorum) return open;
    if (!inventory.config.known) return wait(`whether xDCR is active is not known: ${inventory.config.why}.`);
    const isDeclared = (group: string): boolean =>
      xdcr?.links.some((link) => link.group === group && link.target === xdcr.self) ?? false;
    const active = inventory.config.value.xdcrGroups
      .filter(({ group, isPaused }) => !isPaused && !isDeclared(group))
      .map(({ group }) => group);
    if (active.length > 0)
      return stop(
        `replication group ${active.join(", ")} into this cluster is active.`,
        `Declare it in the program's \`xdcr\` (docs/xdcr.md), so that it is paused and resumed for you, then run \`pulumi up\`.`,
      );
    if (xdcr === undefined || step.kind === "check_start") return open;
    for (const link of xdcr.links) {
      const state = readLink(desired, inventory, link);
      if (state.kind === "unknown")
        return wait(`whether ${linkName(link)} is paused is not known: ${link.target}: ${state.why}.`);
      if (state.kind === "active")
        return stop(
          `replication ${linkName(link)} is active: somebody resumed it since this run paused it.`,
          "Find out who did, then run `pulumi up`: it pauses the link again and goes on.",
        );
    }
    return open;
  },
};
