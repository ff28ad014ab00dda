// `/api/v1/health-check` of an MServer. A DBServer has a page of the same name and another content.

import { z } from "zod";
import { type Parsed, parsed } from "../../model/fact";
import type { HealthCheck } from "../../model/pages";
import { readJson, showJson, withKnownNames } from "./read-json";
import { rememberLast } from "./remember-last";

const ids = z.array(z.string().min(1));

const pageSchema = z.preprocess(
  withKnownNames,
  z.object({
    dead_nodes: ids,
    most_recent_uptime: z.number().min(0),
    under_replicated_tablets: ids,
    error: z.array(z.unknown()).nullish(),
  }),
);

export const parseHealthCheck = rememberLast((body: string): Parsed<HealthCheck> => {
  const page = readJson(body, pageSchema);
  if (!page.ok) return page;
  const { dead_nodes, most_recent_uptime, under_replicated_tablets, error } = page.value;
  return parsed({
    deadDBServers: dead_nodes,
    tilesUnderReplicated: under_replicated_tablets,
    // The smallest uptime of no DBServer at all is told as 2^64-1.
    mostRecentUptimeSec: most_recent_uptime <= Number.MAX_SAFE_INTEGER ? most_recent_uptime : undefined,
    leftOut: error && error.length > 0 ? showJson(error) : undefined,
  });
});
