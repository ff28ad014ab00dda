// Reads a whole cluster, all of it at the same time, and judges nothing. What could not be seen is a fact too.
//
// The view of the cluster is the leader MServer's. Another MServer would fetch the leader's pages and pass them on,
// but an answer that came that way proves nothing about either of them, so the leader is found first.

import {
  CLUSTER_CONFIG_JSON,
  DBSERVERS_JSON,
  FLAGS_JSON,
  FOLLOWER_LAG_JSON,
  HEALTH_CHECK_JSON,
  IS_LEADER_JSON,
  LEADERLESS_TILES_JSON,
  MSERVERS_JSON,
  UNDER_REPLICATED_TILES_JSON,
  VERSION_JSON,
} from "../dialect/pages";
import { START_FLAG } from "../dialect/processes";
import { HEARTBEAT_INTERVAL, REPLICATION_FACTOR_DEFAULT, REPLICATION_FACTOR_FLAG } from "../dialect/timers";
import { type DesiredCluster, type DesiredNode, declaredProcesses, type ProcessId } from "../model/desired";
import { type Fact, factOf, knownValue, parsed, unparsed } from "../model/fact";
import type { Inventory, ProcessFacts } from "../model/inventory";
import type { Flags, HealthCheck, NamedTile } from "../model/pages";
import { type Asking, askFirst, askPage, NO_SUCH_PAGE } from "./ask-page";
import type { HostView } from "./collect-host";
import { parseClusterConfig } from "./parse/cluster-config";
import { parseDBServers } from "./parse/dbservers";
import { parseFlagsJson } from "./parse/flags-json";
import { parseFollowerLag } from "./parse/follower-lag";
import { parseHealthCheck } from "./parse/health-check";
import { parseIsLeader } from "./parse/is-leader";
import { parseLeaderlessTiles } from "./parse/leaderless-tiles";
import { parseMServers } from "./parse/mservers";
import { parseProcessVersion } from "./parse/process-version";
import { parseUnderReplicatedTiles } from "./parse/under-replicated-tiles";

export interface CollectOptions {
  readonly desired: DesiredCluster;
  readonly asking: Asking;
  /** Reads the ssh facts of one host; absent hosts are not read. */
  readonly readHost: (node: DesiredNode) => Promise<HostView>;
  readonly hosts: readonly string[] | "all" | "none";
}

export async function collectInventory(options: CollectOptions): Promise<Inventory> {
  const { desired, asking } = options;
  const base = (node: DesiredNode, role: ProcessId["role"]): string =>
    `${desired.adminUi.scheme}://${node.host}:${role === "mserver" ? node.ports.mserverHttp : node.ports.dbserverHttp}`;
  const mserverNodes = desired.nodes.filter((node) => node.roles.includes("mserver"));
  const isAsked = (node: DesiredNode): boolean =>
    options.hosts === "all" || (options.hosts !== "none" && options.hosts.includes(node.name));

  const hostViews = new Map<string, Promise<HostView>>();
  for (const node of desired.nodes.filter(isAsked)) hostViews.set(node.name, options.readHost(node));

  const processes = Promise.all(
    declaredProcesses(desired).map(async (id) => {
      const node = desired.nodes.find((each) => each.name === id.node);
      if (node === undefined) throw new Error(`no node ${id.node}`);
      return collectProcess(asking, id, base(node, id.role), hostViews.get(node.name));
    }),
  );
  const cluster = findLeaderFirst(
    asking,
    mserverNodes.map((node) => base(node, "mserver")),
  ).then((order) => collectCluster(asking, order));
  const flags = askFirst(
    asking,
    desired.nodes.filter((node) => node.roles.includes("dbserver")).map((node) => base(node, "dbserver") + FLAGS_JSON),
    parseFlagsJson,
  );
  const [facts, view, dbserverFlags] = await Promise.all([processes, cluster, flags]);

  return {
    observedAtMs: asking.clock.nowMs(),
    ...view,
    heartbeatIntervalMs: mapFact(dbserverFlags, (value) =>
      numberFlag(value, HEARTBEAT_INTERVAL.flags, HEARTBEAT_INTERVAL.unitMs),
    ),
    bsqlEnabled: mapFact(dbserverFlags, (value) => {
      const flag = START_FLAG.enableBsql.map((name) => value.get(name)).find((each) => each !== undefined);
      return flag && flag.value === "true";
    }),
    processes: facts,
  };
}

/** The MServers' addresses, whoever says that it leads in front. */
async function findLeaderFirst(asking: Asking, bases: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(
    bases.map(async (base) => ({
      base,
      leads:
        knownValue(
          factOf(
            parseIsLeader(await asking.pages.get(base + IS_LEADER_JSON, { timeoutMs: asking.timeoutMs })),
            base,
            0,
          ),
        ) === "leader",
    })),
  );
  return [...answers.filter((answer) => answer.leads), ...answers.filter((answer) => !answer.leads)].map(
    (answer) => answer.base,
  );
}

