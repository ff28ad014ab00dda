// What one process says of itself, and what its host says of it.

import { FOLLOWER_LAG_JSON, HEALTH_CHECK_JSON, VERSION_JSON } from "../dialect/pages";
import type { ProcessId } from "../model/desired";
import { type Fact, factOf, mapParsed, overSsh, type Parsed, parsed, unparsed } from "../model/fact";
import type { RunningProcess } from "../model/host-facts";
import type { ProcessFacts } from "../model/inventory";
import type { Flags } from "../model/pages";
import type { HttpAnswer } from "../ports";
import { type Asking, askPage, isMissingPage, readAnswer } from "./ask-page";
import type { HostView } from "./collect-host";
import { mapFact } from "./map-fact";
import { parseDBServerHealth } from "./parse/dbserver-health";
import { parseFollowerLag } from "./parse/follower-lag";
import { parseProcessVersion } from "./parse/process-version";

export interface ProcessQuestion {
  readonly asking: Asking;
  readonly id: ProcessId;
  /** Of its pages. */
  readonly base: string;
  /** What its host shows; undefined when that is not asked this time. `isOnlyProof`: no page tells its version. */
  readonly viewOf: (isOnlyProof: boolean) => Promise<HostView> | undefined;
  readonly flags: Promise<Fact<Flags>> | undefined;
}

export async function collectProcess({ asking, id, base, viewOf, flags }: ProcessQuestion): Promise<ProcessFacts> {
  const notAsked = <T>(): Fact<T> =>
    factOf(unparsed<T>("its host was not asked this time"), id.node, asking.clock.nowMs());
  const askVersion = async () => {
    const answer = await asking.pages.get(base + VERSION_JSON, { timeoutMs: asking.timeoutMs });
    return { answer, view: await viewOf(isMissingPage(answer)) };
  };
  const [{ answer, view }, lag, failedTiles, flagFacts] = await Promise.all([
    askVersion(),
    askPage(asking, base + FOLLOWER_LAG_JSON, parseFollowerLag),
    id.role === "dbserver" ? askFailedTiles(asking, base + HEALTH_CHECK_JSON) : undefined,
    flags,
  ]);
  const atMs = asking.clock.nowMs();
  const running = view?.running[id.role] ?? notAsked<RunningProcess | null>();
  return {
    id,
    isAnswering: factOf(readPresence(answer), base, atMs),
    version: isMissingPage(answer)
      ? factOf(readReleaseOf(running), overSsh(id.node), running.atMs)
      : mapFact(factOf(readVersion(answer), base, atMs), (value) => value.release),
    running,
    // No replica named is not "no lag": a process that has just started names none either.
    followerLagMsMax: mapFact(lag, (value) => value.maxMs),
    tileCount: mapFact(lag, (value) => value.tileCount),
    failedTiles: failedTiles ?? notAsked(),
    lastActVersion: view?.lastActVersion[id.role] ?? notAsked(),
    staged: view?.staged ?? notAsked(),
    flags: flagFacts ?? notAsked(),
  };
}

async function askFailedTiles(asking: Asking, url: string): Promise<Fact<readonly string[] | null>> {
  const answer = await asking.pages.get(url, { timeoutMs: asking.timeoutMs });
  const said = readAnswer(answer, parseDBServerHealth);
  const failed = isMissingPage(answer) ? parsed(null) : mapParsed(said, (page) => page.failedTiles);
  return factOf<readonly string[] | null>(failed, url, asking.clock.nowMs());
}

/** Of a look at the cluster alone: nothing is known of this process by itself. */
export function leaveOutProcess(asking: Asking, id: ProcessId): ProcessFacts {
  const notAsked = <T>(): Fact<T> => factOf(unparsed<T>("it was not asked this time"), id.node, asking.clock.nowMs());
  return {
    id,
    isAnswering: notAsked(),
    version: notAsked(),
    running: notAsked(),
    followerLagMsMax: notAsked(),
    tileCount: notAsked(),
    failedTiles: notAsked(),
    lastActVersion: notAsked(),
    staged: notAsked(),
    flags: notAsked(),
  };
}

/** The release whose binary runs: a process reads its version from there at its start (settled: "builds without JSON"). */
function readReleaseOf(running: Fact<RunningProcess | null>): Parsed<string> {
  if (!running.known) return unparsed(`it has no page that tells it, and its host does not show it (${running.why})`);
  if (running.value === null) return unparsed("it has no page that tells it, and there is no such process on its host");
  const { releaseVersion, exe } = running.value;
  return releaseVersion === undefined
    ? unparsed(`it has no page that tells it, and ${exe ?? "its binary"} does not belong to a release that tells one`)
    : parsed(releaseVersion);
}

/** A time-out is silence, not an answer: the process may be there. */
function readPresence(answer: HttpAnswer) {
  if (answer.kind === "answer" || answer.kind === "closed") return parsed(true);
  return answer.kind === "refused" ? parsed(false) : unparsed<boolean>(SILENCE[answer.kind]);
}

function readVersion(answer: HttpAnswer) {
  if (answer.kind !== "answer") return unparsed<never>(SILENCE[answer.kind]);
  return answer.status === 200 ? parseProcessVersion(answer.body) : unparsed<never>(`status ${answer.status}`);
}

const SILENCE = {
  refused: "nobody listens on its web port",
  closed: "its web port closes without an answer",
  timeout: "its web port does not answer in time",
  failed: "its web port cannot be reached",
} as const;
