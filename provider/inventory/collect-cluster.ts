// The cluster as its leader MServer sees it. Another MServer would fetch the leader's pages and pass them on, but an
// answer that came that way proves nothing about either of them, so the leader is found first.

import {
  CLUSTER_CONFIG_JSON,
  CLUSTER_CONFIG_PAGE,
  DBSERVERS_JSON,
  DBSERVERS_PAGES,
  HEALTH_CHECK_JSON,
  IS_LEADER_JSON,
  LEADERLESS_TILES_JSON,
  MSERVERS_JSON,
  MSERVERS_PAGES,
  OVERVIEW_PAGE,
  TILE_REPLICATION_PAGES,
  UNDER_REPLICATED_TILES_JSON,
} from "../dialect/pages";
import {
  LOAD_BALANCER_INITIAL_DELAY,
  REPLICATION_FACTOR_FLAG,
  type Timer,
  UNRESPONSIVE_TIMEOUT,
} from "../dialect/timers";
import type { DesiredNode } from "../model/desired";
import { type Fact, factOf, knownValue, mapParsed, type Parsed } from "../model/fact";
import type { Inventory } from "../model/inventory";
import type { Flags, HealthCheck, MServerEntry, NamedTile } from "../model/pages";
import { askFlags } from "./ask-flags";
import { type Asked, type Asking, askEither, askFirst, askInTurn } from "./ask-page";
import { mapFact } from "./map-fact";
import { matchMServerRows } from "./match-mserver-rows";
import { parseClusterConfig } from "./parse/cluster-config";
import { parseClusterConfigPage } from "./parse/cluster-config-page";
import { parseDBServers } from "./parse/dbservers";
import { parseDBServersPage } from "./parse/dbservers-page";
import { parseHealthCheck } from "./parse/health-check";
import { parseIsLeader } from "./parse/is-leader";
import { parseLeaderlessTiles } from "./parse/leaderless-tiles";
import { parseMServers } from "./parse/mservers";
import { parseMServersPage } from "./parse/mservers-page";
import { parseTileReplicationPage } from "./parse/tile-replication-page";
import { parseUnderReplicatedTiles } from "./parse/under-replicated-tiles";

export type ClusterView = Pick<
  Inventory,
  | "mservers"
  | "dbservers"
  | "tilesUnderReplicated"
  | "tilesLeaderless"
  | "config"
  | "replicationFactor"
  | "balancerRestMs"
  | "aliveForMs"
>;

/** A declared MServer and where its pages are. */
export interface MServerAddress {
  readonly node: DesiredNode;
  readonly base: string;
}

type Underreplication = Pick<HealthCheck, "tilesUnderReplicated" | "leftOut">;

