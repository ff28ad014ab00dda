// `/metrics`: a list of entities, each with named numbers. Histograms have no `value` and are passed over.

import { z } from "zod";
import { type Parsed, parsed } from "../../model/fact";
import { readJson } from "./read-json";

export interface Metric {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly value: number;
}

const entitySchema = z.looseObject({
  type: z.string(),
  id: z.string(),
  metrics: z.array(z.looseObject({ name: z.string(), value: z.unknown().optional() })).optional(),
});

/** Every value named `name`. The server filters by a part of the name, so more may come than was asked for. */
export function parseMetrics(body: string, name: string): Parsed<readonly Metric[]> {
  const page = readJson(body, z.array(entitySchema));
  if (!page.ok) return page;
  return parsed(
    page.value.flatMap(({ type, id, metrics }) =>
      (metrics ?? []).flatMap((metric) =>
        metric.name === name && typeof metric.value === "number" ? [{ type, id, name, value: metric.value }] : [],
      ),
    ),
  );
}
