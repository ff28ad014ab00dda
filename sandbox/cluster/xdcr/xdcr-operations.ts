// What bm-admin asks of a cluster's leader MServer about xDCR. All of it goes to the target, but for the last.

import { commit, type Leading } from "../leader-operations";
import type { OrderedFaults } from "../ordered-faults";
import type { MServerRequest } from "../requests";
import { fail, type Reply, succeed } from "../status";
import {
  findGroup,
  listTablesInSetup,
  withGroup,
  withNextConfigVersion,
  withXdcr,
  type XdcrGroup,
  xdcrOf,
} from "./xdcr-document";
import type { XdcrTarget } from "./xdcr-target";

type Request<Op extends MServerRequest["op"]> = Extract<MServerRequest, { op: Op }>;
type Respond = (reply: Reply) => void;

const SOURCE = "bm/master/xrepl_catalog_manager.cc";

export interface SetupState {
  readonly isDone: boolean;
  readonly failure?: string;
}

export function setUpReplication(
  leader: Leading,
  request: Request<"setup_universe_replication">,
  respond: Respond,
): void {
  const { group, sourceMServers, tables } = request;
  if (findGroup(leader.document, group) !== undefined) {
    respond(fail("Invalid argument", `${SOURCE}:1270`, "Producer already present", "master error 23"));
    return;
  }
  const added: XdcrGroup = { group, state: "INITIALIZING", sourceMServers, sourceTables: tables, streams: [] };
  commit(leader, withGroup(leader.document, added), respond, () => ({}));
}

export function describeSetup(leader: Leading, name: string): Reply<SetupState> {
  const group = findGroup(leader.document, name);
  if (group === undefined) return unknownGroup(name, "Could not find CDC producer universe");
  const isDone = listTablesInSetup(group).length === 0;
  return succeed(isDone && group.failure !== undefined ? { isDone, failure: group.failure } : { isDone });
}

export function alterReplication(
  leader: Leading,
  request: Request<"alter_universe_replication">,
  target: XdcrTarget,
  respond: Respond,
): void {
  const { change } = request;
  const group = findGroup(leader.document, request.group);
  if (group === undefined) {
    respond(unknownGroup(request.group, "Could not find CDC producer universe"));
    return;
  }
  const after = alterGroup(group, change);
  const removed = group.streams.filter((stream) => !after.streams.includes(stream)).map(({ id }) => id);
  commit(leader, withNextConfigVersion(withGroup(leader.document, after)), respond, () => {
    if (removed.length > 0) target.forget(group.sourceMServers, group.group, removed);
    return {};
  });
}

function alterGroup(
  { failure: _, ...group }: XdcrGroup,
  change: Request<"alter_universe_replication">["change"],
): XdcrGroup {
  switch (change.kind) {
    case "set_master_addresses":
      return { ...group, sourceMServers: change.sourceMServers };
    case "add_table":
      return { ...group, sourceTables: [...new Set([...group.sourceTables, ...change.tables])] };
    case "remove_table":
      return {
        ...group,
        sourceTables: group.sourceTables.filter((table) => !change.tables.includes(table)),
        streams: group.streams.filter(({ sourceTable }) => !change.tables.includes(sourceTable)),
      };
  }
}

export function deleteReplication(leader: Leading, name: string, target: XdcrTarget, respond: Respond): void {
  const { document, event, config } = leader;
  const group = findGroup(document, name);
  if (group === undefined) {
    respond(unknownGroup(name, "Universe not found"));
    return;
  }
  const groups = xdcrOf(document).groups.filter((one) => one !== group);
  commit(leader, withNextConfigVersion(withXdcr(document, { groups })), respond, () => {
    const streams = group.streams.map(({ id }) => id);
    target.forget(group.sourceMServers, name, streams);
    const facts = { cluster: document.clusterUuid, source: group.sourceCluster, group: name };
    event({ event: "xdcr_deleted", ...facts, version: config.version });
    return {};
  });
}

/**
 * Two records, one after the other: the group's state, then the consumer registry. Who loses its leadership in between
 * leaves them unequal; asked again, it writes both again.
 */
