// The target's side of xDCR, on its leader MServer: it has the source make the streams of a new group, shares the
// streams out among its DBServers, and remembers how their polls went. What it remembers is in memory only.

import { type ClusterDocument, type HostPort, renderHostPort } from "../cluster-document";
import type { DbserverRegistry } from "../dbserver-registry";
import type { Address, MachineEvent, MachinePorts } from "../ports";
import { electionTimeoutMs, type Timers } from "../timers";
import {
  findGroup,
  isReplicating,
  listTablesInSetup,
  withGroup,
  withNextConfigVersion,
  type XdcrGroup,
  xdcrOf,
} from "./xdcr-document";
import type { CdcMessage, XdcrAssignment, XdcrError, XdcrReport } from "./xdcr-messages";

/** The serving leader, at one moment. */
export interface TargetAtWork {
  readonly nowMs: number;
  readonly document: ClusterDocument;
  readonly version: string;
  propose(document: ClusterDocument, committed: () => void): void;
  event(event: MachineEvent): void;
}

export interface XdcrStatusRow {
  readonly table: string;
  readonly stream: string;
  readonly error?: XdcrError;
}

export class XdcrTarget {
  private readonly errors = new Map<string, XdcrError>();
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private turn = 0;

  constructor(
    private readonly timers: Timers,
    private readonly registry: DbserverRegistry,
    private readonly ports: Pick<MachinePorts<unknown>, "send" | "faults">,
  ) {}

  /** For a new leader. */
  reset(): void {
    this.errors.clear();
  }

  tick(target: TargetAtWork): void {
    if (target.nowMs - this.askedAtMs < this.timers.heartbeatIntervalMs) return;
    const { clusterUuid } = target.document;
    for (const group of xdcrOf(target.document).groups) {
      const tables = listTablesInSetup(group);
      if (tables.length === 0 || this.orderedState() === "INITIALIZING") continue;
      this.askedAtMs = target.nowMs;
      if (this.orderedState() === "FAILED") {
        failSetup(target, group, "the setup was ordered to fail");
        continue;
      }
      const to = group.sourceMServers[this.turn++ % Math.max(1, group.sourceMServers.length)];
      if (to === undefined) continue;
      this.ports.send(renderHostPort(to), {
        kind: "cdc_create_streams",
        group: group.group,
        targetCluster: clusterUuid,
        tables,
      });
    }
  }

  /** The source made the streams: the group is in the consumer registry from now on. */
  receive(target: TargetAtWork, made: Extract<CdcMessage, { kind: "cdc_streams_created" }>): void {
    const { document, version } = target;
    const group = findGroup(document, made.group);
    if (group === undefined || this.orderedState() !== undefined) return;
    const missing = listTablesInSetup(group);
    const unknown = made.unknownTables.filter((table) => missing.includes(table));
    if (unknown.length > 0) {
      failSetup(target, group, `Could not find table on the producer: ${unknown.join(", ")}`);
      return;
    }
    const ownTables = new Map(document.tiles.map((tile) => [tile.tableName, tile.tableUuid]));
    const added = made.streams.filter(({ table }) => missing.includes(table));
    if (added.length === 0) return;
    const without = added.find(({ tableName }) => !ownTables.has(tableName));
    if (without !== undefined) {
      failSetup(target, group, `Could not find matching table for ${without.tableName}`);
      return;
    }
    const streams = added.map(({ id, table, tableName }) => ({
      id,
      sourceTable: table,
      targetTable: ownTables.get(tableName) ?? "",
    }));
    const isNew = group.registered === undefined;
    const { failure: _, ...rest } = group;
    const after: XdcrGroup = {
      ...rest,
      state: isNew ? "ACTIVE" : group.state,
      sourceCluster: made.sourceCluster,
      streams: [...group.streams, ...streams],
      registered: group.registered ?? {},
    };
    target.propose(withNextConfigVersion(withGroup(document, after)), () => {
      if (!isNew) return;
      const facts = { cluster: document.clusterUuid, source: made.sourceCluster, group: group.group, version };
      target.event({ event: "xdcr_set_up", ...facts, streams: after.streams.map(({ id }) => id) });
    });
  }

  noteReports(target: TargetAtWork, reports: readonly XdcrReport[]): void {
    for (const { stream, error } of reports) {
      const before = this.errors.get(stream);
      if (error === undefined) this.errors.delete(stream);
      else this.errors.set(stream, error);
      if (error === undefined || before?.error === error.error) continue;
      const group = xdcrOf(target.document).groups.find(({ streams }) => streams.some(({ id }) => id === stream));
      if (group === undefined) continue;
      target.event({
        event: "xdcr_error",
        cluster: target.document.clusterUuid,
        source: group.sourceCluster,
        group: group.group,
        stream,
        error: error.error,
        version: target.version,
      });
    }
  }

  /** Streams go round the DBServers that were just heard. */
  assignmentsFor(nowMs: number, document: ClusterDocument, uuid: string): XdcrAssignment[] {
    const groups = xdcrOf(document).groups.filter(isReplicating);
    if (groups.length === 0) return [];
    const silenceMax = electionTimeoutMs(this.timers, 1);
    const heard = this.registry.list().filter((server) => nowMs - server.heartbeatAtMs <= silenceMax);
    const place = heard.findIndex(({ registration }) => registration.uuid === uuid);
    let turn = 0;
    return groups.flatMap(({ group, sourceMServers, streams }) => {
      const own = streams.filter(() => turn++ % heard.length === place);
      return own.length === 0 ? [] : [{ group, sourceMServers, streams: own.map(({ id }) => id) }];
    });
  }

  /** Undefined: there is no such group. Whether a stream is paused is not shown here. */
  describeStatus(document: ClusterDocument, group: string | undefined): XdcrStatusRow[] | undefined {
    const { groups } = xdcrOf(document);
    const chosen = group === undefined ? groups : groups.filter((one) => one.group === group);
    if (group !== undefined && chosen.length === 0) return undefined;
    return chosen.flatMap(({ streams }) =>
      streams.map(({ id, targetTable }) => {
        const error = this.errors.get(id);
        return { table: targetTable, stream: id, ...(error === undefined ? {} : { error }) };
      }),
    );
  }

  /** The state that a group is ordered to be in, whatever is stored. */
  orderedState(): "INITIALIZING" | "FAILED" | undefined {
    const fault = this.ports.faults.find("xdcr_group_unready");
    return fault === undefined ? undefined : (fault.state ?? "INITIALIZING");
  }

  /** Tells every MServer of the source, for only its leader can act on it. A source that is down keeps its streams. */
  forget(sourceMServers: readonly HostPort[], group: string, streams: readonly string[]): void {
    for (const at of sourceMServers) {
      const to: Address = renderHostPort(at);
      this.ports.send(to, { kind: "cdc_delete_streams", group, streams });
    }
  }
}

/** A group that ran before goes on without the tables that were to be added. */
function failSetup(target: TargetAtWork, group: XdcrGroup, failure: string): void {
  const { document, version } = target;
  const after: XdcrGroup =
    group.registered === undefined
      ? { ...group, state: "FAILED", failure }
      : { ...group, sourceTables: group.streams.map(({ sourceTable }) => sourceTable), failure };
  target.propose(withGroup(document, after), () =>
    target.event({
      event: "xdcr_error",
      cluster: document.clusterUuid,
      group: group.group,
      error: "SETUP_FAILED",
      text: failure,
      version,
    }),
  );
}
