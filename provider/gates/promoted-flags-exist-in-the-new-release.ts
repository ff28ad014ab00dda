// Gate: the new release knows every AutoFlag that this cluster uses. A process that reads a promoted flag which it does not
// know dies at its start, and the flag cannot be taken back (reference part 5, row 26).

import { processName } from "../model/desired";
import type { HostInventory, ProcessFacts } from "../model/inventory";
import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";
import { nameSome } from "./name-some";

export const promotedFlagsExistInTheNewRelease: Gate = {
  id: "promoted_flags_exist_in_the_new_release",
  before: ["check_start"],
  ask({ inventory }) {
    const used = new Set<string>();
    for (const facts of inventory.processes) {
      // One that is down tells nothing; what is promoted, every other process of its kind has too.
      if (facts.isAnswering.known && !facts.isAnswering.value) continue;
      const names = listAutoFlags(facts, inventory.hosts);
      if (typeof names === "string")
        return wait(`which AutoFlags ${processName(facts.id)} uses is not known: ${names}.`);
      for (const name of names) used.add(name);
    }
    for (const { node, details } of inventory.hosts) {
      if (!details.known) return wait(`which AutoFlags the release on ${node} knows is not known: ${details.why}.`);
      const { autoFlags } = details.value;
      const missing = [...used].filter((name) => !(autoFlags ?? []).includes(name));
      if (missing.length > 0)
        return stop(
          autoFlags === undefined
            ? `the release on ${node} says nothing about AutoFlags (no auto_flags.json); this cluster uses ${nameSome(missing)}.`
            : `the release on ${node} does not know ${missing.length === 1 ? "the AutoFlag" : "the AutoFlags"} ${nameSome(missing)}, which this cluster uses.`,
          "Choose a release that has it (ask the vendor which one), then run `pulumi preview`.",
        );
    }
    return open;
  },
};

/** Names, or why they are not known. */
function listAutoFlags({ id, flags }: ProcessFacts, hosts: readonly HostInventory[]): readonly string[] | string {
  if (!flags.known) return flags.why;
  const shown = [...flags.value];
  if (shown.some(([, flag]) => flag.type !== undefined)) {
    const untold = shown.find(([, flag]) => flag.type === undefined);
    if (untold) return `its page does not tell of what kind the flag ${untold[0]} is, as it does of others`;
    return shown.flatMap(([name, flag]) => (flag.type === "Auto" ? [name] : []));
  }
  // Where the page does not say which flags are AutoFlags, the file of the release that runs does.
  const details = hosts.find((host) => host.node === id.node)?.details;
  if (!details?.known) return details?.why ?? "its host was not asked this time";
  const { autoFlagsRunning } = details.value;
  return autoFlagsRunning === undefined
    ? `its page does not tell them, and auto_flags.json of the release that runs on ${id.node} cannot be read`
    : shown.flatMap(([name]) => (autoFlagsRunning.includes(name) ? [name] : []));
}