export function setReplicationEnabled(
  leader: Leading,
  { group: name, enabled }: Request<"set_universe_replication_enabled">,
  target: XdcrTarget,
  faults: OrderedFaults,
  respond: Respond,
): void {
  const group = findGroup(leader.document, name);
  const refuse = (code: string, line: number, text: string, category: string): void => {
    const message = `Unable to ${enabled ? "enable" : "disable"} replication for universe ${name}: ${text}`;
    respond(fail(code, `${SOURCE}:${line}`, message, category));
  };
  if (group === undefined) {
    refuse("Not found", 3270, `Could not find CDC producer universe: ${name}`, "master error 1");
    return;
  }
  const state = target.orderedState() ?? group.state;
  if (state !== "ACTIVE" && state !== "DISABLED") {
    refuse(
      "Invalid argument",
      3283,
      `Universe Replication in invalid state: ${state}. Retry or Delete.`,
      "master error 23",
    );
    return;
  }
  const idle = faults.find("xdcr_command_without_effect");
  if (idle !== undefined && (idle.times === undefined || faults.takeTurn(idle, idle.times))) {
    respond(succeed({}));
    return;
  }
  const first = withGroup(leader.document, { ...group, state: enabled ? "ACTIVE" : "DISABLED" });
  commit(
    leader,
    first,
    (reply) => (reply.ok ? register() : respond(reply)),
    () => ({}),
  );

  function register(): void {
    const document = leader.raft.document ?? first;
    const { version } = document.config;
    const race = faults.find("xdcr_config_races");
    if (race !== undefined && faults.takeTurn(race, race.times ?? 2)) {
      const text = `Config version does not match, got ${version}, but most recent one is ${version + 1}. Should call Get again`;
      respond(fail("Illegal state", "bm/master/catalog_manager.cc:12045", text, "master error 29"));
      return;
    }
    const current = findGroup(document, name);
    if (current === undefined) {
      refuse("Not found", 3296, `Could not find CDC producer universe: ${name}`, "master error 1");
      return;
    }
    const wasPaused = current.registered?.disableStream === true;
    const second = withGroup(document, { ...current, registered: { disableStream: !enabled } });
    commit(leader, withNextConfigVersion(second), respond, () => {
      if (wasPaused === enabled)
        leader.event({
          event: enabled ? "xdcr_resumed" : "xdcr_paused",
          cluster: document.clusterUuid,
          source: current.sourceCluster,
          group: name,
          configVersion: version + 1,
          version: leader.config.version,
        });
      return {};
    });
  }
}

export function describeStatus(leader: Leading, target: XdcrTarget, group: string | undefined): Reply {
  const rows = target.describeStatus(leader.document, group);
  if (rows !== undefined) return succeed(rows);
  const message = `Unable to get replication status: Could not find universe ${group}`;
  return fail("Not found", `${SOURCE}:4120`, message, "master error 1");
}

/** On the source: whoever polls these streams gets nothing new. */
export function pauseSourceStreams(
  leader: Leading,
  { streams, paused }: Request<"pause_source_streams">,
  respond: Respond,
): void {
  const { streams: all, pausedStreams, producerVersion } = xdcrOf(leader.document);
  const chosen = streams === "all" ? all.map(({ id }) => id) : streams;
  const unknown = chosen.find((id) => !all.some((stream) => stream.id === id));
  if (unknown !== undefined || chosen.length === 0) {
    const text = unknown === undefined ? "No xCluster streams found" : `Could not find CDC stream: ${unknown}`;
    respond(fail("Not found", `${SOURCE}:3190`, text, "master error 1"));
    return;
  }
  const others = pausedStreams.filter((id) => !chosen.includes(id));
  const change = {
    pausedStreams: paused ? [...others, ...chosen] : others,
    producerVersion: producerVersion + 1,
  };
  commit(leader, withXdcr(leader.document, change), respond, () => {
    leader.event({
      event: paused ? "xdcr_source_paused" : "xdcr_source_resumed",
      cluster: leader.document.clusterUuid,
      streams: chosen,
      version: leader.config.version,
    });
    return {};
  });
}

const unknownGroup = (group: string, text: string): Reply<never> =>
  fail("Not found", `${SOURCE}:3270`, `${text}: ${group}`, "master error 1");
