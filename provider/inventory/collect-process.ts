// What one process says of itself, and what its host says of it.

import { FOLLOWER_LAG_JSON, VERSION_JSON } from "../dialect/pages";
import type { ProcessId } from "../model/desired";
import { type Fact, factOf, parsed, unparsed } from "../model/fact";
import type { ProcessFacts } from "../model/inventory";
import type { Flags } from "../model/pages";
import type { HttpAnswer } from "../ports";
import { type Asking, askPage } from "./ask-page";
import type { HostView } from "./collect-host";
import { mapFact } from "./map-fact";
import { parseFollowerLag } from "./parse/follower-lag";
import { parseProcessVersion } from "./parse/process-version";

export async function collectProcess(
  asking: Asking,
  id: ProcessId,
  base: string,
  host: Promise<HostView> | undefined,
  flags: Promise<Fact<Flags>> | undefined,
): Promise<ProcessFacts> {
  const notAsked = <T>(): Fact<T> =>
    factOf(unparsed<T>("its host was not asked this time"), id.node, asking.clock.nowMs());
  const [answer, lag, flagFacts, view] = await Promise.all([
    asking.pages.get(base + VERSION_JSON, { timeoutMs: asking.timeoutMs }),
    id.role === "dbserver" ? askPage(asking, base + FOLLOWER_LAG_JSON, parseFollowerLag) : undefined,
    flags,
    host,
  ]);
  const atMs = asking.clock.nowMs();
  return {
    id,
    isAnswering: factOf(readPresence(answer), base, atMs),
    version: mapFact(factOf(readVersion(answer), base, atMs), (value) => value.release),
    running: view?.running[id.role] ?? notAsked(),
    // No replica named is not "no lag": a process that has just started names none either.
    followerLagMsMax: lag === undefined ? notAsked() : mapFact(lag, (value) => value.maxMs),
    lastActVersion: view?.lastActVersion[id.role] ?? notAsked(),
    staged: view?.staged ?? notAsked(),
    flags: flagFacts ?? notAsked(),
  };
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