type ClusterView = Pick<
  Inventory,
  "mservers" | "dbservers" | "tilesUnderReplicated" | "tilesLeaderless" | "config" | "replicationFactor"
>;

async function collectCluster(asking: Asking, bases: readonly string[]): Promise<ClusterView> {
  const urls = (paths: readonly string[]): string[] => bases.flatMap((base) => paths.map((path) => base + path));
  const [mservers, dbservers, health, leaderless, under, config, flags] = await Promise.all([
    askFirst(asking, urls(MSERVERS_JSON), parseMServers),
    askFirst(asking, urls(DBSERVERS_JSON), parseDBServers),
    askFirst(asking, urls([HEALTH_CHECK_JSON]), parseHealthCheck),
    askFirst(asking, urls(LEADERLESS_TILES_JSON), parseLeaderlessTiles),
    askFirst(asking, urls(UNDER_REPLICATED_TILES_JSON), parseUnderReplicatedTiles),
    askFirst(asking, urls([CLUSTER_CONFIG_JSON]), parseClusterConfig),
    askFirst(asking, urls([FLAGS_JSON]), parseFlagsJson),
  ]);
  return {
    mservers,
    dbservers,
    tilesLeaderless: mapFact(leaderless, (tiles) => tiles.map((tile) => tile.tileId)),
    tilesUnderReplicated: joinUnderReplicated(health, under),
    config,
    replicationFactor:
      config.known && config.value.replicationFactor !== undefined
        ? mapFact(config, (value) => value.replicationFactor)
        : mapFact(flags, (value) => numberFlag(value, [REPLICATION_FACTOR_FLAG], 1) ?? REPLICATION_FACTOR_DEFAULT),
  };
}

/** Both pages count: each of them is known to miss what the other one sees. Only the second may not exist (before 2.18.2). */
function joinUnderReplicated(health: Fact<HealthCheck>, under: Fact<readonly NamedTile[]>): Fact<readonly string[]> {
  if (!health.known) return health;
  if (!under.known && under.why !== NO_SUCH_PAGE) return under;
  if (health.value.leftOut !== undefined)
    return {
      known: false,
      why: `health-check left something out: ${health.value.leftOut}`,
      from: health.from,
      atMs: health.atMs,
    };
  const named = under.known ? under.value.map((tile) => tile.tileId) : [];
  return { ...health, value: [...new Set([...health.value.tilesUnderReplicated, ...named])] };
}

async function collectProcess(
  asking: Asking,
  id: ProcessId,
  base: string,
  host: Promise<HostView> | undefined,
): Promise<ProcessFacts> {
  const notAsked = <T>(): Fact<T> =>
    factOf(unparsed<T>("its host was not asked this time"), id.node, asking.clock.nowMs());
  const [answer, lag, view] = await Promise.all([
    asking.pages.get(base + VERSION_JSON, { timeoutMs: asking.timeoutMs }),
    id.role === "dbserver" ? askPage(asking, base + FOLLOWER_LAG_JSON, parseFollowerLag) : undefined,
    host,
  ]);
  const atMs = asking.clock.nowMs();
  const version =
    answer.kind === "answer"
      ? answer.status === 200
        ? parseProcessVersion(answer.body)
        : unparsed<never>(`status ${answer.status}`)
      : unparsed<never>(explainSilence(answer.kind));
  return {
    id,
    // A time-out is silence, not an answer: the process may be there.
    isAnswering:
      answer.kind === "answer" || answer.kind === "closed"
        ? factOf(parsed(true), base, atMs)
        : answer.kind === "refused"
          ? factOf(parsed(false), base, atMs)
          : factOf(unparsed(explainSilence(answer.kind)), base, atMs),
    version: mapFact(factOf(version, base, atMs), (value) => value.release),
    running: view?.running[id.role] ?? notAsked(),
    // No replica named is not "no lag": a process that has just started names none either.
    followerLagMsMax: lag === undefined ? notAsked() : mapFact(lag, (value) => value.maxMs),
    lastActVersion: view?.lastActVersion[id.role] ?? notAsked(),
    staged: view?.staged ?? notAsked(),
  };
}

const explainSilence = (kind: "refused" | "closed" | "timeout" | "failed"): string =>
  ({
    refused: "nobody listens on its web port",
    closed: "its web port closes without an answer",
    timeout: "its web port does not answer in time",
    failed: "its web port cannot be reached",
  })[kind];

function mapFact<T, U>(fact: Fact<T>, change: (value: T) => U | undefined): Fact<U> {
  if (!fact.known) return fact;
  const value = change(fact.value);
  return value === undefined
    ? { known: false, why: "the page does not say it", from: fact.from, atMs: fact.atMs }
    : { ...fact, value };
}

function numberFlag(flags: Flags, names: readonly string[], unit: number): number | undefined {
  const text = names.map((name) => flags.get(name)?.value).find((value) => value !== undefined);
  const value = Number(text);
  return text === undefined || text === "" || !Number.isFinite(value) ? undefined : value * unit;
}
