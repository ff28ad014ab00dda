// The target's side of xDCR, on a DBServer: it asks the source's leader MServer for what is new in the streams that its
// own leader MServer gave it, and says with its heartbeats how that went. In memory only: the source knows how far it is.

import { renderHostPort } from "../cluster-document";
import type { Address, MachinePorts } from "../ports";
import type { Timers } from "../timers";
import type { CdcMessage, XdcrAssignment, XdcrError, XdcrReport } from "./xdcr-messages";

interface Source {
  assignment: XdcrAssignment;
  /** Which of the source's MServers is asked, until one of them names the leader. */
  turn: number;
  leader?: Address;
  polledAtMs: number;
  answeredAtMs: number;
  /** Versions of the source that data came from, other than this DBServer's own. */
  readonly otherVersions: Set<string>;
}

interface Applied {
  appliedMs?: number;
  error?: XdcrError;
}

export class XdcrPoller {
  private readonly sources = new Map<string, Source>();
  private readonly streams = new Map<string, Applied>();

  constructor(
    private readonly version: string,
    private readonly timers: Timers,
    private readonly ports: Pick<MachinePorts<unknown>, "send" | "event" | "faults">,
  ) {}

  /** What is not among them any more is not polled any more. */
  assign(nowMs: number, assignments: readonly XdcrAssignment[]): void {
    const wanted = new Map(assignments.map((assignment) => [assignment.group, assignment]));
    for (const group of this.sources.keys()) if (!wanted.has(group)) this.sources.delete(group);
    for (const [group, assignment] of wanted) {
      const known = this.sources.get(group);
      if (known !== undefined) known.assignment = assignment;
      else
        this.sources.set(group, {
          assignment,
          turn: 0,
          polledAtMs: Number.NEGATIVE_INFINITY,
          answeredAtMs: nowMs,
          otherVersions: new Set(),
        });
    }
    const assigned = new Set(assignments.flatMap(({ streams }) => streams));
    for (const id of this.streams.keys()) if (!assigned.has(id)) this.streams.delete(id);
  }

  tick(nowMs: number): void {
    for (const source of this.sources.values()) {
      if (nowMs - source.polledAtMs >= this.timers.heartbeatIntervalMs) this.poll(nowMs, source);
    }
  }

  receive(nowMs: number, from: Address, changes: Extract<CdcMessage, { kind: "cdc_changes" }>, cluster: string): void {
    const source = this.sources.get(changes.group);
    if (source === undefined) return;
    source.answeredAtMs = nowMs;
    if (!changes.accepted) {
      source.turn += 1;
      if (changes.leader === undefined) delete source.leader;
      else source.leader = changes.leader;
      return;
    }
    source.leader = from;
    for (const change of changes.streams) {
      if (!source.assignment.streams.includes(change.id)) continue;
      const applied = this.streams.get(change.id) ?? {};
      this.streams.set(change.id, this.apply(applied, change));
    }
    const isMixed = changes.version !== this.version && changes.streams.some(({ dataMs }) => dataMs !== undefined);
    if (isMixed) this.noteMix(source, changes, cluster);
  }

  reports(): XdcrReport[] {
    return [...this.streams].map(([stream, { error }]) => ({ stream, ...(error === undefined ? {} : { error }) }));
  }

  private poll(nowMs: number, source: Source): void {
    const { group, sourceMServers, streams } = source.assignment;
    if (nowMs - source.answeredAtMs >= this.timers.heartbeatIntervalMs * 2) {
      delete source.leader;
      source.turn += 1;
    }
    const next = sourceMServers[source.turn % sourceMServers.length];
    const to = source.leader ?? (next === undefined ? undefined : renderHostPort(next));
    if (to === undefined) return;
    source.polledAtMs = nowMs;
    this.ports.send(to, {
      kind: "cdc_poll",
      group,
      streams: streams.map((id) => {
        const appliedMs = this.streams.get(id)?.appliedMs;
        return { id, ...(appliedMs === undefined ? {} : { appliedMs }) };
      }),
    });
  }

  private apply(
    { appliedMs }: Applied,
    { dataMs, error }: { readonly dataMs?: number; readonly error?: XdcrError },
  ): Applied {
    const kept = appliedMs === undefined ? {} : { appliedMs };
    if (error !== undefined) return { ...kept, error };
    const ordered = this.ports.faults.find("xdcr_stream_errors");
    if (ordered !== undefined) {
      const name = ordered.error ?? "REPLICATION_SCHEMA_MISMATCH";
      return { ...kept, error: { error: name, detail: ordered.text ?? "Producer and consumer do not agree" } };
    }
    if (this.ports.faults.find("xdcr_lag_stays") !== undefined || dataMs === undefined) return kept;
    return { appliedMs: dataMs };
  }

  /** Data that a release got from another one: the event log says so once for each pair. */
  private noteMix(source: Source, changes: Extract<CdcMessage, { kind: "cdc_changes" }>, cluster: string): void {
    if (source.otherVersions.has(changes.version)) return;
    source.otherVersions.add(changes.version);
    this.ports.event({
      event: "xdcr_versions_mixed",
      cluster,
      source: changes.sourceCluster,
      group: source.assignment.group,
      version: this.version,
      sourceVersion: changes.version,
    });
  }
}
