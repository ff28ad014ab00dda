// `get_leader_blacklist_completion`: how far a DBServer has given its tile leaders away.

import { BLACKLIST_COMPLETION } from "../../dialect/bm-admin";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { CommandResult } from "../../ports";
import { hasSucceeded, parseFailure } from "./bm-admin";

export interface BlacklistCompletion {
  readonly percent: number;
  readonly remainingCount: number;
  readonly totalCount: number;
}

export function parseBlacklistCompletion(result: CommandResult): Parsed<BlacklistCompletion> {
  const match = hasSucceeded(result) ? BLACKLIST_COMPLETION.exec(result.stdout) : null;
  const [percent, remainingCount, totalCount] = (match ?? []).slice(1).map(Number);
  if (percent === undefined || remainingCount === undefined || totalCount === undefined || !(percent <= 100))
    return unparsed(parseFailure(result).why);
  return parsed({ percent, remainingCount, totalCount });
}
