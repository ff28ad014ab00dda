// AutoFlags only on a wholly new cluster (A5), then their wait (A4), then the BSQL catalog (B1); nothing is touched after that.

import { processName } from "../../provider/model/desired";
import type { PlanStep } from "../../provider/model/plan";
import { isWanted, type World } from "./lint-world";

const ORDER = ["verify_one_version", "promote_auto_flags", "wait_for_auto_flags", "upgrade_bsql_catalog"];

export function lintFinalisation(world: World, steps: readonly PlanStep[]): string[] {
  const { desired, inventory, context } = world;
  const problems: string[] = [];
  const kinds = steps.map((step) => step.kind);
  const found = kinds.filter((kind) => ORDER.includes(kind));
  const isBsqlOff =
    desired.bsql === false ||
    (desired.bsql === undefined && inventory.bsqlEnabled.known && !inventory.bsqlEnabled.value);
  const wanted = isFinalisationDue(world) ? ORDER.slice(0, isBsqlOff ? 3 : 4) : [];
  if (found.join() !== wanted.join())
    problems.push(
      `the finalisation is ${found.join(", ") || "left out"}; it should be ${wanted.join(", ") || "left out"}`,
    );
  if (found.length > 0 && kinds.slice(-found.length - 1).join() !== [...found, "check_end"].join())
    problems.push("something comes between the steps of the finalisation, or after it");

  const promoteAt = kinds.indexOf("promote_auto_flags");
  if (promoteAt < 0) return problems;
  if (kinds[promoteAt - 1] !== "verify_one_version")
    problems.push("AutoFlags are promoted without a look at every process");
  if (desired.finalize === "manual") problems.push('AutoFlags are promoted though finalize is "manual"');
  if (context.finalizedVersion !== undefined && isWanted(desired.version, context.finalizedVersion))
    problems.push("AutoFlags are promoted again");
  for (const { id, name, state } of world.processes) {
    const isTouched = steps
      .slice(0, promoteAt)
      .some(
        (step) =>
          (step.kind === "restart_process" || step.kind === "start_process") &&
          processName(step.process) === processName(id),
      );
    if (state !== "new" && !isTouched) problems.push(`AutoFlags are promoted while ${name} is ${state}`);
  }
  return problems;
}

function isFinalisationDue({ desired, context }: World): boolean {
  if (desired.finalize === "manual") return false;
  if (context.finalizedVersion !== undefined && isWanted(desired.version, context.finalizedVersion)) return false;
  // At the release it was adopted with, whatever is repaired in it: its former operator finalised it, or did not.
  return context.adoptedVersion !== desired.version;
}
