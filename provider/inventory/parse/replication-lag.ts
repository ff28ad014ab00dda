// `/metrics?metrics=async_replication_committed_lag_micros` of a source's DBServer: how far targets are behind it.

import { REPLICATION_LAG_METRIC } from "../../dialect/fields";
import { mapParsed, type Parsed } from "../../model/fact";
import { parseMetrics } from "./metrics";

/** In milliseconds; undefined where no target reads from this DBServer. */
export const parseReplicationLag = (body: string): Parsed<number | undefined> =>
  mapParsed(parseMetrics(body, REPLICATION_LAG_METRIC), (metrics) =>
    metrics.length === 0 ? undefined : Math.max(...metrics.map(({ value }) => value)) / 1000,
  );
