// Gate: the wanted release lies ready where a process is about to be started from it (spec I1–I3).
//
// Asked of all hosts before the first stop: half a cluster on a release that the other half cannot get is the worst place to stop.

import { processName } from "../model/desired";
import type { HostInventory } from "../model/inventory";
import { type GateVerdict, open, stop, wait } from "../model/verdict";
import { isSameRelease } from "../model/version";
import type { Gate } from "./gate";

export const releaseIsStagedOnEveryHost: Gate = {
  id: "release_is_staged_on_every_host",
  before: ["check_start", "restart_process", "start_process"],
  ask({ desired, inventory, candidate, step }) {
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
    return step.kind === "check_start" ? askBinaries(desired.version, inventory.hosts) : open;
  },
};

/** A file that says 2.18 beside a binary that does not run is no release: the binary is asked too. */
function askBinaries(wanted: string, hosts: readonly HostInventory[]): GateVerdict {
  for (const { node, details } of hosts) {
    if (!details.known) return wait(`whether the staged mserver runs on ${node} is not known: ${details.why}.`);
    const { binaryVersion } = details.value;
    if (binaryVersion === undefined || !isSameRelease(wanted, binaryVersion))
      return stop(
        `bin/mserver --version of the staged release on ${node} says ${binaryVersion ?? "nothing that is understood"}, not ${wanted}.`,
        `Run it there and see what it lacks (post_install.sh, glibc, the right archive), then run \`pulumi up\`.`,
      );
  }
  return open;
}
