// `/api/v1/varz`: the flags of a process, with who set them.

import { z } from "zod";
import { type Parsed, parsed } from "../../model/fact";
import type { Flags } from "../../model/pages";
import { readJson } from "./read-json";
import { rememberLast } from "./remember-last";

const flagSchema = z.object({ name: z.string().min(1), value: z.string(), type: z.string().optional() });
const pageSchema = z.object({ flags: z.array(flagSchema).min(1) });

export const parseFlagsJson = rememberLast((body: string): Parsed<Flags> => {
  const page = readJson(body, pageSchema);
  if (!page.ok) return page;
  return parsed(new Map(page.value.flags.map(({ name, value, type }) => [name, { value, type }])));
});
