// What bm-admin can do, and the texts it prints. Results go to stdout; several operations print nothing on success.

import { AUTO_FLAGS_CLASSES } from "../cluster/auto-flags";
import { type HostPort, parseHostPort, renderHostPort } from "../cluster/cluster-document";
import type {
  BsqlCatalogAnswer,
  CompletionAnswer,
  ConfigAnswer,
  DbserverRow,
  PromotionAnswer,
} from "../cluster/requests";
import { type AdminClient, OperationFailed } from "./bm-admin-client";
import { type Operation, type OperationContext, refuse } from "./bm-admin-operation";
import { renderBalancerTable, renderDbserverTable, renderMServerTable } from "./bm-admin-tables";
import { XDCR_OPERATIONS } from "./bm-admin-xdcr";
import { buildAdminConsumerRegistry } from "./xdcr-texts";

const DBSERVER_RPC_PORT = 9100;

async function promoteAutoFlags({ client, operands, version, print, faults }: OperationContext): Promise<void> {
  const [wantedClass = "kExternal", nonRuntime = "true", force] = operands;
  const maxClass = AUTO_FLAGS_CLASSES.find((name) => name.toLowerCase() === wantedClass.toLowerCase());
  if (maxClass === undefined) return refuse("Invalid value provided for max_flags_class");
  if (nonRuntime !== "true" && nonRuntime !== "false")
    return refuse("Invalid value provided for promote_non_runtime_flags");
  if (operands.length > 3 || (force !== undefined && force !== "force"))
    return refuse("Invalid arguments for operation");
  const promotion = { maxClass, nonRuntime: nonRuntime === "true", force: force !== undefined };
  const answer = await client.askLeader<PromotionAnswer>({ op: "promote_auto_flags", promotion });
  const needsRestart = answer.needsRestart || (answer.promoted && faults.needsRestart());
  if (Number(version.split(".")[1]) >= 20) {
    print("PromoteAutoFlags completed successfully");
    print(answer.promoted ? "New AutoFlags were promoted" : "No new AutoFlags eligible to promote");
    print(`${answer.promoted ? "New" : "Current"} config version: ${answer.configVersion}`);
    if (needsRestart)
      print("All mserver and dbserver processes need to be restarted in order to apply the promoted AutoFlags");
    return;
  }
  print("PromoteAutoFlags status: ");
  print(
    answer.promoted
      ? `New AutoFlags were promoted. Config version: ${answer.configVersion}`
      : "No new AutoFlags to promote",
  );
  if (needsRestart) print("All MServer and DBServer processes need to be restarted to apply the promoted AutoFlags");
}

async function upgradeBsql({ client, print, faults }: OperationContext): Promise<void> {
  const catalog = await client.askLeader<BsqlCatalogAnswer>({ op: "bsql_catalog" });
  if (catalog.version === undefined) return print("Upgrade is not needed since BSQL is disabled");
  const servers = await client.askLeader<DbserverRow[]>({ op: "list_dbservers" });
  const chosen = servers.find((server) => server.status === "ALIVE");
  if (chosen === undefined) {
    throw new OperationFailed(
      "Illegal state (bm/tools/bm-admin_client.cc:2305): Couldn't find alive tablet server to connect to",
    );
  }
  const conflict = faults.takeConflict();
  if (conflict !== undefined) throw new OperationFailed(conflict);
  // The migrations that run are those of the release that this DBServer runs, not bm-admin's.
  await client.ask(chosen.registration.rpc, { op: "upgrade_bsql" }, "UpgradeBsql", faults.takeBsqlWaitMs());
  print("BSQL successfully upgraded to the latest version");
}

async function changeLeaderBlacklist({ client, operands, faults }: OperationContext): Promise<void> {
  const [verb, ...hosts] = operands;
  if ((verb !== "ADD" && verb !== "REMOVE") || hosts.length === 0) return refuse("Invalid arguments for operation");
  const changed = hosts.map((host) => parseHostPort(host, DBSERVER_RPC_PORT));
  const { config } = await client.askLeader<ConfigAnswer>({ op: "cluster_config" });
  const isChanged = (at: HostPort): boolean => changed.some((other) => renderHostPort(other) === renderHostPort(at));
  const kept = config.leaderBlacklist.filter((at) => !isChanged(at));
  const leaderBlacklist = verb === "ADD" ? [...kept, ...changed] : kept;
  // As if somebody else had changed it since it was read.
  const expectedVersion = faults.takeConfigRace() ? config.version - 1 : config.version;
  await client.askLeader({ op: "change_leader_blacklist", expectedVersion, leaderBlacklist });
}

