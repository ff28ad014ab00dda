// What the state file says about a cluster. Outputs hold the inputs too, because `read` and `delete` get nothing else;
// beside them the live truth: never the target of an upgrade that did not reach it (design rule 8).

import { z } from "zod";
import type { AwaitingRestart } from "../model/awaiting-restart";
import type { Carried } from "../model/carried";
import type { DesiredCluster } from "../model/desired";
import { processName } from "../model/desired";
import type { Inventory, ProcessFacts } from "../model/inventory";
import { compareVersions, isSameRelease, withoutBuild } from "../model/version";
import { linkId, type PauseRecord } from "../model/xdcr";
import { describeVersions, versionOfProcess } from "../planner/describe-versions";
import type { PlanContext } from "../planner/plan-upgrade";

export const SCHEMA_VERSION = 1;

/** The inputs that a program gives; everything else in the outputs is ours. */
export const INPUT_KEYS = [
  "version",
  "nodes",
  "ssh",
  "release",
  "process",
  "adminUi",
  "bmAdmin",
  "bsql",
  "xdcr",
  "policy",
  "finalize",
] as const;

/** Above this many processes only those that are not on the common version are listed, so that the state stays small. */
const PROCESSES_MAX = 60;

export type Phase = "adopted" | "upgrading" | "not finalized" | "restart needed" | "finished";

export interface OwnOutputs extends Carried {
  readonly schemaVersion: number;
  /** The release that was last adopted or rolled to, whether or not that came to its end; `version` is the live one. */
  readonly wantedVersion: string;
  readonly version: string;
  readonly phase: Phase;
  readonly finalized: boolean;
  /** The release whose AutoFlags and BSQL catalog are known to be done. */
  readonly finalizedVersion: string;
  readonly processes: Readonly<Record<string, string>>;
  readonly clusterUuid: string;
  readonly lastRun: Readonly<Record<string, string>>;
  /** Processes in which promoted AutoFlags take effect after one more restart; only there while there are some. */
  readonly awaitingRestart?: AwaitingRestart;
  /** Links that wait for another cluster, `TARGET:GROUP` → paused since; only there while there are some. */
  readonly xdcrPaused?: Readonly<Record<string, string>>;
}

// Each by itself: one that cannot be read must not take the others along.
const text = z.string().optional().catch(undefined);
const texts = z.record(z.string(), z.string()).optional().catch(undefined);
const rememberedSchema = z.looseObject({
  wantedVersion: text,
  finalizedVersion: text,
  phase: text,
  clusterUuid: text,
  lastRun: texts,
  processes: texts,
  awaitingRestart: texts,
  inHand: z.array(z.string()).optional().catch(undefined),
  promotionUnanswered: z.literal(true).optional().catch(undefined),
  xdcrPaused: texts,
});
export type Remembered = z.infer<typeof rememberedSchema>;

/** What earlier outputs tell us. Tolerant: an output of an older schema, or none at all, is no reason to fail. */
export function recall(outputs: unknown): Remembered {
  const parsed = rememberedSchema.safeParse(outputs);
  return parsed.success ? parsed.data : {};
}

/** What an earlier run left to finish. */
export const carriedOf = ({ inHand, promotionUnanswered }: Remembered): Carried => ({
  ...(inHand && inHand.length > 0 && { inHand }),
  ...(promotionUnanswered && { promotionUnanswered }),
});

/** At the release it was adopted with, a cluster is not ours to finalise, whatever was repaired in it. */
export const isAsAdopted = (desired: DesiredCluster, remembered: Remembered): boolean =>
  remembered.phase === "adopted" && remembered.wantedVersion === desired.version;

/** The phase after a run without failure, whether or not it had anything to do. */
export function phaseAfter(desired: DesiredCluster, finalizedVersion: string, remembered: Remembered): Phase {
  if (isAsAdopted(desired, remembered)) return "adopted";
  return desired.finalize === "manual" && finalizedVersion !== desired.version ? "not finalized" : "finished";
}

/**
 * Whether a roll to the wanted release has changed the cluster: some process runs it, may run it, or was in hand when the run ended.
 * A roll that ended before that leaves nothing to finish, and the cluster is what it was.
 */
export function hasBegun(desired: DesiredCluster, inventory: Inventory, carried: Carried): boolean {
  const mayRun = ({ version, isAnswering }: ProcessFacts): boolean =>
    version.known ? isSameRelease(desired.version, version.value) : !(isAnswering.known && !isAnswering.value);
  return (carried.inHand?.length ?? 0) > 0 || carried.promotionUnanswered === true || inventory.processes.some(mayRun);
}

