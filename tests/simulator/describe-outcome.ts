// A failed simulation as a person reads it: what broke, in which cluster, by which faults, and what the last run said.

import { describeFault } from "./faults";
import type { Outcome } from "./simulate";

export function describeOutcome(outcome: Outcome): string {
  const { seed, shape, faults, violations } = outcome;
  const roles = shape.hosts.map(({ name, roles: each }) => `${name} (${each.join(", ")})`).join(", ");
  return [
    `seed ${seed}: ${shape.from} → ${shape.to} on ${roles}`,
    ...(faults.length === 0 ? ["  no faults"] : faults.map((fault) => `  fault  ${describeFault(fault)}`)),
    ...violations
      .slice(0, 5)
      .map(({ rule, text, atMs }) => `  broken ${rule}: ${text} (at ${new Date(atMs).toISOString()})`),
    ...(violations.length > 5 ? [`  … and ${violations.length - 5} more`] : []),
    `  after  ${Object.entries(outcome.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    ...(outcome.lastFailure === undefined ? [] : ["  the last run that failed said:", indent(outcome.lastFailure)]),
  ].join("\n");
}

const indent = (text: string): string => text.replaceAll(/^/gm, "    ");
