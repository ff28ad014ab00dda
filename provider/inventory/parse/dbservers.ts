// `/api/v1/tablet-servers`: the DBServers as the leader MServer sees them. After a change of the leader the list
// can be short for some seconds, so it has to be compared with the servers that are expected.

import { z } from "zod";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { DBServerEntry } from "../../model/pages";
import { excerpt } from "./excerpt";
import { parseHostPort } from "./host-port";
import { readJson, withKnownNames } from "./read-json";

const count = z.int().min(0);

const serverSchema = z.preprocess(
  withKnownNames,
  z.object({
    time_since_hb_sec: z.number().min(0),
    status: z.string(),
    uptime_seconds: z.number().min(0),
    zone: z.string().optional(),
    permanent_uuid: z.string().optional(),
    user_tablets_total: count.optional(),
    user_tablets_leaders: count.optional(),
    system_tablets_total: count.optional(),
    system_tablets_leaders: count.optional(),
    active_tablets: count.optional(),
    path_metrics: z
      .array(
        z.object({
          path: z.string(),
          space_used: z.number().min(0),
          total_space_size: z.number().min(0),
        }),
      )
      .optional(),
  }),
);

// Two levels: the uuid of the primary or read-replica cluster (often empty), then `host:port`.
const pageSchema = z
  .record(z.string(), z.record(z.string(), serverSchema))
  .refine((page) => Object.keys(page).length > 0, "it is an empty object");

export function parseDBServers(body: string): Parsed<readonly DBServerEntry[]> {
  const page = readJson(body, pageSchema);
  if (!page.ok) return page;
  const entries: DBServerEntry[] = [];
  for (const [placementUuid, servers] of Object.entries(page.value)) {
    for (const [name, server] of Object.entries(servers)) {
      const address = parseHostPort(name);
      if (address === undefined) return unparsed(`"${excerpt(name, 60)}" is not a host and a port`);
      entries.push(toEntry(address.host, address.port, placementUuid, server));
    }
  }
  return parsed(entries);
}

function toEntry(
  host: string,
  httpPort: number,
  placementUuid: string,
  server: z.infer<typeof serverSchema>,
): DBServerEntry {
  return {
    host,
    httpPort,
    heartbeatAgeSec: server.time_since_hb_sec,
    status: server.status === "ALIVE" || server.status === "DEAD" ? server.status : "UNKNOWN",
    uptimeSec: server.uptime_seconds,
    zone: server.zone,
    uuid: server.permanent_uuid || undefined,
    placementUuid,
    tiles: {
      user: server.user_tablets_total,
      userLeaders: server.user_tablets_leaders,
      system: server.system_tablets_total,
      systemLeaders: server.system_tablets_leaders,
      active: server.active_tablets,
    },
    paths: (server.path_metrics ?? []).map((path) => ({
      path: path.path,
      usedBytes: path.space_used,
      totalBytes: path.total_space_size,
    })),
    isBlacklisted: undefined,
    isLeaderBlacklisted: undefined,
  };
}
