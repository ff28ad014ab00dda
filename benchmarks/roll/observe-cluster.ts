// Sees for itself when the cluster is whole again after each restart, so that nobody's own polling counts as the cluster's time.
// Reads the sandbox's event log, and two pages of an MServer while a process is on its way back; nothing in between.

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { httpGet } from "../../sandbox/hosts/http-get";
import type { Sandbox, SandboxEvent } from "../../sandbox/types";
import type { Observed, ProcessTruth } from "./measure";

const POLL_MS = 100;

export interface Observer {
  /** The last start of each process since the observer began, and the commands that hosts were sent. */
  stop(): Promise<Observed>;
}

const serverSchema = z.looseObject({ status: z.string(), time_since_hb_sec: z.number(), active_tablets: z.number() });
const serversSchema = z.record(z.string(), z.record(z.string(), serverSchema));
const healthSchema = z.looseObject({
  dead_nodes: z.array(z.unknown()),
  under_replicated_tablets: z.array(z.unknown()),
});
const mastersSchema = z.looseObject({ masters: z.array(z.looseObject({ role: z.string().optional() })) });

export async function observeCluster(sandbox: Sandbox): Promise<Observer> {
  const tilesBefore = await countTiles(sandbox);
  const truths = new Map<string, ProcessTruth>();
  const before = (await sandbox.events()).length;
  let seen = before;
  let stopped = false;
  const watch = async () => {
    while (!stopped) {
      const events = await sandbox.events();
      for (const event of events.slice(seen).filter((each) => each.event === "process_serving")) {
        const wholeAtMs = await waitUntilWhole(sandbox, event, tilesBefore, () => stopped);
        truths.set(`${event.role} ${event.host}`, { servingAtMs: event.atMs, wholeAtMs });
      }
      seen = events.length;
      await sleep(POLL_MS);
    }
  };
  const watching = watch();
  watching.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await watching;
      const commands = (await sandbox.events()).slice(before).filter((event) => event.event === "command");
      return { truths, commandsAtMs: commands.map((event) => event.atMs) };
    },
  };
}

type Tiles = ReadonlyMap<string, number>;

async function waitUntilWhole(
  sandbox: Sandbox,
  event: SandboxEvent,
  tilesBefore: Tiles,
  isStopped: () => boolean,
): Promise<number> {
  const host = sandbox.hosts.find((each) => each.name === event.host);
  const dbserver = event.role === "dbserver" ? `${host?.address}:9000` : undefined;
  for (;;) {
    const atMs = Date.now();
    if (isStopped() || (await isWhole(sandbox, dbserver, tilesBefore, atMs - event.atMs))) return atMs;
    await sleep(POLL_MS);
  }
}

async function isWhole(
  sandbox: Sandbox,
  dbserver: string | undefined,
  tilesBefore: Tiles,
  upMs: number,
): Promise<boolean> {
  if (dbserver === undefined) {
    const masters = (await ask(sandbox, "masters", mastersSchema))?.masters ?? [];
    const roles = masters.map((each) => each.role);
    return roles.every((role) => role !== undefined) && roles.filter((role) => role === "LEADER").length === 1;
  }
  const health = await ask(sandbox, "health-check", healthSchema);
  if (health === undefined || health.dead_nodes.length + health.under_replicated_tablets.length > 0) return false;
  const own = Object.values((await ask(sandbox, "tablet-servers", serversSchema)) ?? {})[0]?.[dbserver];
  if (own === undefined || own.status !== "ALIVE" || own.time_since_hb_sec * 1000 >= upMs) return false;
  return own.active_tablets >= (tilesBefore.get(dbserver) ?? 0);
}

async function countTiles(sandbox: Sandbox): Promise<Tiles> {
  const groups = await ask(sandbox, "tablet-servers", serversSchema);
  return new Map(
    Object.values(groups ?? {}).flatMap((group) =>
      Object.entries(group).map(([address, server]): [string, number] => [address, server.active_tablets]),
    ),
  );
}

/** Of the first MServer that answers usefully. */
async function ask<T>(sandbox: Sandbox, page: string, schema: z.ZodType<T>): Promise<T | undefined> {
  for (const host of sandbox.hosts.filter((each) => each.roles.includes("mserver"))) {
    const answer = await httpGet(`http://${host.address}:10000/api/v1/${page}`);
    if (answer.kind !== "page") continue;
    try {
      return schema.parse(JSON.parse(answer.body));
    } catch {
      // It says an error; the next one may know better.
    }
  }
  return undefined;
}
