// Gate: data, log and conf of every process lie outside every release directory (spec P3: "normally" is verified).
//
// What lies inside the old release is not where the new process looks for it, and is lost when somebody tidies up.

import { processName } from "../model/desired";
import type { HostInventory } from "../model/inventory";
import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const dataIsOutsideEveryRelease: Gate = {
  id: "data_is_outside_every_release",
  before: ["check_start"],
  ask({ desired, inventory }) {
    for (const facts of inventory.processes) {
      const host = inventory.hosts.find((each) => each.node === facts.id.node);
      if (facts.isAnswering.known && !facts.isAnswering.value) continue;
      if (!facts.flags.known)
        return wait(`where ${processName(facts.id)} keeps its data is not known: ${facts.flags.why}.`);
      // Every process has it, given or by default: a list without it is not the whole list.
      if (!facts.flags.value.has("fs_data_dirs"))
        return wait(`where ${processName(facts.id)} keeps its data is not known: its flags do not name fs_data_dirs.`);
      if (!facts.running.known || !facts.staged.known || !host?.details.known)
        return wait(
          `what runs on ${facts.id.node} is not known: ${[facts.running, facts.staged, host?.details].map((fact) => (fact && !fact.known ? fact.why : "")).find(Boolean)}.`,
        );
      const { dir } = facts.staged.value;
      const releases = [facts.running.value?.releaseDir, dir].filter((each) => each !== undefined);
      const anyRelease = matchAnyRelease(dir, desired.version);
      for (const name of ["fs_data_dirs", "fs_wal_dirs", "log_dir", "flagfile"]) {
        for (const path of (facts.flags.value.get(name)?.value ?? "").split(",").filter((each) => each !== "")) {
          const trouble = findTrouble(path, releases, anyRelease, host);
          if (trouble)
            return stop(
              `${name} of ${processName(facts.id)} is ${path}, which ${trouble}.`,
              "Move it out of the release directory (stop, move, change the flag, start), then run `pulumi up`.",
            );
        }
      }
    }
    return open;
  },
};

function findTrouble(
  path: string,
  releases: readonly string[],
  anyRelease: RegExp,
  host: HostInventory,
): string | undefined {
  if (!path.startsWith("/")) return "is relative to the release that runs";
  const real = (host.details.known && host.details.value.resolvedPaths[path]) || path;
  const inside =
    releases.find((release) => [path, real].some((each) => `${each}/`.startsWith(`${release}/`))) ??
    [path, real].map((each) => anyRelease.exec(`${each}/`)?.[1]).find((release) => release !== undefined);
  return inside && `lies inside the release ${inside}`;
}

/** Older releases lie beside the wanted one (`release.installDir`), and are what somebody tidies up first. */
function matchAnyRelease(dir: string, version: string): RegExp {
  const around = dir.split(version).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^(${around.join("\\d+(?:\\.\\d+){3}(?:-b\\d+)?")})/`);
}
