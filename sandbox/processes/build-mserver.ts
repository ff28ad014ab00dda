// An MServer without its sockets: the state machine, its pages and its requests. `bin/mserver` puts it behind ports, a
// cluster in memory calls it.

import { MServer, type MServerState } from "../cluster/mserver";
import type { MServerRequest, RegistrationAnswer } from "../cluster/requests";
import { fetchFromLeader } from "./fetch-from-leader";
import { buildDefaultPages, type MetricEntity } from "./pages/default-pages";
import { collectMServers } from "./pages/masters-view";
import { buildMServerPages } from "./pages/mserver-pages";
import type { BuiltServer, ServerContext } from "./server-process";
import { readClockSkewMicros } from "./skew";
import { listShownFlags } from "./varz";

/** BMDB's own limit for fetching a page from the leader. */
const PROXY_TIMEOUT_MS = 180_000;

const NONE_PROMOTED = { configVersion: 0, promoted: { mserver: [], dbserver: [] } };

export function buildMServer(context: ServerContext<MServerState>): BuiltServer {
  const { flag, release, timers, rpc, client, nowMs } = context;
  const listed = flag("mserver_addresses").split(",");
  const members = listed.filter((address) => address !== "");
  if (members.length > 0 && !members.includes(rpc.address)) {
    const text = `None of the local addresses are present in mserver_addresses ${members.join(",")} (rpc_bind_addresses=${rpc.address})`;
    context.ports.fatal("master_main.cc:133", `Illegal state (bm/master/master.cc:180): ${text}`);
  }
  const dbserversExpected = Number(flag("sandbox_dbservers"));
  const startedAtMs = nowMs();
  const machine = new MServer(
    {
      rpc: rpc.address,
      http: context.http.address,
      members: members.length === 0 ? [rpc.address] : members,
      cloud: flag("placement_cloud"),
      region: flag("placement_region"),
      zone: flag("placement_zone"),
      version: release.metadata.version_number,
      autoFlags: release.autoFlags,
      ...(flag("enable_bsql") === "true" ? { bsqlCatalogVersion: release.bsqlCatalogVersion } : {}),
      replicationFactor: Number(flag("replication_factor")),
      tileCount: Number(flag("sandbox_tiles")),
      ...(dbserversExpected > 0 ? { dbserversExpected } : {}),
    },
    context.stored,
    timers,
    context.ports,
    startedAtMs,
  );
  const ask = (address: string) =>
    client.ask<RegistrationAnswer>(address, { op: "registration" }, timers.masterRpcTimeoutMs);
  const findLeader = async (): Promise<string | undefined> => {
    const { leader } = machine.raft;
    if (leader === undefined || leader === rpc.address) return undefined;
    const answer = await ask(leader);
    return answer.kind === "reply" && answer.reply.ok ? answer.reply.result.registration.http : undefined;
  };
  const proxy = {
    findLeader,
    fetchPage: context.fetchPage,
    timeoutMs: Math.max(2000, PROXY_TIMEOUT_MS * Number(flag("sandbox_time_scale"))),
  };
  const pages = buildMServerPages({
    machine,
    nowMs,
    collectMServers: () =>
      collectMServers({
        self: rpc.address,
        members: machine.config.members,
        answerSelf: () => ({
          registration: machine.registration,
          role: machine.claimedRole(nowMs()),
          members: machine.config.members,
        }),
        knownUuid: (address) => machine.raft.document?.mserverUuids[address] ?? machine.raft.uuids.get(address),
        ask,
      }),
    fetchFromLeader: (request) => fetchFromLeader(proxy, request),
  });
  const defaults = buildDefaultPages({
    metadata: release.metadata,
    flags: () =>
      listShownFlags(context.flags, "mserver", release.autoFlags, machine.raft.document?.autoFlags ?? NONE_PROMOTED),
    metrics: () => buildMetrics(machine, nowMs(), startedAtMs, readClockSkewMicros(context.ports.faults)),
  });
  return {
    machine,
    pages: new Map([...defaults, ...pages]),
    request: (nowMs, request, respond) => machine.request(nowMs, request as MServerRequest, respond),
  };
}

function buildMetrics(machine: MServer, nowMs: number, startedAtMs: number, skewMicros: number): MetricEntity[] {
  const servers = machine.isServing(nowMs) ? machine.registry.list() : [];
  const live = servers.filter((server) => machine.registry.isAlive(nowMs, server)).length;
  return [
    {
      type: "server",
      id: "bm.master",
      attributes: {},
      metrics: [
        { name: "server_uptime_ms", value: nowMs - startedAtMs },
        { name: "hybrid_clock_skew", value: skewMicros },
      ],
    },
    {
      type: "tablet",
      id: "0".repeat(32),
      attributes: { table_name: "sys.catalog", table_id: "sys.catalog.uuid", namespace_name: "" },
      metrics: [
        { name: "follower_lag_ms", value: machine.raft.lagMs(nowMs) },
        { name: "is_raft_leader", value: machine.isLeader ? 1 : 0 },
      ],
    },
    {
      type: "cluster",
      id: "bm.cluster",
      attributes: {},
      metrics: [
        { name: "num_tablet_servers_live", value: live },
        { name: "num_tablet_servers_dead", value: servers.length - live },
        { name: "is_load_balancing_enabled", value: machine.balancer.enabled ? 1 : 0 },
      ],
    },
  ];
}