/** What earlier runs tell about AutoFlags and the BSQL catalog. */
export function finalisationOf(outputs: unknown): PlanContext {
  const { phase, wantedVersion, finalizedVersion, clusterUuid, awaitingRestart } = recall(outputs);
  const adoptedVersion = phase === "adopted" ? wantedVersion : undefined;
  const isUnfinished = phase === "upgrading" || phase === "not finalized";
  const unfinishedVersion = isUnfinished && wantedVersion !== finalizedVersion ? wantedVersion : undefined;
  return {
    finalizedVersion,
    adoptedVersion,
    clusterUuid,
    awaitingRestart,
    unfinishedVersion,
    ...carriedOf(recall(outputs)),
  };
}

export const pickInputs = (props: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(INPUT_KEYS.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));

/** The live version as one text: the wanted one when every process runs it. */
export function liveVersion(wanted: string, inventory: Inventory): string {
  const allNew = inventory.processes.every(
    (facts) => facts.version.known && isSameRelease(wanted, facts.version.value),
  );
  return allNew ? wanted : describeVersions(inventory);
}

/** A newer release than the one last asked for that already runs: a killed run of ours, or a person, has begun an upgrade to it. */
export function findUnderWay(wanted: string, inventory: Inventory): string | undefined {
  const newer = inventory.processes.flatMap(({ version }) =>
    version.known && !isSameRelease(wanted, version.value) && compareVersions(version.value, wanted) > 0
      ? [withoutBuild(version.value)]
      : [],
  );
  return newer.sort(compareVersions).at(-1);
}

export function listProcesses(inventory: Inventory): Record<string, string> {
  const all = inventory.processes.map((facts) => [processName(facts.id), versionOfProcess(facts)] as const);
  if (all.length <= PROCESSES_MAX) return Object.fromEntries(all);
  const counts = new Map<string, number>();
  for (const [, version] of all) counts.set(version, (counts.get(version) ?? 0) + 1);
  const common = [...counts.entries()].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  return {
    [`${counts.get(common)} others`]: common,
    ...Object.fromEntries(all.filter(([, version]) => version !== common)),
  };
}

/** Everything that goes back to the engine. No `undefined` in it: one would lose the whole answer, after the work was done. */
export function buildOutputs(props: Readonly<Record<string, unknown>>, own: OwnOutputs): Record<string, unknown> {
  const kept = Object.fromEntries(Object.entries(props).filter(([key]) => key === "planSummary" || key === "upgrade"));
  return JSON.parse(JSON.stringify({ ...pickInputs(props), ...kept, ...own })) as Record<string, unknown>;
}

export interface LiveFacts {
  readonly desired: DesiredCluster;
  readonly inventory: Inventory;
  readonly phase: Phase;
  readonly finalizedVersion: string;
  readonly remembered: Remembered;
  readonly lastRun: Readonly<Record<string, string>>;
  readonly awaitingRestart: AwaitingRestart;
  readonly carried?: Carried;
  readonly linksPaused: readonly PauseRecord[];
  /** The release to be kept as the one last rolled to, when a roll to another one changed nothing. */
  readonly wantedVersion?: string | undefined;
}

export function describeLive(facts: LiveFacts): OwnOutputs {
  const { desired, inventory } = facts;
  const version = liveVersion(desired.version, inventory);
  const isAwaiting = Object.keys(facts.awaitingRestart).length > 0;
  return {
    schemaVersion: SCHEMA_VERSION,
    wantedVersion: facts.wantedVersion ?? desired.version,
    version,
    phase: facts.phase,
    finalized: version === desired.version && facts.finalizedVersion === desired.version && !isAwaiting,
    finalizedVersion: facts.finalizedVersion,
    processes: listProcesses(inventory),
    // Once known it stays: a run is refused where another one is seen, and one page that lies must not make that last.
    clusterUuid: facts.remembered.clusterUuid || (inventory.config.known && inventory.config.value.clusterUuid) || "",
    lastRun: facts.lastRun,
    ...(isAwaiting && { awaitingRestart: facts.awaitingRestart }),
    ...facts.carried,
    ...listPaused(facts),
  };
}

/** What another resource of the program finishes is not this one's to show as unfinished. */
export function listPaused({
  desired,
  linksPaused,
}: Pick<LiveFacts, "desired" | "linksPaused">): Pick<OwnOutputs, "xdcrPaused"> {
  if (linksPaused.length === 0 || desired.xdcr?.isFinishedElsewhere) return {};
  return { xdcrPaused: Object.fromEntries(linksPaused.map((record) => [linkId(record), record.since])) };
}
