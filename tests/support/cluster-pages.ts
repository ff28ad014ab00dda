// The pages of a healthy cluster, url by url: what every process would answer. A test puts other answers in their place.

import type { DesiredCluster, DesiredNode } from "../../provider/model/desired";
import type { HttpAnswer, WebPages } from "../../provider/ports";

export type Answers = Map<string, HttpAnswer>;

export const answering = (body: unknown, status = 200): HttpAnswer => ({
  kind: "answer",
  status,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

export interface PagesShape {
  readonly running?: string;
  /** The node that leads; undefined: the first MServer's. */
  readonly leader?: string;
}

export const mserverUrl = (node: DesiredNode, path: string): string =>
  `http://${node.host}:${node.ports.mserverHttp}${path}`;
export const dbserverUrl = (node: DesiredNode, path: string): string =>
  `http://${node.host}:${node.ports.dbserverHttp}${path}`;

export function buildPages(desired: DesiredCluster, shape: PagesShape = {}): Answers {
  const [version, build] = (shape.running ?? "2.16.0.0-b1").split("-b");
  const versionPage = answering({ version_number: version, build_number: build });
  const mservers = desired.nodes.filter((node) => node.roles.includes("mserver"));
  const dbservers = desired.nodes.filter((node) => node.roles.includes("dbserver"));
  const leader = shape.leader ?? mservers[0]?.name;
  const answers: Answers = new Map();

  const masters = mservers.map((node, index) => ({
    instance_id: { permanent_uuid: `m-${node.name}`, start_time_us: 1_700_000_000_000_000 + index },
    registration: {
      private_rpc_addresses: [{ host: node.host, port: node.ports.mserverRpc }],
      http_addresses: [{ host: node.host, port: node.ports.mserverHttp }],
    },
    role: node.name === leader ? "LEADER" : "FOLLOWER",
  }));
  const servers = Object.fromEntries(
    dbservers.map((node) => [
      `${node.host}:${node.ports.dbserverHttp}`,
      {
        time_since_hb_sec: 0.3,
        status: "ALIVE",
        uptime_seconds: 3600,
        user_tablets_total: 9,
        system_tablets_total: 3,
        active_tablets: 12,
        permanent_uuid: `d-${node.name}`,
      },
    ]),
  );
  const flags = { flags: [{ name: "heartbeat_interval_ms", value: "1000", type: "Default" }] };
  for (const node of mservers) {
    const pages: Readonly<Record<string, HttpAnswer>> = {
      "/api/v1/version": versionPage,
      "/api/v1/is-leader": node.name === leader ? answering({ STATUS: "OK" }) : { kind: "closed" },
      "/api/v1/masters": answering({ masters }),
      "/api/v1/tablet-servers": answering({ "": servers }),
      "/api/v1/health-check": answering({ dead_nodes: [], most_recent_uptime: 3600, under_replicated_tablets: [] }),
      "/api/v1/tablet-replication": answering({ leaderless_tablets: [] }),
      "/api/v1/tablet-under-replication": answering({ underreplicated_tablets: [] }),
      "/api/v1/cluster-config": answering({ version: 3, cluster_uuid: "c-1" }),
      "/api/v1/varz": answering({ flags: [{ name: "replication_factor", value: "3", type: "Default" }] }),
    };
    const lagPage = [
      { type: "tablet", id: "0", metrics: [{ name: "follower_lag_ms", value: node.name === leader ? 0 : 40 }] },
    ];
    answers.set(mserverUrl(node, "/metrics?metrics=follower_lag_ms"), answering(lagPage));
    for (const [path, answer] of Object.entries(pages)) answers.set(mserverUrl(node, path), answer);
  }
  for (const node of dbservers) {
    answers.set(dbserverUrl(node, "/api/v1/version"), versionPage);
    answers.set(
      dbserverUrl(node, "/api/v1/varz"),
      answering({ flags: [...flags.flags, { name: "enable_bsql", value: "true", type: "Default" }] }),
    );
    answers.set(
      dbserverUrl(node, "/metrics?metrics=follower_lag_ms"),
      answering(
        Array.from({ length: 12 }, (_, index) => ({
          type: "tablet",
          id: `t${index + 1}`,
          metrics: [{ name: "follower_lag_ms", value: 40 }],
        })),
      ),
    );
    answers.set(dbserverUrl(node, "/api/v1/health-check"), answering({ failed_tablets: [] }));
  }
  return answers;
}

export interface AskedPages extends WebPages {
  /** The urls that were asked for, in order. */
  readonly asked: readonly string[];
}

/** What is not in `answers` is a page that the release does not have. */
export function pagesOf(answers: Answers): AskedPages {
  const asked: string[] = [];
  return {
    asked,
    async get(url) {
      asked.push(url);
      return answers.get(url) ?? answering("Error 404 (Not Found)", 404);
    },
    close: async () => undefined,
  };
}
