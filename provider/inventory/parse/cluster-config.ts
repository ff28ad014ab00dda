// `/api/v1/cluster-config`: blacklists, replication factor, and replication into this cluster. Everything but the
// version and the uuid is left out while unset.

import { z } from "zod";
import { mapParsed, type Parsed } from "../../model/fact";
import type { ClusterConfig, HostPort, XdcrGroup } from "../../model/pages";
import { hostPortSchema, plainHostPort } from "./host-port";
import { readJson, readShape, withKnownNames } from "./read-json";
import { rememberLast } from "./remember-last";

const blacklistSchema = z.object({ hosts: z.array(hostPortSchema).optional() }).optional();

const groupSchema = z.preprocess(
  withKnownNames,
  z.object({
    disable_stream: z.boolean().optional(),
    master_addrs: z.array(hostPortSchema).optional(),
    stream_map: z.union([z.array(z.object({ key: z.string() })), z.record(z.string(), z.unknown())]).optional(),
  }),
);

// The server writes a map as a list of pairs; an object is what it would be anywhere else.
const producerMapSchema = z.union([
  z.array(z.object({ key: z.string().min(1), value: groupSchema })),
  z
    .record(z.string(), groupSchema)
    .transform((groups) => Object.entries(groups).map(([key, value]) => ({ key, value }))),
]);

const pageSchema = z.object({
  version: z.int().min(0),
  cluster_uuid: z.string().min(1),
  replication_info: z
    .looseObject({ live_replicas: z.object({ num_replicas: z.int().min(0).optional() }).optional() })
    .optional(),
  server_blacklist: blacklistSchema,
  leader_blacklist: blacklistSchema,
  consumer_registry: z.object({ producer_map: producerMapSchema.optional() }).optional(),
});

export const parseClusterConfig = rememberLast(
  (body: string): Parsed<ClusterConfig> => mapParsed(readJson(body, pageSchema), toConfig),
);

/** The same document, read from another notation. */
export const shapeClusterConfig = (document: unknown): Parsed<ClusterConfig> =>
  mapParsed(readShape(document, pageSchema), toConfig);

const toConfig = (config: z.infer<typeof pageSchema>): ClusterConfig => ({
  configVersion: config.version,
  clusterUuid: config.cluster_uuid,
  replicationFactor: config.replication_info?.live_replicas?.num_replicas || undefined,
  leaderBlacklist: hostsOf(config.leader_blacklist),
  dataBlacklist: hostsOf(config.server_blacklist),
  xdcrGroups: (config.consumer_registry?.producer_map ?? []).map(toGroup),
});

const hostsOf = (blacklist: z.infer<typeof blacklistSchema>): HostPort[] => (blacklist?.hosts ?? []).map(plainHostPort);

const toGroup = ({ key, value }: { key: string; value: z.infer<typeof groupSchema> }): XdcrGroup => ({
  group: key,
  isPaused: value.disable_stream === true,
  sourceMServers: (value.master_addrs ?? []).map(plainHostPort),
  streamIds: streamIdsOf(value.stream_map),
});

const streamIdsOf = (map: z.infer<typeof groupSchema>["stream_map"]): string[] =>
  Array.isArray(map) ? map.map(({ key }) => key) : Object.keys(map ?? {});
