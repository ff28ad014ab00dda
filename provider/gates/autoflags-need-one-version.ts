// Gate: every process was just seen on the wanted release (spec A5).
//
// Promotion lets processes write what an older one cannot read, and cannot be undone. BMDB does not check this itself.

import { processName } from "../model/desired";
import { open, stop, wait } from "../model/verdict";
import { isSameRelease } from "../model/version";
import type { Gate } from "./gate";

export const autoFlagsNeedOneVersion: Gate = {
  id: "autoflags_need_one_version",
  before: ["verify_one_version", "promote_auto_flags", "upgrade_bsql_catalog", "check_end"],
  ask({ desired, inventory, step }) {
    for (const facts of inventory.processes) {
      const { version, running } = facts;
      if (!version.known) return wait(`the version of ${processName(facts.id)} is not known: ${version.why}.`);
      if (!isSameRelease(desired.version, version.value))
        return stop(
          `${processName(facts.id)} runs ${version.value}; promotion needs ${desired.version} everywhere.`,
          `Find out why ${processName(facts.id)} came back with the old binary, then run \`pulumi up\`.`,
        );
      // What it says of itself, and the file that is really running, have to agree.
      // At the end, which is adoption's only look too, a host that shows no such process is the records' to complain about.
      const mustBeSeen = step.kind !== "check_end";
      if (!running.known && mustBeSeen)
        return wait(`what runs as ${processName(facts.id)} is not known: ${running.why}.`);
      if (running.known && running.value === null && mustBeSeen)
        return wait(
          `${processName(facts.id)} says that it runs ${version.value}, but there is no such process on its host.`,
        );
      if (!running.known || running.value === null) continue;
      if (running.value.releaseVersion && !isSameRelease(desired.version, running.value.releaseVersion))
        return stop(
          `${processName(facts.id)} runs ${running.value.exe ?? "a binary"}, whose release says ${running.value.releaseVersion}.`,
        );
    }
    return open;
  },
};
