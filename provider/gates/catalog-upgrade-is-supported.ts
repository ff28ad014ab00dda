// Gate: the BSQL catalog of this cluster can be upgraded (spec B1): it runs 2.8 or later, and not 2.9.0 ≤ v < 2.11.0.
//
// Asked before the first stop: afterwards there would be no way back and no way on.

import { processName } from "../model/desired";
import { open, stop, wait } from "../model/verdict";
import { compareVersions, withoutBuild } from "../model/version";
import { type Gate, isExcused } from "./gate";

export const catalogUpgradeIsSupported: Gate = {
  id: "catalog_upgrade_is_supported",
  before: ["check_start"],
  ask(question) {
    const { desired, inventory } = question;
    const isOff =
      desired.bsql === false ||
      (desired.bsql === undefined && inventory.bsqlEnabled.known && !inventory.bsqlEnabled.value);
    if (isOff) return open;
    for (const facts of inventory.processes) {
      if (!facts.version.known) {
        if (isExcused(question, facts.id)) continue;
        return wait(`the version of ${processName(facts.id)} is not known: ${facts.version.why}.`);
      }
      const running = withoutBuild(facts.version.value);
      const isOlder = compareVersions(running, "2.8.0.0") < 0;
      const isGap = compareVersions(running, "2.9.0.0") >= 0 && compareVersions(running, "2.11.0.0") < 0;
      if (isOlder || isGap)
        return stop(
          `${processName(facts.id)} runs ${running}; upgrade_bsql needs a cluster of 2.8 or later, and none from 2.9.0 to before 2.11.0.`,
          "Ask the vendor for the path of this release; nothing here can upgrade its catalog. Then run `pulumi preview`.",
        );
    }
    return open;
  },
};
