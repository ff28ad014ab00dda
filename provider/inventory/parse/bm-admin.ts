// What came of a bm-admin command. Its exit code is 0 or 1 and nothing else, so success takes both: exit 0 and the
// text of success, without a text of failure beside it. Everything else is a failure; its text tells which kind.

import {
  CONFLICTS,
  FAILED,
  LASTING,
  NO_LEADER_CONNECTION,
  PASSING,
  PROMOTE,
  UNANSWERED,
  UPGRADE_BSQL,
  USAGE,
} from "../../dialect/bm-admin";
import type { CommandResult } from "../../ports";
import { excerpt } from "./excerpt";

export type PromoteOutcome =
  | { readonly kind: "promoted"; readonly configVersion: number | undefined; readonly restartNeeded: boolean }
  | { readonly kind: "nothing_to_promote" }
  /** AutoFlags management is switched off, or this bm-admin does not know the operation. */
  | { readonly kind: "unsupported"; readonly why: string }
  | BmAdminFailure;

export interface BmAdminFailure {
  readonly kind: "failed";
  /** Worth asking again: the cause passes by itself. */
  readonly isTransient: boolean;
  readonly why: string;
}

export type UpgradeBsqlOutcome =
  | { readonly kind: "upgraded" }
  | { readonly kind: "not_needed" }
  /** The client gave up; the server goes on. Running it again is safe (spec B4). */
  | { readonly kind: "timed_out"; readonly why: string }
  | { readonly kind: "transient"; readonly why: string }
  | { readonly kind: "permanent"; readonly why: string };

export function parsePromoteOutcome(result: CommandResult): PromoteOutcome {
  const said = textOf(result);
  if (hasSucceeded(result)) {
    const isPromoted = PROMOTE.promoted.test(result.stdout);
    const isNothing = PROMOTE.nothingToPromote.test(result.stdout);
    if (isPromoted && !isNothing) {
      const version = PROMOTE.configVersion.exec(result.stdout)?.[1];
      return {
        kind: "promoted",
        configVersion: version === undefined ? undefined : Number(version),
        restartNeeded: PROMOTE.restartNeeded.test(result.stdout),
      };
    }
    if (isNothing && !isPromoted) return { kind: "nothing_to_promote" };
  }
  if (PROMOTE.unsupported.test(said)) return { kind: "unsupported", why: describe(result) };
  return parseFailure(result);
}

export function parseUpgradeBsqlOutcome(result: CommandResult): UpgradeBsqlOutcome {
  if (hasSucceeded(result)) {
    const isUpgraded = UPGRADE_BSQL.upgraded.test(result.stdout);
    const isNotNeeded = UPGRADE_BSQL.notNeeded.test(result.stdout);
    if (isUpgraded !== isNotNeeded) return { kind: isUpgraded ? "upgraded" : "not_needed" };
  }
  const said = textOf(result);
  const failure = parseFailure(result);
  // Without a leader nothing was begun, so that time-out is not one of the upgrade.
  if (failure.isTransient && UPGRADE_BSQL.timedOut.test(said) && !NO_LEADER_CONNECTION.test(said))
    return { kind: "timed_out", why: failure.why };
  return { kind: failure.isTransient ? "transient" : "permanent", why: failure.why };
}

/** For operations that print nothing on success. Undefined: it succeeded. */
export const parseQuietFailure = (result: CommandResult): BmAdminFailure | undefined =>
  hasSucceeded(result) ? undefined : parseFailure(result);

/** Of a result that is known to be no success. */
export function parseFailure(result: CommandResult): BmAdminFailure {
  const said = textOf(result);
  const isLasting = USAGE.test(said) || LASTING.some((pattern) => pattern.test(said));
  // Ended by a signal: it was interrupted, and what it asked for may have been done.
  const isPassing = result.code === null || [...CONFLICTS, ...PASSING].some((pattern) => pattern.test(said));
  return { kind: "failed", isTransient: isPassing && !isLasting, why: describe(result) };
}

/** Of a failed change: nobody answered, so that it may have been made all the same. */
export const isUnanswered = (result: CommandResult): boolean =>
  result.code === null ||
  hasSucceeded(result) ||
  (UNANSWERED.test(textOf(result)) && !NO_LEADER_CONNECTION.test(textOf(result)));

/** Not yet the success of an operation: that takes its text as well. */
export const hasSucceeded = (result: CommandResult): boolean => result.code === 0 && !FAILED.test(textOf(result));

// Without empty lines: looking for the beginning of a line among very many of them takes the square of their number.
const textOf = ({ stdout, stderr }: CommandResult): string =>
  `${stdout}\n${stderr}`
    .slice(0, 100_000)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .join("\n")
    .replaceAll("\r", "");

function describe(result: CommandResult): string {
  const lines = textOf(result).split("\n");
  const telling = lines.find((line) => FAILED.test(line)) ?? lines.find((line) => line.trim() !== "");
  const ending = result.code === null ? `ended by signal ${result.signal ?? "?"}` : `exit ${result.code}`;
  const text = telling === undefined ? "" : excerpt(telling, 400);
  return text === "" ? `bm-admin said nothing (${ending})` : `${text} (${ending})`;
}
