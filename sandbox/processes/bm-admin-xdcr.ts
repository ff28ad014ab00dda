// bm-admin's operations on xDCR. Errors are printed twice: a sentence on stdout, the status on stderr.

import { parseHostPort } from "../cluster/cluster-document";
import type { ConfigAnswer, MServerRequest, TableAnswer, XdcrChange } from "../cluster/requests";
import type { SetupState } from "../cluster/xdcr/xdcr-operations";
import type { XdcrStatusRow } from "../cluster/xdcr/xdcr-target";
import { type AdminClient, OperationFailed } from "./bm-admin-client";
import { type Operation, type OperationContext, refuse } from "./bm-admin-operation";
import { renderCdcStreams, renderReplicationStatus, renderXdcrInfo } from "./xdcr-texts";

const MSERVER_RPC_PORT = 11000;

const list = (text: string): string[] => text.split(",").filter((word) => word !== "");
const readAddresses = (text: string) => list(text).map((address) => parseHostPort(address, MSERVER_RPC_PORT));

/** As `askLeader`, and says on stdout too what went wrong. */
async function ask<T>({ client, print }: OperationContext, doing: string, request: MServerRequest): Promise<T> {
  try {
    return await client.askLeader<T>(request);
  } catch (error) {
    if (error instanceof OperationFailed) print(`Error ${doing}: ${error.message}`);
    throw error;
  }
}

async function setUp(context: OperationContext): Promise<void> {
  const { client, operands, print } = context;
  const [group, addresses, tables] = operands;
  if (group === undefined || addresses === undefined || tables === undefined)
    return refuse("Invalid arguments for operation");
  const request = { group, sourceMServers: readAddresses(addresses), tables: list(tables) };
  await ask(context, "setting up universe replication", { op: "setup_universe_replication", ...request });
  await waitForSetup(client, group, print);
  print("Replication setup successfully");
}

/** bm-admin waits for as long as it takes; here, for its time limit. */
async function waitForSetup(client: AdminClient, group: string, print: (line: string) => void): Promise<void> {
  const done = await client.waitFor(async () => {
    const state = await client.askLeader<SetupState>({ op: "is_setup_universe_replication_done", group });
    return state.isDone ? state : undefined;
  });
  if (done !== undefined && done.failure === undefined) return;
  const text = done?.failure ?? "Timed out waiting for the setup";
  print(`Error waiting for universe replication setup to complete: ${text}`);
  const code = done === undefined ? "Timed out" : "Illegal state";
  throw new OperationFailed(`${code} (bm/master/xrepl_catalog_manager.cc:2900): ${text}`);
}

async function alter(context: OperationContext): Promise<void> {
  const { client, operands, print } = context;
  const [group, verb, words] = operands;
  if (group === undefined || words === undefined) return refuse("Invalid arguments for operation");
  const change = readChange(verb, words);
  await ask(context, "altering universe replication", { op: "alter_universe_replication", group, change });
  if (change.kind === "add_table") await waitForSetup(client, group, print);
  print("Replication altered successfully");
}

function readChange(verb: string | undefined, words: string): XdcrChange {
  switch (verb) {
    case "set_master_addresses":
      return { kind: verb, sourceMServers: readAddresses(words) };
    case "add_table":
    case "remove_table":
      return { kind: verb, tables: list(words) };
    default:
      return refuse("Invalid arguments for operation");
  }
}

async function remove(context: OperationContext): Promise<void> {
  const [group] = context.operands;
  if (group === undefined) return refuse("Invalid arguments for operation");
  await ask(context, "deleting universe replication", { op: "delete_universe_replication", group });
  context.print("Replication deleted successfully");
}

async function setEnabled(context: OperationContext): Promise<void> {
  const [group, word] = context.operands;
  if (group === undefined || word === undefined || context.operands.length !== 2 || !/^-?\d+$/.test(word))
    return refuse("Invalid arguments for operation");
  const enabled = Number(word) !== 0;
  const doing = `${enabled ? "enabling" : "disabling"} universe replication`;
  await ask(context, doing, { op: "set_universe_replication_enabled", group, enabled });
  context.print(`Replication ${enabled ? "enabled" : "disabled"} successfully`);
}

async function getStatus(context: OperationContext): Promise<void> {
  const [group] = context.operands;
  const request = { op: "get_replication_status", ...(group === undefined ? {} : { group }) } as const;
  const rows = await ask<readonly XdcrStatusRow[]>(context, "getting replication status", request);
  context.write(renderReplicationStatus(rows));
}

async function pauseOnSource(context: OperationContext): Promise<void> {
  const [words, resume] = context.operands;
  if (words === undefined || (resume !== undefined && resume !== "resume"))
    return refuse("Invalid arguments for operation");
  const paused = resume === undefined;
  const streams = words === "all" ? "all" : list(words);
  const doing = `${paused ? "pausing" : "resuming"} replication`;
  await ask(context, doing, { op: "pause_source_streams", streams, paused });
  context.print(`Replication ${paused ? "paused" : "resumed"} successfully`);
}

async function listTables({ client, operands, print }: OperationContext): Promise<void> {
  const withId = operands.includes("include_table_id");
  for (const { name, uuid } of await client.askLeader<readonly TableAnswer[]>({ op: "list_tables" }))
    print(`${name === "transactions" ? "system" : "bigmath"}.${name}${withId ? ` ${uuid}` : ""}`);
}

export const XDCR_OPERATIONS: Readonly<Record<string, Operation>> = {
  alter_universe_replication: {
    usage:
      "<producer_universe_uuid> (set_master_addresses <producer_master_addresses> | add_table <table_ids> | remove_table <table_ids>)",
    run: alter,
  },
  delete_universe_replication: { usage: "<producer_universe_uuid> [ignore-errors]", run: remove },
  get_replication_status: { usage: "[<producer_universe_uuid>]", run: getStatus },
  get_xcluster_info: {
    usage: "",
    since: "2.18",
    run: async ({ client, print }) =>
      print(renderXdcrInfo(await client.askLeader<ConfigAnswer>({ op: "cluster_config" }))),
  },
  list_cdc_streams: {
    usage: "[<table_id>]",
    run: async ({ client, operands, write }) =>
      write(renderCdcStreams(await client.askLeader<ConfigAnswer>({ op: "cluster_config" }), operands[0])),
  },
  list_tables: { usage: "[include_table_id]", run: listTables },
  pause_producer_xcluster_streams: {
    usage: "(<comma_separated_list_of_stream_ids>|all) [resume]",
    since: "2.18",
    run: pauseOnSource,
  },
  set_universe_replication_enabled: { usage: "<producer_universe_uuid> (0|1)", run: setEnabled },
  setup_universe_replication: {
    usage: "<producer_universe_uuid> <producer_master_addresses> <comma_separated_list_of_table_ids>",
    run: setUp,
  },
};
