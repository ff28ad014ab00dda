// Gate: the new release knows every AutoFlag that this cluster uses. A process that reads a promoted flag which it does not
// know dies at its start, and the flag cannot be taken back (reference part 5, row 26).

import { knownValue } from "../model/fact";
import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";
import { nameSome } from "./name-some";

export const promotedFlagsExistInTheNewRelease: Gate = {
  id: "promoted_flags_exist_in_the_new_release",
  before: ["check_start"],
  ask({ inventory }) {
    const used = new Set<string>();
    for (const facts of inventory.processes)
      for (const [name, flag] of knownValue(facts.flags) ?? []) if (flag.type === "Auto") used.add(name);
    for (const { node, details } of inventory.hosts) {
      if (!details.known) return wait(`which AutoFlags the release on ${node} knows is not known: ${details.why}.`);
      const { autoFlags } = details.value;
      const missing = [...used].filter((name) => !(autoFlags ?? []).includes(name));
      if (missing.length > 0)
        return stop(
          autoFlags === undefined
            ? `the release on ${node} says nothing about AutoFlags (no auto_flags.json); this cluster uses ${nameSome(missing)}.`
            : `the release on ${node} does not know ${missing.length === 1 ? "the AutoFlag" : "the AutoFlags"} ${nameSome(missing)}, which this cluster uses.`,
          "Choose a release that has it; ask the vendor which one.",
        );
    }
    return open;
  },
};
