// `/metrics?metrics=server_uptime_ms` of any process: its own word on when it started.

import { SERVER_ENTITY_TYPE, UPTIME_METRIC } from "../../dialect/fields";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import { parseMetrics } from "./metrics";

export function parseServerUptimeMs(body: string): Parsed<number> {
  const metrics = parseMetrics(body, UPTIME_METRIC);
  if (!metrics.ok) return metrics;
  const uptime = metrics.value.find(({ type }) => type === SERVER_ENTITY_TYPE);
  return uptime && uptime.value >= 0 ? parsed(uptime.value) : unparsed(`the answer has no ${UPTIME_METRIC}`);
}
