import { z } from "zod";
import type { SandboxHost, SandboxRole } from "../types";
import { httpGet } from "./http-get";
import { PORTS } from "./layout";

// The sandbox as its own reader sees it: just enough of BMDB's pages for `up` and `status`.

const versionSchema = z.looseObject({ version_number: z.string() });
const masterSchema = z.looseObject({
  role: z.string().optional(),
  registration: z
    .looseObject({ private_rpc_addresses: z.array(z.looseObject({ host: z.string() })).optional() })
    .optional(),
});
const mastersSchema = z.looseObject({
  masters: z.array(masterSchema).optional(),
  mservers: z.array(masterSchema).optional(),
});
const dbserversSchema = z.record(z.string(), z.record(z.string(), z.looseObject({ status: z.string() })));
const healthSchema = z.looseObject({
  dead_nodes: z.array(z.unknown()),
  under_replicated_tablets: z.array(z.unknown()).optional(),
});

/** A page that said what it should, or why it did not. */
export type Seen<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

async function read<T>(url: string, schema: z.ZodType<T>): Promise<Seen<T>> {
  const page = await httpGet(url);
  if (page.kind === "none") return { ok: false, why: `${url}: ${page.reason}` };
  try {
    return { ok: true, value: schema.parse(JSON.parse(page.body)) };
  } catch {
    return { ok: false, why: `${url}: ${page.body.slice(0, 200)}` };
  }
}

export const pagesUrl = (address: string, role: SandboxRole): string => `http://${address}:${PORTS[role].web}`;

export async function readVersion(host: SandboxHost, role: SandboxRole): Promise<Seen<string>> {
  const seen = await read(`${pagesUrl(host.address, role)}/api/v1/version`, versionSchema);
  return seen.ok ? { ok: true, value: seen.value.version_number } : seen;
}

/** Address → role, as the asked MServer tells it. */
export async function readMServerRoles(host: SandboxHost): Promise<Seen<ReadonlyMap<string, string>>> {
  const seen = await read(`${pagesUrl(host.address, "mserver")}/api/v1/masters`, mastersSchema);
  if (!seen.ok) return seen;
  const entries = seen.value.masters ?? seen.value.mservers ?? [];
  return {
    ok: true,
    value: new Map(
      entries.map((entry) => [
        entry.registration?.private_rpc_addresses?.[0]?.host ?? "?",
        entry.role ?? "UNREACHABLE",
      ]),
    ),
  };
}

/** Address → ALIVE or DEAD. */
export async function readDBServerStatuses(host: SandboxHost): Promise<Seen<ReadonlyMap<string, string>>> {
  const seen = await read(`${pagesUrl(host.address, "mserver")}/api/v1/tablet-servers`, dbserversSchema);
  if (!seen.ok) return seen;
  const entries = Object.values(seen.value).flatMap((group) => Object.entries(group));
  return {
    ok: true,
    value: new Map(entries.map(([address, facts]) => [address.split(":")[0] ?? address, facts.status])),
  };
}

/** What the health check complains about; empty when it is clean. */
export async function readHealthTroubles(host: SandboxHost): Promise<Seen<string[]>> {
  const seen = await read(`${pagesUrl(host.address, "mserver")}/api/v1/health-check`, healthSchema);
  if (!seen.ok) return seen;
  const { dead_nodes: dead, under_replicated_tablets: under = [] } = seen.value;
  const troubles = [
    ...(dead.length > 0 ? [`${dead.length} dead nodes`] : []),
    ...(under.length > 0 ? [`${under.length} under-replicated tiles`] : []),
  ];
  return { ok: true, value: troubles };
}
