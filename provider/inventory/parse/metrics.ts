// `/metrics`: a list of entities, each with named numbers. Histograms have a count and no `value`, and are passed over.

import { z } from "zod";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import { excerpt } from "./excerpt";
import { readJson } from "./read-json";

export interface Metric {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly value: number;
}

const entitySchema = z.object({
  type: z.string(),
  id: z.string(),
  metrics: z
    .array(z.object({ name: z.string(), value: z.unknown().optional(), total_count: z.unknown().optional() }))
    .optional(),
});
// Made once: making it costs more than reading a page.
const pageSchema = z.array(entitySchema);

/**
 * Every value named `name`. The server filters by a part of the name, so more may come than was asked for. One that has the name and
 * no number makes the answer unusable: it may have been the one that matters.
 */
export function parseMetrics(body: string, name: string): Parsed<readonly Metric[]> {
  const page = readJson(body, pageSchema);
  if (!page.ok) return page;
  for (const { id, metrics } of page.value)
    for (const metric of metrics ?? [])
      if (metric.name === name && typeof metric.value !== "number" && !("total_count" in metric))
        return unparsed(`${name} of ${excerpt(id, 60)} has no number`);
  return parsed(
    page.value.flatMap(({ type, id, metrics }) =>
      (metrics ?? []).flatMap((metric) =>
        metric.name === name && typeof metric.value === "number" ? [{ type, id, name, value: metric.value }] : [],
      ),
    ),
  );
}
