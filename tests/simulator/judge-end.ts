// What must hold when a run has ended by itself: nothing of ours is left behind, and the saved state tells the truth.

import { renderHostPort } from "../../sandbox/cluster/cluster-document";
import type { Oracle } from "./oracle";
import type { StartedRun } from "./stack";
import { nameOf, type Truth } from "./truth";

export interface EndFacts {
  readonly truth: Truth;
  readonly oracle: Oracle;
  /** No other run goes on that may have something in hand. */
  readonly isAlone: boolean;
  readonly blacklistedByPerson: ReadonlySet<string>;
  readonly graceMs: number;
}

export function checkEnd(run: StartedRun, facts: EndFacts): void {
  const { truth, oracle } = facts;
  const { failure = "", saved } = run.end ?? {};
  const listed = (truth.document()?.config.leaderBlacklist ?? []).map(renderHostPort);
  const ours = listed.filter((address) => !facts.blacklistedByPerson.has(address));
  // A run that was refused before it began has had nothing in hand.
  if (facts.isAlone && saved !== undefined && ours.length > 0 && !failure.includes("on the leader blacklist"))
    oracle.complain("the blacklist is empty", `${ours.join()} is left on it, and nothing says so`);
  if (saved === undefined) return;
  const processes = saved["processes"];
  if (typeof processes !== "object" || processes === null) return;
  for (const declared of truth.declared) {
    const name = nameOf(declared);
    const told = (processes as Record<string, unknown>)[name];
    if (typeof told !== "string") oracle.complain("the state tells the truth", `it says nothing of ${name}`);
    else if (/^\d/.test(told) && !truth.hadVersion(declared, told.replace(/-b\d+$/, ""), facts.graceMs))
      oracle.complain(
        "the state tells the truth",
        `it says ${told} of ${name}, which runs ${truth.versionOf(declared)}`,
      );
    else if (told === "down" && truth.wrongFor(`down ${name}`) < 0 && failure === "")
      oracle.complain("the state tells the truth", `it says that ${name} is down`);
  }
  const { version } = saved;
  const isWhole = truth.declared.every((declared) => truth.hadVersion(declared, run.version, facts.graceMs));
  if (version === run.version && !isWhole)
    oracle.complain("the state tells the truth", `it says ${version} of a cluster that is not wholly on it`);
}
