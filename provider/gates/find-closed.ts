// What the gates of the start would say now: for the preview, so that nobody finds out at night.

import type { DesiredCluster } from "../model/desired";
import type { Inventory } from "../model/inventory";
import { isSameRelease } from "../model/version";
import { askGates } from "./ask-gates";
import { everyTileKeepsAMajority } from "./every-tile-keeps-a-majority";

/** Cannot be judged before the staging commands have run; they run before the roll. */
const AFTER_STAGING: readonly string[] = [
  "release_is_staged_on_every_host",
  "extensions_are_in_the_new_release",
  "promoted_flags_exist_in_the_new_release",
  "disks_have_room",
];

/** One line for each gate that would stop the roll, and for each that the program waives. */
export function findClosed(desired: DesiredCluster, inventory: Inventory): string[] {
  const isStaged = inventory.processes.every(
    ({ staged }) =>
      staged.known && staged.value.version !== null && isSameRelease(desired.version, staged.value.version),
  );
  const question = {
    desired,
    inventory,
    step: { kind: "check_start" } as const,
    candidate: undefined,
    toBeStarted: [],
  };
  const { all, waived } = askGates(question);
  const isJudged = (answer: { gate: string }): boolean => isStaged || !AFTER_STAGING.includes(answer.gate);
  return [
    ...all
      .filter((answer) => answer.verdict.kind === "stop" && isJudged(answer))
      .map((answer) => `the roll would refuse to start: ${answer.gate}: ${answer.verdict.reason}`),
    // A waiver opens the gate that it names, not this one; nobody shall find that out when the MServers are done.
    ...all
      .filter(
        (answer) => waived.length > 0 && answer.gate === everyTileKeepsAMajority.id && answer.verdict.kind === "wait",
      )
      .map((answer) => `the roll would wait, then refuse to start: ${answer.gate}: ${answer.verdict.reason}`),
    ...waived
      .filter(isJudged)
      .map((answer) => `waived ${answer.gate}: ${answer.verdict.reason} Reason given: ${answer.why}`),
  ];
}
