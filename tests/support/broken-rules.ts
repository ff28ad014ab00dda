// Judges a roll by the sandbox's own event log: which rules of design and procedure did it break? Knows nothing of the product.

import type { SandboxEvent } from "../../sandbox/types";

export interface RollUnderJudgement {
  /** How many events there were when the roll began; earlier ones tell only what ran then. */
  readonly begin: number;
  /** `mserver db1`, `dbserver db1` … */
  readonly processes: readonly string[];
  readonly target: string;
  /** In hand when a run failed, so that the next one may restart it once more. */
  readonly inHand?: readonly string[];
  /** Stopped or started by somebody else: a supervisor, the test itself. Not judged, but known to be up or down. */
  readonly notByUs?: readonly string[];
  /** A fault makes leadership move in the very moment of a stop, which no order of restarts can foresee. */
  readonly doesLeaderMove?: boolean;
  /** Entries that are not ours and stay. @default 0 */
  readonly blacklistLeftCount?: number;
  /** Whether the roll went to its end: all new, promoted, catalog upgraded. */
  readonly isFinished: boolean;
}

interface Running {
  readonly pid: number | undefined;
  readonly version: string;
  readonly isServing: boolean;
}

/** One sentence a broken rule. */
export function findBrokenRules(events: readonly SandboxEvent[], roll: RollUnderJudgement): string[] {
  const broken: string[] = [];
  const running = new Map<string, Running>();
  const stopsOfOld = new Map<string, number>();
  const startsOfNew = new Map<string, number>();
  let leader: string | undefined;
  let blacklistCount = 0;
  let isPromoted = false;
  let isCatalogNew = false;
  const isNew = (process: string): boolean => {
    const one = running.get(process);
    return one?.isServing === true && one.version === roll.target;
  };
  const mservers = roll.processes.filter((process) => process.startsWith("mserver"));
  const expectAllNew = (what: string) => {
    const others = roll.processes.filter((process) => !isNew(process));
    if (others.length > 0) broken.push(`${what} while ${others.join(", ")} did not serve on ${roll.target} (A5)`);
  };

  const judgeStop = (process: string, version: string) => {
    const down = roll.processes.filter((other) => other !== process && running.get(other)?.isServing !== true);
    if (down.length > 0) broken.push(`${process} was stopped while ${down.join(", ")} did not serve (P1)`);
    if (version === roll.target) broken.push(`${process} was stopped although it ran ${version} already`);
    else stopsOfOld.set(process, (stopsOfOld.get(process) ?? 0) + 1);
    const otherMServers = mservers.filter((other) => other !== process);
    const oldMServers = otherMServers.filter((other) => !isNew(other));
    if (oldMServers.length === 0) return;
    if (process.startsWith("dbserver"))
      broken.push(`${process} was stopped before ${oldMServers.join(", ")} was new (D1)`);
    else if (leader === process && !roll.doesLeaderMove)
      broken.push(`${process} led and was stopped before ${oldMServers.join(", ")} was new`);
  };

  for (const [index, event] of events.entries()) {
    const process = `${event.role} ${event.host}`;
    const version = event.version ?? "";
    const isJudged = index >= roll.begin;
    const isOurs = isJudged && !roll.notByUs?.includes(process);
    const isSame = running.get(process)?.pid === event.pid;
    switch (event.event) {
      case "process_started": {
        // One that SIGKILL ended wrote nothing: it is judged here, when what ran before is known to be gone.
        const killed = running.get(process);
        if (isOurs && killed && !isSame) judgeStop(process, killed.version);
        running.set(process, { pid: event.pid, version, isServing: false });
        if (!isOurs) break;
        if (version === roll.target) startsOfNew.set(process, (startsOfNew.get(process) ?? 0) + 1);
        else broken.push(`${process} was started on ${version}`);
        break;
      }
      case "process_serving":
        running.set(process, { pid: event.pid, version, isServing: true });
        break;
      case "process_stopped":
        if (isOurs) judgeStop(process, version);
        if (isSame) running.delete(process);
        break;
      case "process_crashed":
        if (isSame) running.delete(process);
        break;
      case "leader_elected":
        leader = process;
        break;
      case "config_changed":
        blacklistCount = Array.isArray(event["leaderBlacklist"]) ? event["leaderBlacklist"].length : blacklistCount;
        break;
      case "auto_flags_promoted":
      case "auto_flags_nothing_to_promote":
        if (isJudged) expectAllNew("AutoFlags were to be promoted");
        isPromoted = isJudged;
        break;
      case "bsql_catalog_upgraded":
        if (isJudged) expectAllNew("the BSQL catalog was upgraded");
        if (isJudged && !isPromoted) broken.push("the BSQL catalog was upgraded before AutoFlags were promoted");
        isCatalogNew = isJudged;
        break;
    }
  }

  for (const [counts, what] of [
    [stopsOfOld, "stopped"],
    [startsOfNew, `started on ${roll.target}`],
  ] as const)
    for (const [process, count] of counts)
      if (count > (roll.inHand?.includes(process) ? 2 : 1)) broken.push(`${process} was ${what} ${count} times`);
  const leftCount = roll.blacklistLeftCount ?? 0;
  if (blacklistCount !== leftCount)
    broken.push(`${blacklistCount} DBServers are on the leader blacklist at the end; ${leftCount} should be`);
  if (roll.isFinished) {
    expectAllNew("the roll ended");
    if (!isPromoted) broken.push("the roll ended without a promotion (A1)");
    if (!isCatalogNew) broken.push("the roll ended without the BSQL catalog (B2)");
  }
  return broken;
}