export async function collectCluster(asking: Asking, declared: readonly MServerAddress[]): Promise<ClusterView> {
  const bases = await orderLeaderFirst(asking, declared);
  const at = <T>(paths: readonly string[], parse: (body: string) => Parsed<T>) => ({
    urls: bases.flatMap((base) => paths.map((path) => base + path)),
    parse,
  });
  const [mservers, dbservers, health, leaderless, under, config, flags] = await Promise.all([
    askEither(asking, at(MSERVERS_JSON, parseMServers), at(MSERVERS_HTML, readMServerRows(declared))),
    askEither(asking, at(DBSERVERS_JSON, parseDBServers), at(DBSERVERS_PAGES, parseDBServersPage)),
    askEither<Underreplication>(
      asking,
      at([HEALTH_CHECK_JSON], parseHealthCheck),
      at(TILE_REPLICATION_PAGES, readUnderReplicated),
    ),
    askEither(asking, at(LEADERLESS_TILES_JSON, parseLeaderlessTiles), at(TILE_REPLICATION_PAGES, readLeaderless)),
    askInTurn(asking, at(UNDER_REPLICATED_TILES_JSON, parseUnderReplicatedTiles)),
    askEither(asking, at([CLUSTER_CONFIG_JSON], parseClusterConfig), at([CLUSTER_CONFIG_PAGE], parseClusterConfigPage)),
    askFlags(asking, bases),
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
        : // The flag's default is no fact: a cluster that shows neither may well have been made with another.
          mapFact(flags, (value) => readNumber(value, [REPLICATION_FACTOR_FLAG])),
    balancerRestMs: readTimer(flags, LOAD_BALANCER_INITIAL_DELAY),
    aliveForMs: readTimer(flags, UNRESPONSIVE_TIMEOUT),
  };
}

// `/` shows the same table, but of whoever leads.
const MSERVERS_HTML: readonly string[] = [...MSERVERS_PAGES, OVERVIEW_PAGE];

const readMServerRows =
  (declared: readonly MServerAddress[]) =>
  (body: string): Parsed<readonly MServerEntry[]> => {
    const rows = parseMServersPage(body);
    const nodes = declared.map((each) => each.node);
    return rows.ok ? matchMServerRows(nodes, rows.value) : rows;
  };

const readLeaderless = (body: string): Parsed<readonly NamedTile[]> =>
  mapParsed(parseTileReplicationPage(body), (page) => page.leaderless);

const readUnderReplicated = (body: string): Parsed<Underreplication> =>
  mapParsed(parseTileReplicationPage(body), (page) => ({
    tilesUnderReplicated: page.underReplicated.map((tile) => tile.tileId),
    leftOut: undefined,
  }));

async function orderLeaderFirst(asking: Asking, declared: readonly MServerAddress[]): Promise<string[]> {
  const answers = await Promise.all(
    declared.map(async ({ base }) => {
      const answer = await asking.pages.get(base + IS_LEADER_JSON, { timeoutMs: asking.timeoutMs });
      return { base, says: knownValue(factOf(parseIsLeader(answer), base, 0)) };
    }),
  );
  const bases = answers.map((answer) => answer.base);
  const leader = answers.some((answer) => answer.says === "no_such_page")
    ? await findLeaderOnPage(asking, declared, bases)
    : undefined;
  const leads = (base: string): boolean =>
    base === leader || answers.some((answer) => answer.base === base && answer.says === "leader");
  return [...bases].sort((a, b) => Number(leads(b)) - Number(leads(a)));
}

/** Where there is no page that says "I lead", the table of roles does. */
async function findLeaderOnPage(
  asking: Asking,
  declared: readonly MServerAddress[],
  bases: readonly string[],
): Promise<string | undefined> {
  const urls = bases.flatMap((base) => MSERVERS_HTML.map((path) => base + path));
  const entries = knownValue(await askFirst(asking, urls, readMServerRows(declared))) ?? [];
  const leader = entries.find((entry) => entry.role === "LEADER");
  return declared.find(({ node }) => node.host === leader?.host && node.ports.mserverRpc === leader.rpcPort)?.base;
}

/** Both pages count: each of them is known to miss what the other one sees. Only the second may not exist (before 2.18.2). */
function joinUnderReplicated(
  health: Fact<Underreplication>,
  under: Asked<readonly NamedTile[]>,
): Fact<readonly string[]> {
  if (!health.known) return health;
  if (!under.fact.known && !under.isMissing) return under.fact;
  if (health.value.leftOut !== undefined) {
    const why = `health-check left something out: ${health.value.leftOut}`;
    return { known: false, why, from: health.from, atMs: health.atMs };
  }
  const named = under.fact.known ? under.fact.value.map((tile) => tile.tileId) : [];
  return { ...health, value: [...new Set([...health.value.tilesUnderReplicated, ...named])] };
}

/** A timer in milliseconds. A release that shows no such flag is not known to have its default. */
export const readTimer = (flags: Fact<Flags>, timer: Timer): Fact<number> =>
  mapFact(flags, (value) => {
    const number = readNumber(value, timer.flags);
    return number === undefined ? undefined : number * timer.unitMs;
  });

function readNumber(flags: Flags, names: readonly string[]): number | undefined {
  const text = names.map((name) => flags.get(name)?.value).find((value) => value !== undefined);
  const value = Number(text);
  return text === undefined || text === "" || !Number.isFinite(value) ? undefined : value;
}
