// The source's side of xDCR, on its leader MServer: it makes streams, hands out what is new, and keeps the WAL for a
// target that does not come for it, but not longer than `cdc_wal_retention_time_secs`.
//
// How far a target is, is in memory, and saved now and then: a new leader begins where it was saved last.

import { buildHexId, type ClusterDocument } from "../cluster-document";
import type { MachineEvent } from "../ports";
import type { Timers } from "../timers";
import { type CdcStream, withXdcr, xdcrOf } from "./xdcr-document";
import type { CdcChange, CdcMessage, CdcProgress } from "./xdcr-messages";

/** How much faster than real time a target that is behind catches up. */
const CATCH_UP_SPEED = 20;
/** Of the time between two polls, so much counts at most: an answer has a size. */
const POLLS_AT_ONCE = 2;

interface Position {
  appliedMs: number;
  sentMs: number;
  polledAtMs?: number;
}

/** The serving leader, at one moment. `propose` takes the new document; `committed` is called when a majority has it. */
export interface SourceAtWork {
  readonly nowMs: number;
  readonly document: ClusterDocument;
  readonly version: string;
  /** Whether every tile of the table has a leader to read from. */
  hasData(table: string): boolean;
  propose(document: ClusterDocument, committed: () => void): void;
  readonly random: () => number;
  event(event: MachineEvent): void;
}

export class CdcSource {
  private readonly positions = new Map<string, Position>();
  private savedAtMs = 0;

  constructor(private readonly timers: Timers) {}

  /** For a new leader. */
  reset(nowMs: number): void {
    this.positions.clear();
    this.savedAtMs = nowMs;
  }

  tick(source: SourceAtWork): void {
    const { streams } = xdcrOf(source.document);
    if (streams.length === 0) return;
    const lost = streams.filter((stream) => stream.isMissing !== true && this.isLost(source.nowMs, stream));
    const everyMs = Math.min(this.timers.cdcCheckpointMs, this.timers.cdcWalRetentionMs / 4);
    if (lost.length === 0 && source.nowMs - this.savedAtMs < everyMs) return;
    this.savedAtMs = source.nowMs;
    const saved = streams.map((stream): CdcStream => {
      const checkpointMs = this.position(stream).appliedMs;
      return lost.includes(stream) ? { ...stream, checkpointMs, isMissing: true } : { ...stream, checkpointMs };
    });
    const isNews = saved.some((stream, i) => stream.checkpointMs !== streams[i]?.checkpointMs);
    if (!isNews && lost.length === 0) return;
    source.propose(withXdcr(source.document, { streams: saved }), () => {
      for (const stream of lost) source.event(describeLoss(source, stream));
    });
  }

  createStreams(
    source: SourceAtWork,
    { group, targetCluster, tables }: Extract<CdcMessage, { kind: "cdc_create_streams" }>,
    reply: (message: CdcMessage) => void,
  ): void {
    const { document, nowMs } = source;
    const names = new Map(document.tiles.map((tile) => [tile.tableUuid, tile.tableName]));
    const { streams } = xdcrOf(document);
    // One that lost its place is of no use to anybody, even if whoever deleted its group could not tell.
    const isFor = (stream: CdcStream): boolean =>
      stream.group === group && stream.targetCluster === targetCluster && stream.isMissing !== true;
    const known = tables.filter((table) => names.has(table));
    const made = known
      .filter((table) => !streams.some((stream) => isFor(stream) && stream.table === table))
      .map((table) => ({ id: buildHexId(source.random, 32), table, group, targetCluster, checkpointMs: nowMs }));
    const all = [...streams, ...made];
    const answer = (): void =>
      reply({
        kind: "cdc_streams_created",
        group,
        sourceCluster: document.clusterUuid,
        streams: all
          .filter((stream) => isFor(stream) && known.includes(stream.table))
          .map(({ id, table }) => ({ id, table, tableName: names.get(table) ?? "" })),
        unknownTables: tables.filter((table) => !names.has(table)),
      });
    if (made.length === 0) {
      answer();
      return;
    }
    source.propose(withXdcr(document, { streams: all }), () => {
      const facts = { cluster: document.clusterUuid, target: targetCluster, group, version: source.version };
      source.event({ event: "xdcr_streams_created", ...facts, streams: made.map(({ id }) => id) });
      answer();
    });
  }

  deleteStreams(source: SourceAtWork, ids: readonly string[]): void {
    const { streams, pausedStreams } = xdcrOf(source.document);
    const kept = streams.filter(({ id }) => !ids.includes(id));
    if (kept.length === streams.length) return;
    const change = { streams: kept, pausedStreams: pausedStreams.filter((id) => !ids.includes(id)) };
    source.propose(withXdcr(source.document, change), () => undefined);
  }

  answerPoll(source: SourceAtWork, poll: Extract<CdcMessage, { kind: "cdc_poll" }>): CdcMessage {
    return {
      kind: "cdc_changes",
      group: poll.group,
      accepted: true,
      sourceCluster: source.document.clusterUuid,
      version: source.version,
      streams: poll.streams.map((asked) => this.read(source, asked)),
    };
  }

  /** How far each stream's target is. */
  listProgress(document: ClusterDocument): CdcProgress[] {
    return xdcrOf(document).streams.map((stream) => {
      const { appliedMs, sentMs } = this.position(stream);
      return { stream: stream.id, table: stream.table, appliedMs, sentMs };
    });
  }

  private read(source: SourceAtWork, asked: { readonly id: string; readonly appliedMs?: number }): CdcChange {
    const { id } = asked;
    const { streams, pausedStreams } = xdcrOf(source.document);
    const stream = streams.find((one) => one.id === id);
    if (stream === undefined)
      return { id, error: { error: "REPLICATION_UNKNOWN_ERROR", detail: `Could not find CDC stream: ${id}` } };
    if (stream.isMissing === true) {
      const detail = "Unable to find expected op id on the producer";
      return { id, error: { error: "REPLICATION_MISSING_OP_ID", detail } };
    }
    const at = this.position(stream);
    // What was never sent cannot have been applied.
    at.appliedMs = Math.max(at.appliedMs, Math.min(asked.appliedMs ?? at.appliedMs, at.sentMs));
    const sinceMs = Math.min(
      source.nowMs - (at.polledAtMs ?? source.nowMs),
      this.timers.heartbeatIntervalMs * POLLS_AT_ONCE,
    );
    at.polledAtMs = source.nowMs;
    if (!pausedStreams.includes(id) && source.hasData(stream.table))
      at.sentMs = Math.max(at.sentMs, Math.min(source.nowMs, at.appliedMs + sinceMs * CATCH_UP_SPEED));
    return { id, dataMs: at.sentMs };
  }

  private isLost(nowMs: number, stream: CdcStream): boolean {
    return nowMs - this.position(stream).appliedMs > this.timers.cdcWalRetentionMs;
  }

  private position(stream: CdcStream): Position {
    const known = this.positions.get(stream.id);
    if (known !== undefined) return known;
    const position = { appliedMs: stream.checkpointMs, sentMs: stream.checkpointMs };
    this.positions.set(stream.id, position);
    return position;
  }
}

function describeLoss({ document, version }: SourceAtWork, stream: CdcStream): MachineEvent {
  return {
    event: "xdcr_error",
    cluster: document.clusterUuid,
    target: stream.targetCluster,
    group: stream.group,
    stream: stream.id,
    error: "REPLICATION_MISSING_OP_ID",
    version,
  };
}
