// Why no plan may be made at all. Every reason is collected, so that one preview shows them all.

import { type DesiredCluster, processName } from "../model/desired";
import { isFromSsh, knownValue } from "../model/fact";
import { findStrangers } from "../model/find-strangers";
import type { Inventory, ProcessFacts } from "../model/inventory";
import { readLink } from "../model/judge-xdcr";
import type { Refusal } from "../model/plan";
import { compareVersions, isSameRelease, withoutBuild } from "../model/version";
import { linkName, type XdcrLink } from "../model/xdcr";
import { isDown, labelFor, runningVersion } from "./describe-versions";
import { hasLostQuorum } from "./has-lost-quorum";

export function refuseUpgrade(
  desired: DesiredCluster,
  inventory: Inventory,
  isAnyDue: boolean,
  {
    clusterUuid,
    unfinishedVersion,
  }: { readonly clusterUuid?: string | undefined; readonly unfinishedVersion?: string | undefined },
): Refusal[] {
  return [
    ...refuseAnotherCluster(inventory, clusterUuid),
    ...refuseStrangers(desired, inventory),
    ...refuseUnseen(inventory),
    ...refuseDowngrade(desired, inventory),
    ...refuseThirdVersion(desired, inventory, unfinishedVersion),
    ...(isAnyDue ? refuseInterruption(desired, inventory) : []),
    ...refuseForeignDown(desired, inventory),
  ];
}

/** A copied stack must not roll a cluster that it never adopted. */
function refuseAnotherCluster({ config }: Inventory, known: string | undefined): Refusal[] {
  if (!known || !config.known || config.value.clusterUuid === known) return [];
  return [
    {
      code: "AnotherCluster",
      what: `These MServers belong to the cluster ${config.value.clusterUuid}; this resource is about ${known}.`,
      why: "An upgrade that was previewed for one cluster would be carried out on another.",
      next: "Correct `nodes`. If the cluster was made anew, take the resource out of the program (`pulumi up` forgets it), put it back, and adopt.",
    },
  ];
}

/** Also when no process changes: a node taken out of the program is still in the cluster, and would be forgotten there. */
function refuseStrangers({ nodes }: DesiredCluster, inventory: Inventory): Refusal[] {
  const strangers = findStrangers(nodes, knownValue(inventory.mservers) ?? [], knownValue(inventory.dbservers) ?? []);
  if (strangers.length === 0) return [];
  return [
    {
      code: "ServerNotDeclared",
      what: `The cluster also has ${strangers.join(", ")}, which the program does not name.`,
      why: "A server that is left out keeps its release, and cannot run any more once AutoFlags are promoted (spec A5).",
      next: "Add it to `nodes` (host must be the address that the cluster knows), or take it out of the cluster first, then run the same command again.",
    },
  ];
}

function refuseUnseen(inventory: Inventory): Refusal[] {
  return inventory.processes.flatMap((facts) => {
    if (facts.version.known || isDown(facts)) return [];
    return [
      {
        code: "ProcessUnseen",
        what: `${processName(facts.id)} could not be asked for its version: ${facts.version.why}.`,
        why: "Without it neither the order nor a downgrade can be judged.",
        next: `Make its ${isFromSsh(facts.version) ? "host reachable over ssh" : "web port reachable from here"}, then run the same command again.`,
      },
    ];
  });
}

const NAMES_MAX = 6;

/** Spec L1. */
function refuseDowngrade(desired: DesiredCluster, inventory: Inventory): Refusal[] {
  const newer = inventory.processes.filter((facts) => {
    const running = runningVersion(facts);
    return (
      running !== undefined && !isSameRelease(desired.version, running) && compareVersions(running, desired.version) > 0
    );
  });
  if (newer.length === 0) return [];
  const versions = [...new Set(newer.map((facts) => runningVersion(facts) ?? "").map(labelFor(desired.version)))];
  const highest = versions.sort(compareVersions).at(-1) ?? "";
  const names = newer.map((facts) => processName(facts.id));
  const whose =
    names.length <= NAMES_MAX
      ? names.join(", ")
      : `${names.slice(0, NAMES_MAX).join(", ")} and ${names.length - NAMES_MAX} more`;
  return [
    {
      code: "DowngradeRefused",
      what: `The program wants ${desired.version}; ${whose} ${names.length === 1 ? "runs" : "run"} ${versions.join(" and ")}.`,
      why: "BMDB does not support a downgrade (spec L1): an old binary may not read what the new one wrote.",
      next: `Write version: "${highest}", or a newer one once the whole cluster runs it.`,
    },
  ];
}

