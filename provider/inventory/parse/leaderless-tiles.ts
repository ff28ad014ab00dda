// `/api/v1/tablet-replication`: tiles without a leader.

import { z } from "zod";
import { type Parsed, parsed } from "../../model/fact";
import type { NamedTile } from "../../model/pages";
import { namedTileSchema, toNamedTile } from "./named-tiles";
import { readJson, withKnownNames } from "./read-json";

const pageSchema = z.preprocess(withKnownNames, z.object({ leaderless_tablets: z.array(namedTileSchema) }));

export function parseLeaderlessTiles(body: string): Parsed<readonly NamedTile[]> {
  const page = readJson(body, pageSchema);
  return page.ok ? parsed(page.value.leaderless_tablets.map(toNamedTile)) : page;
}
