// A DBServer without its sockets: the state machine, its pages and its requests. `bin/dbserver` puts it behind ports, a
// cluster in memory calls it.

import { Dbserver, type DbserverState } from "../cluster/dbserver";
import type { DbserverRequest } from "../cluster/requests";
import { buildDbserverPages, buildStreamMetrics, buildTileMetrics } from "./pages/dbserver-pages";
import { buildDefaultPages } from "./pages/default-pages";
import type { BuiltServer, ServerContext } from "./server-process";
import { readClockSkewMicros } from "./skew";
import { listShownFlags } from "./varz";

export function buildDbserver(context: ServerContext<DbserverState>): BuiltServer {
  const { flag, release, rpc, nowMs: readNow } = context;
  const hasBsql = flag("enable_bsql") === "true";
  const startedAtMs = readNow();
  const listed = flag("dbserver_mserver_addrs").split(",");
  const mservers = listed.filter((address) => address !== "");
  if (mservers.length === 0) {
    const text = "Invalid argument (bm/server/server_base_options.cc:260): No masters specified";
    context.ports.fatal("tablet_server_main.cc:248", text);
  }
  const machine = new Dbserver(
    {
      rpc: rpc.address,
      http: context.http.address,
      mservers,
      cloud: flag("placement_cloud"),
      region: flag("placement_region"),
      zone: flag("placement_zone"),
      version: release.metadata.version_number,
      autoFlags: release.autoFlags,
      ...(hasBsql ? { bsqlCatalogVersion: release.bsqlCatalogVersion } : {}),
      ramBytes: context.ramBytes,
    },
    context.stored,
    context.timers,
    context.ports,
    startedAtMs,
  );
  const defaults = buildDefaultPages({
    metadata: release.metadata,
    flags: () => listShownFlags(context.flags, "dbserver", release.autoFlags, machine.autoFlags),
    metrics: () => {
      const nowMs = readNow();
      const server = { name: "server_uptime_ms", value: nowMs - startedAtMs };
      const skew = { name: "hybrid_clock_skew", value: readClockSkewMicros(context.ports.faults) };
      return [
        { type: "server", id: "bm.tabletserver", attributes: {}, metrics: [server, skew] },
        ...buildTileMetrics(machine, nowMs),
        ...buildStreamMetrics(machine, nowMs),
      ];
    },
  });
  return {
    machine,
    pages: new Map([...defaults, ...buildDbserverPages(machine, readNow)]),
    request: (nowMs, request, respond) => machine.request(nowMs, request as DbserverRequest, respond),
  };
}
