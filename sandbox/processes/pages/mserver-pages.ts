// The pages of an MServer. Most describe the cluster and are answered by the leader: another MServer fetches them from
// it, on the server side, and passes them on with status 200. There is no redirect.

import type { ClusterDocument, TileConfig } from "../../cluster/cluster-document";
import { countKnownReplicas, countLiveReplicas, listLeaderless, listUnderReplicated } from "../../cluster/judge-tiles";
import type { MServer } from "../../cluster/mserver";
import type { Page, PageAnswer, PageRequest } from "../answer-page";
import { escapeHtml } from "../answer-page";
import { buildXdcrConfig, renderConsumerRegistryProto } from "../xdcr-texts";
import { buildMastersDocument, type MServerView } from "./masters-view";
import {
  renderMasters,
  renderOverview,
  renderTileReplication,
  renderTileServers,
  type TileServerRow,
} from "./mserver-html";
import {
  buildClusterConfigDocument,
  listTileNames,
  renderClusterConfigProto,
  renderHealthCheck,
  renderTileServersDocument,
} from "./mserver-json";

export interface MServerPageFacts {
  readonly machine: MServer;
  nowMs(): number;
  collectMServers(): Promise<MServerView[]>;
  /** The same page as the leader answers it, or why there is none; HTML or text. */
  fetchFromLeader(request: PageRequest): Promise<string>;
}

type LeaderPage = (document: ClusterDocument, nowMs: number, request: PageRequest) => PageAnswer | Promise<PageAnswer>;

const plain = (text: string): PageAnswer => ({ kind: "plain", text });
const styled = (html: string): PageAnswer => ({ kind: "styled", html });

