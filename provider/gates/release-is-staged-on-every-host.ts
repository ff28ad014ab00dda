// Gate: the wanted release lies ready where a process is about to be started from it (spec I1–I3).
//
// Asked of all hosts before the first stop: half a cluster on a release that the other half cannot get is the worst place to stop.

import { processName } from "../model/desired";
import { open, stop, wait } from "../model/verdict";
import { isSameRelease } from "../model/version";
import type { Gate } from "./gate";

export const releaseIsStagedOnEveryHost: Gate = {
  id: "release_is_staged_on_every_host",
  before: ["check_start", "restart_process", "start_process"],
  ask({ desired, inventory, candidate }) {
    const asked = candidate
      ? inventory.processes.filter((facts) => facts.id.node === candidate.node)
      : inventory.processes;
    for (const facts of asked) {
      if (!facts.staged.known) return wait(`what is installed on ${facts.id.node} is not known: ${facts.staged.why}.`);
      const { dir, version, hasBinaries } = facts.staged.value;
      const missing = `Look at the staging command of ${facts.id.node} in \`pulumi up\`, then run it again.`;
      if (version === null)
        return stop(
          `${dir} on ${facts.id.node} holds no release (no version_metadata.json); ${processName(facts.id)} could not be started from it.`,
          missing,
        );
      if (!isSameRelease(desired.version, version))
        return stop(`${dir} on ${facts.id.node} holds ${version}, not ${desired.version}.`, missing);
      if (!hasBinaries)
        return stop(`${dir}/bin on ${facts.id.node} lacks an executable mserver, dbserver or bm-admin.`, missing);
    }
    return open;
  },
};
