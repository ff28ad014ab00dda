// `/api/v1/masters`: the MServers, each with its own view of its role. Answered by the asked MServer itself.

import { z } from "zod";
import { type Parsed, parsed } from "../../model/fact";
import type { MServerEntry } from "../../model/pages";
import { excerpt } from "./excerpt";
import { hostPortSchema, plainHostPort } from "./host-port";
import { readJson, withKnownNames } from "./read-json";
import { rememberLast } from "./remember-last";

const entrySchema = z.object({
  error: z.object({ code: z.string().optional(), message: z.string().optional() }).optional(),
  instance_id: z.object({ permanent_uuid: z.string().min(1), start_time_us: z.number().min(0).optional() }),
  registration: z.object({
    private_rpc_addresses: z.tuple([hostPortSchema], hostPortSchema),
    http_addresses: z.array(hostPortSchema).optional(),
    broadcast_addresses: z.array(hostPortSchema).optional(),
  }),
  role: z
    .string()
    .regex(/^[A-Z_]{1,40}$/)
    .optional(),
});

// An empty list is no answer: a cluster has at least the MServer that was asked.
const pageSchema = z.preprocess(withKnownNames, z.object({ masters: z.array(entrySchema).min(1) }));

export const parseMServers = rememberLast((body: string): Parsed<readonly MServerEntry[]> => {
  const page = readJson(body, pageSchema);
  return page.ok ? parsed(page.value.masters.map(toEntry)) : page;
});

function toEntry({ error, instance_id, registration, role }: z.infer<typeof entrySchema>): MServerEntry {
  const [rpc, ...others] = registration.private_rpc_addresses;
  return {
    host: rpc.host,
    rpcPort: rpc.port,
    httpPort: registration.http_addresses?.[0]?.port,
    addresses: [rpc, ...others, ...(registration.broadcast_addresses ?? [])].map(plainHostPort),
    uuid: instance_id.permanent_uuid,
    startTimeUs: instance_id.start_time_us || undefined,
    uptimeSec: undefined,
    role,
    error: error && (excerpt([error.code, error.message].filter(Boolean).join(": ")) || "no reason given"),
  };
}