export function buildMServerPages(facts: MServerPageFacts): [string, Page][] {
  const { machine } = facts;
  const minor = Number(machine.config.version.split(".")[1]);
  const isNewer = minor >= 20;

  const ofLeader =
    (kind: "plain" | "styled", page: LeaderPage): Page =>
    async (request) => {
      const nowMs = facts.nowMs();
      const document = machine.raft.document;
      if (machine.isServing(nowMs) && document !== undefined) return page(document, nowMs, request);
      const stale = machine.findStale(nowMs);
      if (stale !== undefined) return page(stale.document, stale.nowMs, request);
      const text = await facts.fetchFromLeader(request);
      return kind === "plain" ? plain(text) : styled(text);
    };
  const tileServers = ofLeader("styled", (document, nowMs) => {
    const { enabled } = machine.balancer;
    const balance = enabled ? (machine.balancer.isBalanced(nowMs, document) ? "balanced" : "unbalanced") : "off";
    return styled(renderTileServers(listRows(machine, nowMs, document), balance));
  });
  const tileServersJson = ofLeader("plain", (document, nowMs) =>
    plain(renderTileServersDocument(listRows(machine, nowMs, document), isNewer)),
  );
  // 2.18 and older count the replicas they know of, dead or not; newer ones those that live.
  const countReplicas = (tile: TileConfig, nowMs: number): number =>
    isNewer ? countLiveReplicas(nowMs, tile, machine.registry, 0) : countKnownReplicas(tile, machine.registry);
  const underReplicated = (document: ClusterDocument, nowMs: number): TileConfig[] =>
    document.tiles.filter((tile) => countReplicas(tile, nowMs) < document.replicationFactor);

  return [
    [
      "/",
      ofLeader("styled", async (document, nowMs) => {
        const overview = renderOverview({
          clusterUuid: document.clusterUuid,
          replicationFactor: document.replicationFactor,
          dbserverCount: machine.registry.list().length,
          userTableCount: new Set(
            document.tiles.filter((tile) => tile.tableName !== "transactions").map((tile) => tile.tableUuid),
          ).size,
          isBalancerEnabled: machine.balancer.enabled,
          isBalanced: machine.balancer.isBalanced(nowMs, document),
          version: machine.config.version,
        });
        return styled(`${overview}\n${renderMasters(await facts.collectMServers(), machine.config.rpc, nowMs)}`);
      }),
    ],
    ["/masters", async () => styled(renderMasters(await facts.collectMServers(), machine.config.rpc, facts.nowMs()))],
    ["/tile-servers", tileServers],
    ["/tablet-servers", tileServers],
    [
      "/tablet-replication",
      ofLeader("styled", (document, nowMs) =>
        styled(
          renderTileReplication(
            listLeaderless(nowMs, document, machine.registry),
            underReplicated(document, nowMs).map((tile) => ({ tile, count: countReplicas(tile, nowMs) })),
          ),
        ),
      ),
    ],
    [
      "/cluster-config",
      ofLeader("styled", (document) =>
        styled(
          `<h1>Current Cluster Config</h1><div class="alert alert-success">Successfully got cluster config!</div><pre class="prettyprint">${escapeHtml(renderClusterConfigProto(document))}</pre>`,
        ),
      ),
    ],
    [
      "/xcluster-config",
      ofLeader("styled", (document) =>
        styled(
          `<h1>Current XCluster Config</h1><div class="alert alert-success">Successfully got xcluster config!</div><pre class="prettyprint">${escapeHtml(renderConsumerRegistryProto(document))}</pre>`,
        ),
      ),
    ],
    ["/api/v1/xcluster-config", ofLeader("plain", (document) => plain(JSON.stringify(buildXdcrConfig(document))))],
    ["/api/v1/masters", async () => plain(JSON.stringify(buildMastersDocument(await facts.collectMServers())))],
    ["/api/v1/is-leader", () => (isLeader(machine, facts.nowMs()) ? plain('{"STATUS":"OK"}') : { kind: "bare_503" })],
    ["/api/v1/tablet-servers", tileServersJson],
    ["/api/v1/tile-servers", tileServersJson],
    [
      "/api/v1/health-check",
      ofLeader("plain", (document, nowMs, { query }) => {
        const asked = query.get("tserver_death_interval_msecs");
        const deadForMs = Number(asked ?? "0");
        // BMDB forgets the closing brace of its errors.
        if (!Number.isFinite(deadForMs))
          return plain(`{"error":"Invalid argument (bm/master/master-path-handlers.cc:829): Bad interval: ${asked}"`);
        const under = listUnderReplicated(nowMs, document, machine.registry, deadForMs);
        return plain(renderHealthCheck(listRows(machine, nowMs, document), under));
      }),
    ],
    [
      "/api/v1/tablet-replication",
      ofLeader("plain", (document, nowMs) => {
        const tiles = listTileNames(listLeaderless(nowMs, document, machine.registry));
        return plain(JSON.stringify({ leaderless_tablets: tiles }));
      }),
    ],
    [
      "/api/v1/tablet-under-replication",
      ofLeader("plain", (document, nowMs) =>
        plain(JSON.stringify({ underreplicated_tablets: listTileNames(underReplicated(document, nowMs)) })),
      ),
    ],
    [
      "/api/v1/cluster-config",
      ofLeader("plain", (document) => plain(JSON.stringify(buildClusterConfigDocument(document)))),
    ],
  ];
}

const isLeader = (machine: MServer, nowMs: number): boolean =>
  machine.isServing(nowMs) || machine.findStale(nowMs) !== undefined;

function listRows(machine: MServer, nowMs: number, document: ClusterDocument): TileServerRow[] {
  const system = document.tiles.filter((tile) => tile.tableName === "transactions");
  const leaders = machine.registry.countLeaders(system);
  return machine.balancer.describeServers(nowMs, document).map((row) => {
    const { uuid } = row.registration;
    const known = machine.registry.get(uuid);
    return {
      ...row,
      systemTileCount: system.filter((tile) => known?.tiles.has(tile.id)).length,
      systemTileLeaderCount: leaders.get(uuid) ?? 0,
    };
  });
}
