import { parseClusterConfig } from "../../../../provider/inventory/parse/cluster-config";
import { parseClusterConfigPage } from "../../../../provider/inventory/parse/cluster-config-page";
import { parseDBServerHealth } from "../../../../provider/inventory/parse/dbserver-health";
import { parseDBServers } from "../../../../provider/inventory/parse/dbservers";
import { parseDBServersPage } from "../../../../provider/inventory/parse/dbservers-page";
import { parseFlagsJson } from "../../../../provider/inventory/parse/flags-json";
import { parseFlagsRaw } from "../../../../provider/inventory/parse/flags-raw";
import { parseFollowerLag } from "../../../../provider/inventory/parse/follower-lag";
import { parseHealthCheck } from "../../../../provider/inventory/parse/health-check";
import { parseHostFacts } from "../../../../provider/inventory/parse/host-facts";
import { parseIsLeader } from "../../../../provider/inventory/parse/is-leader";
import { parseLeaderlessTiles } from "../../../../provider/inventory/parse/leaderless-tiles";
import { parseMServers } from "../../../../provider/inventory/parse/mservers";
import { parseMServersPage } from "../../../../provider/inventory/parse/mservers-page";
import { parseOverviewPage } from "../../../../provider/inventory/parse/overview-page";
import { parseProcessVersion } from "../../../../provider/inventory/parse/process-version";
import { parseServerUptimeMs } from "../../../../provider/inventory/parse/server-uptime";
import { parseTileReplicationPage } from "../../../../provider/inventory/parse/tile-replication-page";
import { parseUnderReplicatedTiles } from "../../../../provider/inventory/parse/under-replicated-tiles";
import type { Parsed } from "../../../../provider/model/fact";

type Parser = (body: string) => Parsed<unknown>;

export const jsonParsers: readonly [string, Parser][] = [
  ["parseMServers", parseMServers],
  ["parseDBServers", parseDBServers],
  ["parseHealthCheck", parseHealthCheck],
  ["parseLeaderlessTiles", parseLeaderlessTiles],
  ["parseUnderReplicatedTiles", parseUnderReplicatedTiles],
  ["parseProcessVersion", parseProcessVersion],
  ["parseFlagsJson", parseFlagsJson],
  ["parseClusterConfig", parseClusterConfig],
  ["parseFollowerLag", parseFollowerLag],
  ["parseServerUptimeMs", parseServerUptimeMs],
  ["parseDBServerHealth", parseDBServerHealth],
  ["parseIsLeader", (body) => parseIsLeader({ kind: "answer", status: 200, body })],
];

export const htmlParsers: readonly [string, Parser][] = [
  ["parseMServersPage", parseMServersPage],
  ["parseOverviewPage", parseOverviewPage],
  ["parseDBServersPage", parseDBServersPage],
  ["parseTileReplicationPage", parseTileReplicationPage],
  ["parseClusterConfigPage", parseClusterConfigPage],
];

/** Every parser of a page. */
export const allParsers: readonly [string, Parser][] = [
  ...jsonParsers,
  ...htmlParsers,
  ["parseFlagsRaw", parseFlagsRaw],
  ["parseHostFacts", parseHostFacts],
];