async function setLoadBalancerEnabled({ client, operands }: OperationContext): Promise<void> {
  const [word] = operands;
  if ((word !== "0" && word !== "1") || operands.length !== 1) return refuse("Invalid arguments for operation");
  await client.findLeader();
  // One MServer after the other; the first that does not answer ends it half done.
  for (const address of client.members)
    await client.ask(address, { op: "set_balancer", enabled: word === "1" }, "ChangeLoadBalancerState");
}

async function getUniverseConfig({ client, print }: OperationContext): Promise<void> {
  const answer = await client.askLeader<ConfigAnswer>({ op: "cluster_config" });
  const { clusterUuid, replicationFactor, config } = answer;
  const consumerRegistry = buildAdminConsumerRegistry(answer);
  const { version, leaderBlacklist, initialLeaderLoad } = config;
  const blacklist =
    version === 0
      ? {}
      : { leaderBlacklist: { ...(leaderBlacklist.length === 0 ? {} : { hosts: leaderBlacklist }), initialLeaderLoad } };
  print(
    JSON.stringify({
      version,
      replicationInfo: { liveReplicas: { numReplicas: replicationFactor } },
      clusterUuid,
      ...(consumerRegistry === undefined ? {} : { consumerRegistry }),
      ...blacklist,
    }),
  );
}

async function listMasters({ client, print }: OperationContext): Promise<void> {
  await client.findLeader();
  const rows = [];
  for (const address of client.members) rows.push({ address, answer: await client.describe(address) });
  for (const line of renderMServerTable(rows)) print(line);
}

async function getLoadBalancerState({ client, print }: OperationContext): Promise<void> {
  await client.findLeader();
  const rows = [];
  for (const address of client.members) {
    const answer = await client.describe(address);
    rows.push({ address, answer, state: await readBalancerState(client, address, answer) });
  }
  for (const line of renderBalancerTable(rows)) print(line);
}

async function readBalancerState(client: AdminClient, address: string, answer: unknown): Promise<string> {
  if (typeof answer === "string") return `Error: ${answer}`;
  const { enabled } = await client.ask<{ enabled: boolean }>(address, { op: "balancer_state" }, "GetLoadBalancerState");
  return enabled ? "ENABLED" : "DISABLED";
}

async function listTabletServers({ client, print, excludeDead }: OperationContext): Promise<void> {
  const rows = await client.askLeader<DbserverRow[]>({ op: "list_dbservers" });
  for (const line of renderDbserverTable(rows.filter((row) => !excludeDead || row.status === "ALIVE"))) print(line);
}

const CLUSTER_OPERATIONS: Readonly<Record<string, Operation>> = {
  bsql_catalog_version: {
    usage: "[<bsql.db>]",
    run: async ({ client, print }) => {
      const catalog = await client.askLeader<BsqlCatalogAnswer>({ op: "bsql_catalog" });
      print(`Version: ${catalog.version ?? 0}`);
    },
  },
  change_leader_blacklist: { usage: "<ADD|REMOVE> <ip_addr:port> [<ip_addr:port>]...", run: changeLeaderBlacklist },
  get_is_load_balancer_idle: {
    usage: "",
    run: async ({ client, print }) => {
      const { idle } = await client.askLeader<{ idle: boolean }>({ op: "balancer_idle" });
      print(`Idle = ${idle ? 1 : 0}`);
    },
  },
  get_leader_blacklist_completion: {
    usage: "",
    run: async ({ client, print }) => {
      const answer = await client.askLeader<CompletionAnswer>({ op: "leader_blacklist_completion" });
      print(
        `Percent complete = ${Number(answer.percent.toPrecision(6))} : ${answer.remaining} remaining out of ${answer.total}`,
      );
    },
  },
  get_load_balancer_state: { usage: "", run: getLoadBalancerState },
  get_universe_config: { usage: "", run: getUniverseConfig },
  list_all_masters: { usage: "", run: listMasters },
  list_all_mservers: { usage: "", run: listMasters },
  list_all_tablet_servers: { usage: "", run: listTabletServers },
  master_leader_stepdown: {
    usage: "[<dest_uuid>]",
    run: async ({ client, operands }) => {
      const [target] = operands;
      await client.askLeader({ op: "step_down", ...(target === undefined ? {} : { target }) });
    },
  },
  promote_auto_flags: {
    usage: "[<max_flags_class> (default kExternal) [<promote_non_runtime_flags> (default true) [force]]]",
    since: "2.16",
    run: promoteAutoFlags,
  },
  set_load_balancer_enabled: { usage: "(0|1)", run: setLoadBalancerEnabled },
  upgrade_bsql: { usage: "[use_single_connection]", run: upgradeBsql },
};

/** In the order of the usage. */
export const OPERATIONS: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries({ ...CLUSTER_OPERATIONS, ...XDCR_OPERATIONS }).sort(([a], [b]) => (a < b ? -1 : 1)),
);