/** A half-done upgrade is finished first: three releases in one cluster are nobody's supported state. */
function refuseThirdVersion(
  desired: DesiredCluster,
  inventory: Inventory,
  unfinishedVersion: string | undefined,
): Refusal[] {
  const others = [
    ...new Set(
      inventory.processes
        .map(runningVersion)
        .filter((running): running is string => running !== undefined && !isSameRelease(desired.version, running))
        .map(withoutBuild),
    ),
  ].sort(compareVersions);
  const newest = others.at(-1);
  if (newest === undefined || compareVersions(newest, desired.version) > 0) return [];
  const isUnfinished = unfinishedVersion !== undefined && isSameRelease(newest, unfinishedVersion);
  if (others.length < 2 && !isUnfinished) return [];
  return [
    {
      code: "UpgradeHalfDone",
      what: `The cluster runs ${others.join(" and ")}${others.length < 2 ? ", whose AutoFlags and BSQL catalog are not known to be done" : ""}; the program wants ${desired.version}.`,
      why: "A third release would join before the upgrade in progress is finished.",
      next: `Write version: "${newest}", run \`pulumi up\` to finish it, then go on to ${desired.version}.`,
    },
  ];
}

/** Clusters that cannot be upgraded without an outage (design rule 13). */
function refuseInterruption(desired: DesiredCluster, inventory: Inventory): Refusal[] {
  if (desired.policy.allowInterruption) return [];
  const mserverCount = desired.nodes.filter((node) => node.roles.includes("mserver")).length;
  const replicationFactor = knownValue(inventory.replicationFactor);
  const reasons: string[] = [];
  if (mserverCount < 3)
    reasons.push(
      mserverCount === 1
        ? "there is one MServer: while it restarts there is no metadata service"
        : "there are two MServers: while one restarts the other has no majority",
    );
  if (replicationFactor !== undefined && replicationFactor < 3)
    reasons.push(`the replication factor is ${replicationFactor}: the tiles of a DBServer are gone while it restarts`);
  if (reasons.length === 0) return [];
  return [
    {
      code: "InterruptionNotAllowed",
      what: `This cluster cannot be upgraded without an interruption: ${reasons.join("; ")}.`,
      next: "Set policy.allowInterruption: true if that is acceptable now, then run `pulumi preview`: the plan says what to expect.",
    },
  ];
}

/** A process that is down, and not because of us, is the operator's to look at first. */
function refuseForeignDown(desired: DesiredCluster, inventory: Inventory): Refusal[] {
  const isTierReached = (facts: ProcessFacts): boolean => {
    // An act of ours was to start it on this release: it is down in our hands.
    if (
      facts.lastActVersion.known &&
      facts.lastActVersion.value !== null &&
      isSameRelease(desired.version, facts.lastActVersion.value)
    )
      return true;
    const isNew = (other: ProcessFacts): boolean => {
      const running = runningVersion(other);
      return running !== undefined && isSameRelease(desired.version, running);
    };
    const mservers = inventory.processes.filter((other) => other.id.role === "mserver");
    return facts.id.role === "mserver"
      ? inventory.processes.some(isNew)
      : mservers.filter((other) => !isDown(other)).every(isNew) && mservers.some(isNew);
  };
  return inventory.processes
    .filter((facts) => isDown(facts) && !isTierReached(facts))
    .map((facts) => ({
      code: "ProcessDown",
      what: `${processName(facts.id)} is down: nobody listens on its web port.`,
      why: "With one process down already, stopping another could cost a majority; and the new release is not yet due on this one.",
      next: `Start it on the release it ran before (or take its node out of the cluster and the program), then run the same command again.`,
    }));
}

/**
 * Nobody pauses what cannot be seen, and a group that its target does not know is declared the wrong way round. What this cluster
 * cannot tell without a leader is asked when it has one again, before anything is stopped.
 */
export function refuseUnseenLinks(desired: DesiredCluster, inventory: Inventory): Refusal[] {
  const isToldLater = (link: XdcrLink): boolean => link.target === desired.xdcr?.self && hasLostQuorum(inventory);
  return (desired.xdcr?.links ?? []).flatMap((link): Refusal[] => {
    const state = readLink(desired, inventory, link);
    if (state.kind === "unknown" && !isToldLater(link))
      return [
        {
          code: "XdcrLinkUnseen",
          what: `Whether replication ${linkName(link)} is active could not be read from ${link.target}: ${state.why}.`,
          why: "It has to rest on every cluster involved before a process is stopped (spec X1).",
          next: `Make the admin UI of the MServers of ${link.target} reachable from here (xdcr.clusters), then run the same command again.`,
        },
      ];
    if (state.kind === "missing")
      return [
        {
          code: "XdcrLinkUnknown",
          what: `${link.target} has no replication group ${link.group}; the program declares ${linkName(link)}.`,
          why: "A group is known to its target only: this declaration names the wrong cluster, or a link that is gone.",
          next: "Correct `xdcr.links` (target is the cluster that reads), or take the link out, then run the same command again.",
        },
      ];
    return [];
  });
}
