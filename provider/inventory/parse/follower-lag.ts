// `/metrics?metrics=follower_lag_ms` of a DBServer: how far its replicas are behind their leaders.

import { FOLLOWER_LAG_METRIC, TILE_ENTITY_TYPES } from "../../dialect/fields";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { FollowerLag } from "../../model/pages";
import { excerpt } from "./excerpt";
import { parseMetrics } from "./metrics";

export function parseFollowerLag(body: string): Parsed<FollowerLag> {
  const metrics = parseMetrics(body, FOLLOWER_LAG_METRIC);
  if (!metrics.ok) return metrics;
  const msByTile = new Map<string, number>();
  let maxMs: number | undefined;
  for (const { type, id, value } of metrics.value) {
    if (!TILE_ENTITY_TYPES.includes(type)) continue;
    if (value < 0) return unparsed(`the lag of tile ${excerpt(id, 60)} is ${value} ms`);
    msByTile.set(id, Math.max(value, msByTile.get(id) ?? 0));
    maxMs = Math.max(value, maxMs ?? 0);
  }
  return parsed({ maxMs, tileCount: msByTile.size, msByTile });
}
