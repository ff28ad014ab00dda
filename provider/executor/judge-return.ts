// Pure: is the process that was restarted back, as itself and as its peers see it? (design rule 3)
//
// "ALIVE" proves nothing. A process is back when it says the new version, is another process than before, has
// sent a heartbeat since its start, and every gate of the cluster's health is open again.

import { countPlaced } from "../gates/count-tiles";
import { type DesiredCluster, processName } from "../model/desired";
import type { RunningProcess } from "../model/host-facts";
import { factsOf, type Inventory, type ProcessFacts } from "../model/inventory";
import type { MServerEntry } from "../model/pages";
import { isSameRelease } from "../model/version";
import type { RestartRecord } from "./run";

export type ReturnVerdict =
  | { readonly kind: "back"; readonly pid: number }
  | { readonly kind: "not_yet"; readonly reason: string }
  /** No such process any more: it ended by itself. */
  | { readonly kind: "gone" }
  /** Something brought the old binary back. */
  | { readonly kind: "old_binary"; readonly running: RunningProcess; readonly version: string }
  | { readonly kind: "wrong"; readonly reason: string };

export function judgeReturn(
  desired: DesiredCluster,
  inventory: Inventory,
  restart: RestartRecord,
  elapsedMs: number,
  sinceOrderMs: number,
): ReturnVerdict {
  const { process } = restart;
  const facts = factsOf(inventory, process);
  const node = desired.nodes.find((each) => each.name === process.node);
  if (facts === undefined || node === undefined)
    return { kind: "wrong", reason: `${processName(process)} is not declared` };
  if (!facts.running.known) return { kind: "not_yet", reason: `whether it runs is not known: ${facts.running.why}` };
  if (facts.running.value === null) return { kind: "gone" };
  const running = facts.running.value;
  const { pid } = running;
  if (pid === restart.pidBefore) return { kind: "wrong", reason: `process ${pid} still runs; it was never stopped` };
  // Whatever it answers or not: its binary lies in another release.
  if (running.releaseVersion !== undefined && !isSameRelease(desired.version, running.releaseVersion))
    return { kind: "old_binary", running, version: running.releaseVersion };
  // What an earlier run left in hand may have been started by a person since: its release is proof enough then.
  const elsewhere = restart.pidBefore === undefined ? undefined : findElsewhere(desired, facts, running);
  if (elsewhere !== undefined) return { kind: "wrong", reason: elsewhere };
  if (!facts.isAnswering.known || !facts.isAnswering.value)
    return { kind: "not_yet", reason: "its web port does not answer yet" };
  if (!facts.version.known) return { kind: "not_yet", reason: `it does not tell its version: ${facts.version.why}` };
  if (!isSameRelease(desired.version, facts.version.value))
    return { kind: "old_binary", running, version: facts.version.value };
  if (process.role === "mserver") {
    if (!inventory.mservers.known)
      return { kind: "not_yet", reason: `the list of MServers is not known: ${inventory.mservers.why}` };
    const entry = inventory.mservers.value.find(
      (each) => each.host === node.host && each.rpcPort === node.ports.mserverRpc,
    );
    const isOld = entry && isOldStart(entry, restart, sinceOrderMs);
    if (isOld === undefined) return { kind: "not_yet", reason: "its peers do not reach it yet" };
    if (isOld) return { kind: "not_yet", reason: "its peers still see the old process" };
  } else {
    if (!inventory.dbservers.known)
      return { kind: "not_yet", reason: `the list of DBServers is not known: ${inventory.dbservers.why}` };
    const entry = inventory.dbservers.value.find(
      (each) => each.host === node.host && each.httpPort === node.ports.dbserverHttp,
    );
    if (entry === undefined) return { kind: "not_yet", reason: "the leader MServer has not heard of it yet" };
    if (entry.heartbeatAgeSec * 1000 >= elapsedMs)
      return {
        kind: "not_yet",
        reason: "the leader MServer has had no heartbeat since its start",
      };
    // A DBServer answers and sends heartbeats long before its tiles are up; replicas that are not up yet tell no lag.
    const { active } = entry.tiles;
    const wanted = countWanted(restart.tilesBefore, countPlaced(entry.tiles));
    if (active !== undefined && wanted !== undefined && active < wanted)
      return { kind: "not_yet", reason: `${active} of its ${wanted} tiles run again` };
  }
  return { kind: "back", pid };
}

/** The same release, and not where it was staged: somebody else started it, and an own start command may mean to. */
function findElsewhere(
  desired: DesiredCluster,
  { id, staged }: ProcessFacts,
  { exe, name }: RunningProcess,
): string | undefined {
  if (!staged.known || exe === undefined || desired.process[id.role].start !== undefined) return undefined;
  const wanted = `${staged.value.dir}/bin/${name}`;
  return exe === wanted ? undefined : `${exe} runs, which is not the staged ${wanted}`;
}

/** Runs the staged release already, as itself and its host say. Whether it is well is proven like any return. */
export function isStagedRelease(desired: DesiredCluster, facts: ProcessFacts): boolean {
  const running = facts.running.known ? facts.running.value : null;
  if (running === null || !facts.version.known || !isSameRelease(desired.version, facts.version.value)) return false;
  const { releaseVersion } = running;
  return (
    (releaseVersion === undefined || isSameRelease(desired.version, releaseVersion)) &&
    findElsewhere(desired, facts, running) === undefined
  );
}

/**
 * As many as before, or as the leader MServer still places there: a table may have been dropped meanwhile, a tile moved away.
 * Not when all are gone: that is how a process looks that came back without its data.
 */
const countWanted = (before: number | undefined, placed: number | undefined): number | undefined =>
  before === undefined || placed === undefined || placed === 0 ? before : Math.min(before, placed);

/** The HTML page tells uptimes in whole seconds. */
const UPTIME_RESOLUTION_MS = 1_000;

/** Undefined: its peers tell nothing of its start. */
function isOldStart(entry: MServerEntry, restart: RestartRecord, sinceOrderMs: number): boolean | undefined {
  if (entry.startTimeUs !== undefined) return entry.startTimeUs === restart.startTimeUsBefore;
  // Since before the stop: what was started afterwards cannot have been up for longer, however late we heard of it.
  return entry.uptimeSec === undefined ? undefined : entry.uptimeSec * 1000 > sinceOrderMs + UPTIME_RESOLUTION_MS;
}
