// The cluster as its leader MServer sees it. Another MServer would fetch the leader's pages and pass them on, but an
// answer that came that way proves nothing about either of them, so the leader is found first.

import {
  CLUSTER_CONFIG_JSON,
  DBSERVERS_JSON,
  FLAGS_JSON,
  HEALTH_CHECK_JSON,
  IS_LEADER_JSON,
  LEADERLESS_TILES_JSON,
  MSERVERS_JSON,
  UNDER_REPLICATED_TILES_JSON,
} from "../dialect/pages";
import {
  LOAD_BALANCER_INITIAL_DELAY,
  REPLICATION_FACTOR_DEFAULT,
  REPLICATION_FACTOR_FLAG,
  type Timer,
} from "../dialect/timers";
import { type Fact, factOf, knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";
import type { Flags, HealthCheck, NamedTile } from "../model/pages";
import { type Asking, askFirst, NO_SUCH_PAGE } from "./ask-page";
import { mapFact } from "./map-fact";
import { parseClusterConfig } from "./parse/cluster-config";
import { parseDBServers } from "./parse/dbservers";
import { parseFlagsJson } from "./parse/flags-json";
import { parseHealthCheck } from "./parse/health-check";
import { parseIsLeader } from "./parse/is-leader";
import { parseLeaderlessTiles } from "./parse/leaderless-tiles";
import { parseMServers } from "./parse/mservers";
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
>;

export async function collectCluster(asking: Asking, mserverBases: readonly string[]): Promise<ClusterView> {
  const bases = await orderLeaderFirst(asking, mserverBases);
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
        : mapFact(flags, (value) => readNumber(value, [REPLICATION_FACTOR_FLAG]) ?? REPLICATION_FACTOR_DEFAULT),
    balancerRestMs: readTimer(flags, LOAD_BALANCER_INITIAL_DELAY),
  };
}

async function orderLeaderFirst(asking: Asking, bases: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(
    bases.map(async (base) => {
      const answer = await asking.pages.get(base + IS_LEADER_JSON, { timeoutMs: asking.timeoutMs });
      return { base, leads: knownValue(factOf(parseIsLeader(answer), base, 0)) === "leader" };
    }),
  );
  return [...answers].sort((a, b) => Number(b.leads) - Number(a.leads)).map((answer) => answer.base);
}

/** Both pages count: each of them is known to miss what the other one sees. Only the second may not exist (before 2.18.2). */
function joinUnderReplicated(health: Fact<HealthCheck>, under: Fact<readonly NamedTile[]>): Fact<readonly string[]> {
  if (!health.known) return health;
  if (!under.known && under.why !== NO_SUCH_PAGE) return under;
  if (health.value.leftOut !== undefined) {
    const why = `health-check left something out: ${health.value.leftOut}`;
    return { known: false, why, from: health.from, atMs: health.atMs };
  }
  const named = under.known ? under.value.map((tile) => tile.tileId) : [];
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
