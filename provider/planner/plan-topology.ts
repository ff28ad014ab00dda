// Clusters that replicate, as the program wants them and as they were seen → one plan over all of them, or a refusal. Pure.
//
// It says when replication has to rest; how each cluster is upgraded is its own plan.

import type { DesiredCluster } from "../model/desired";
import { knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { readLink, shortestRetentionMs } from "../model/judge-xdcr";
import type { Planned, PlanStep, Refusal } from "../model/plan";
import type { DesiredTopology } from "../model/topology";
import type { PlannedLink, TopologyPlan } from "../model/topology-plan";
import { isOfLink, type XdcrLink } from "../model/xdcr";
import { describeVersions, labelFor } from "./describe-versions";
import { estimateStep } from "./estimate-steps";

export interface SeenMember {
  readonly name: string;
  readonly desired: DesiredCluster;
  readonly inventory: Inventory;
  /** As if nothing were known of earlier runs: each cluster's own resource knows more, and finishes what is left. */
  readonly planned: Planned;
}

export type PlannedTopology =
  /** No process of any cluster is to be stopped or started: replication runs on. */
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] }
  | { readonly kind: "plan"; readonly plan: TopologyPlan };

export function planTopology(topology: DesiredTopology, seen: readonly SeenMember[]): PlannedTopology {
  const due = seen.filter(({ planned }) => planned.kind === "refused" || planned.plan.processCount > 0);
  if (due.length === 0) return { kind: "nothing" };
  const refusals = due.flatMap((member) =>
    member.planned.kind === "refused" ? refusalsOf(member, member.planned.refusals) : [],
  );
  if (refusals.length > 0) return { kind: "refused", refusals: once(refusals) };

  const links = topology.links.map((link) => planLink(seen, link));
  const parts = seen.map(({ name, desired, planned }) => ({
    name,
    version: desired.version,
    plan: planned.kind === "plan" && planned.plan.processCount > 0 ? planned.plan : undefined,
    readers: topology.links
      .filter(({ source, target }) => source === name && isBefore(due, target, name))
      .map(({ target }) => target),
  }));
  const rolls = parts.flatMap(({ plan }) => (plan ? [plan.estimateMs] : []));
  const rollsMs = topology.isParallel ? Math.max(...rolls) : rolls.reduce((sum, ms) => sum + ms, 0);
  const [first] = seen;
  const switches = links.filter(({ state }) => state !== "paused_by_a_person").flatMap(({ link }) => switchesOf(link));
  const switchMs = first ? switches.reduce((sum, step) => sum + estimateStep(step, first.desired.policy), 0) : 0;
  return {
    kind: "plan",
    plan: {
      from: joinVersions(seen),
      to: [...new Set(seen.map(({ desired }) => desired.version))].join(", "),
      isParallel: topology.isParallel,
      links,
      parts,
      pauseMs: rollsMs + switchMs,
      retentionMs: Math.min(...seen.map(({ desired, inventory }) => shortestRetentionMs(desired, inventory))),
      findings: due.flatMap(({ name, planned }) => findingsOf(name, planned)),
    },
  };
}

/** Whoever sees a link best: its target, on whose hosts the record lies; of an external target the source. */
export const memberOfLink = <T extends { readonly name: string }>(
  members: readonly T[],
  link: XdcrLink,
): T | undefined =>
  members.find(({ name }) => name === link.target) ?? members.find(({ name }) => name === link.source);

function planLink(seen: readonly SeenMember[], link: XdcrLink): PlannedLink {
  const member = memberOfLink(seen, link);
  if (member === undefined || readLink(member.desired, member.inventory, link).kind !== "paused")
    return { link, state: "active" };
  const record = knownValue(member.inventory.pauseRecords)?.find((each) => isOfLink(each, link));
  return record ? { link, state: "left_paused", since: record.since } : { link, state: "paused_by_a_person" };
}

const isBefore = (members: readonly SeenMember[], a: string, b: string): boolean => {
  const names = members.map(({ name }) => name);
  return names.includes(a) && names.indexOf(a) < names.indexOf(b);
};

const switchesOf = (link: XdcrLink): PlanStep[] => [
  { kind: "pause_xdcr", link },
  { kind: "resume_xdcr", link },
];

const refusalsOf = ({ name }: SeenMember, refusals: readonly Refusal[]): Refusal[] =>
  // What is said of a link holds for the topology, whichever cluster looked.
  refusals.map((refusal) =>
    refusal.code.startsWith("XdcrLink") ? refusal : { ...refusal, what: `${name}: ${refusal.what}` },
  );

const once = (refusals: readonly Refusal[]): Refusal[] => [
  ...new Map(refusals.map((refusal) => [refusal.what, refusal])).values(),
];

const findingsOf = (name: string, planned: Planned): string[] =>
  planned.kind === "plan" ? planned.plan.findings.map((finding) => `${name}: ${finding}`) : [];

function joinVersions(seen: readonly SeenMember[]): string {
  const texts = seen.map(({ name, desired, inventory }) => ({
    name,
    text: describeVersions(inventory, labelFor(desired.version)),
  }));
  const different = new Set(texts.map(({ text }) => text));
  return different.size === 1 ? (texts[0]?.text ?? "") : texts.map(({ name, text }) => `${name} ${text}`).join(", ");
}
