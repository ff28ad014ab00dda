// `/api/v1/health-check` of a DBServer. An MServer has a page of the same name and another content.

import { z } from "zod";
import { type Parsed, parsed } from "../../model/fact";
import type { DBServerHealth } from "../../model/pages";
import { readJson, withKnownNames } from "./read-json";
import { rememberLast } from "./remember-last";

const pageSchema = z.preprocess(withKnownNames, z.object({ failed_tablets: z.array(z.string().min(1)) }));

export const parseDBServerHealth = rememberLast((body: string): Parsed<DBServerHealth> => {
  const page = readJson(body, pageSchema);
  return page.ok ? parsed({ failedTiles: page.value.failed_tablets }) : page;
});
