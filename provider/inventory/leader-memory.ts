// Not a judgement: how often in a row, and for how long, the same life of the same MServer was seen leading.
//
// One that crashed and was elected again knows as little as any new leader, though its uuid is the old one.

import type { Fact } from "../model/fact";
import { factOf, unparsed } from "../model/fact";
import type { LeaderReading } from "../model/inventory";
import type { MServerEntry } from "../model/pages";
import { mapFact } from "./map-fact";

/** Which MServer led in earlier readings of the same run. Written by `readLeader`. */
export interface LeaderMemory {
  uuid: string | undefined;
  startTimeUs: number | undefined;
  readingCount: number;
  sinceMs: number;
  /** When it was last read. */
  atMs: number;
}

export const forgetfulLeaderMemory = (): LeaderMemory => ({
  uuid: undefined,
  startTimeUs: undefined,
  readingCount: 0,
  sinceMs: 0,
  atMs: 0,
});

export interface LeaderQuestion {
  readonly mservers: Fact<readonly MServerEntry[]>;
  readonly nowMs: number;
  /** After a longer silence than this, a leader that does not tell its start is not taken for the one from before. */
  readonly gapMsMax: number;
}

/** The HTML page tells uptimes in whole seconds. */
const UPTIME_RESOLUTION_MS = 1_000;

export function readLeader({ mservers, nowMs, gapMsMax }: LeaderQuestion, memory: LeaderMemory): Fact<LeaderReading> {
  const leaders = mservers.known ? mservers.value.filter((entry) => entry.role === "LEADER") : [];
  const leader = leaders.length === 1 ? leaders[0] : undefined;
  if (leader === undefined || leader.uuid !== memory.uuid || !isSameLife(leader, memory, nowMs, gapMsMax)) {
    memory.uuid = leader?.uuid;
    memory.readingCount = 0;
    memory.sinceMs = nowMs;
  }
  memory.startTimeUs = leader?.startTimeUs;
  memory.atMs = nowMs;
  memory.readingCount += 1;
  if (leader === undefined) return factOf(unparsed("no MServer leads alone"), mservers.from, mservers.atMs);
  const { readingCount, sinceMs } = memory;
  return mapFact(mservers, () => ({ uuid: leader.uuid, readingCount, forMs: nowMs - sinceMs }));
}

function isSameLife(
  { startTimeUs, uptimeSec }: MServerEntry,
  memory: LeaderMemory,
  nowMs: number,
  gapMsMax: number,
): boolean {
  if (startTimeUs !== undefined && memory.startTimeUs !== undefined) return startTimeUs === memory.startTimeUs;
  // Up for as long as we know it: it did not start in between.
  if (uptimeSec !== undefined) return uptimeSec * 1000 + UPTIME_RESOLUTION_MS >= nowMs - memory.sinceMs;
  return nowMs - memory.atMs <= gapMsMax;
}
