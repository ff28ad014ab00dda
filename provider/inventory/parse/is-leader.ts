// `/api/v1/is-leader`, answered by the asked MServer itself. The status counts here, and a bare 503 arrives as a
// connection that closes without a whole answer. That somebody answered at all says nothing about health.

import { z } from "zod";
import { NOT_LEADER_STATUS } from "../../dialect/page-errors";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { LeaderAnswer } from "../../model/pages";
import type { HttpAnswer } from "../../ports";
import { excerpt } from "./excerpt";
import { readJson } from "./read-json";

const leaderSchema = z.object({ STATUS: z.literal("OK") });

export function parseIsLeader(answer: HttpAnswer): Parsed<LeaderAnswer> {
  switch (answer.kind) {
    case "closed":
      return parsed("not_leader");
    case "refused":
      return unparsed("nobody listens there");
    case "timeout":
      return unparsed(`no answer within ${answer.afterMs} ms`);
    case "failed":
      return unparsed(excerpt(answer.message));
    case "answer":
      return parseAnswer(answer.status, answer.body);
  }
}

function parseAnswer(status: number, body: string): Parsed<LeaderAnswer> {
  if (status === NOT_LEADER_STATUS) return parsed("not_leader");
  if (status === 404 || /^\s*Error 404\b/i.test(body)) return parsed("no_such_page");
  if (status !== 200) return unparsed(`status ${status}: ${excerpt(body)}`);
  const page = readJson(body, leaderSchema);
  return page.ok ? parsed("leader") : page;
}
