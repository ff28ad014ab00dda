// `/api/v1/tablet-under-replication`: tiles with fewer replicas than they should have.

import { z } from "zod";
import { type Parsed, parsed } from "../../model/fact";
import type { NamedTile } from "../../model/pages";
import { namedTileSchema, toNamedTile } from "./named-tiles";
import { readJson, withKnownNames } from "./read-json";

const pageSchema = z.preprocess(withKnownNames, z.object({ underreplicated_tablets: z.array(namedTileSchema) }));

export function parseUnderReplicatedTiles(body: string): Parsed<readonly NamedTile[]> {
  const page = readJson(body, pageSchema);
  return page.ok ? parsed(page.value.underreplicated_tablets.map(toNamedTile)) : page;
}
