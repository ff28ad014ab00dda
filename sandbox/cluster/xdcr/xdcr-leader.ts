// Everything of xDCR that a leader MServer does, as the source of some links and the target of others.

import type { ClusterDocument } from "../cluster-document";
import type { DbserverRegistry } from "../dbserver-registry";
import { listLeaderless } from "../judge-tiles";
import type { Leading } from "../leader-operations";
import type { HeartbeatMessage } from "../messages";
import type { Address, MachinePorts } from "../ports";
import type { MServerRequest } from "../requests";
import type { Reply } from "../status";
import type { Timers } from "../timers";
import { CdcSource, type SourceAtWork } from "./cdc-source";
import type { CdcMessage } from "./xdcr-messages";
import {
  alterReplication,
  deleteReplication,
  describeSetup,
  describeStatus,
  pauseSourceStreams,
  setReplicationEnabled,
  setUpReplication,
} from "./xdcr-operations";
import { XdcrTarget } from "./xdcr-target";

const OPERATIONS = [
  "setup_universe_replication",
  "is_setup_universe_replication_done",
  "alter_universe_replication",
  "delete_universe_replication",
  "set_universe_replication_enabled",
  "get_replication_status",
  "pause_source_streams",
] as const;

type XdcrRequest = Extract<MServerRequest, { op: (typeof OPERATIONS)[number] }>;

export const isXdcrRequest = (request: MServerRequest): request is XdcrRequest =>
  OPERATIONS.some((op) => op === request.op);

export class XdcrLeader {
  private readonly source: CdcSource;
  private readonly target: XdcrTarget;

  constructor(
    timers: Timers,
    private readonly registry: DbserverRegistry,
    private readonly ports: Pick<MachinePorts<unknown>, "send" | "faults" | "random">,
  ) {
    this.source = new CdcSource(timers);
    this.target = new XdcrTarget(timers, registry, ports);
  }

  /** For a new leader. */
  reset(nowMs: number): void {
    this.source.reset(nowMs);
    this.target.reset();
  }

  tick(leader: Leading): void {
    if (leader.document.xdcr === undefined) return;
    this.source.tick(this.atWork(leader));
    this.target.tick(this.atWork(leader));
  }

  receive(leader: Leading, from: Address, message: CdcMessage): void {
    const work = this.atWork(leader);
    switch (message.kind) {
      case "cdc_create_streams":
        this.source.createStreams(work, message, (answer) => this.ports.send(from, answer));
        return;
      case "cdc_delete_streams":
        this.source.deleteStreams(work, message.streams);
        return;
      case "cdc_poll":
        this.ports.send(from, this.source.answerPoll(work, message));
        return;
      case "cdc_streams_created":
        this.target.receive(work, message);
        return;
      case "cdc_changes":
        return;
    }
  }

  /** What the answer to a DBServer's heartbeat says of xDCR. */
  answerHeartbeat(
    leader: Leading,
    { registration, xdcr: reports }: Extract<HeartbeatMessage, { kind: "heartbeat" }>,
  ): Pick<Extract<HeartbeatMessage, { kind: "heartbeat_reply" }>, "xdcr" | "cdc"> {
    if (leader.document.xdcr === undefined) return {};
    if (reports !== undefined) this.target.noteReports(this.atWork(leader), reports);
    const xdcr = this.target.assignmentsFor(leader.nowMs, leader.document, registration.uuid);
    const cdc = this.source.listProgress(leader.document);
    return { ...(xdcr.length > 0 ? { xdcr } : {}), ...(cdc.length > 0 ? { cdc } : {}) };
  }

  request(leader: Leading, request: XdcrRequest, respond: (reply: Reply) => void): void {
    switch (request.op) {
      case "setup_universe_replication":
        setUpReplication(leader, request, respond);
        return;
      case "is_setup_universe_replication_done":
        respond(describeSetup(leader, request.group));
        return;
      case "alter_universe_replication":
        alterReplication(leader, request, this.target, respond);
        return;
      case "delete_universe_replication":
        deleteReplication(leader, request.group, this.target, respond);
        return;
      case "set_universe_replication_enabled":
        setReplicationEnabled(leader, request, this.target, this.ports.faults, respond);
        return;
      case "get_replication_status":
        respond(describeStatus(leader, this.target, request.group));
        return;
      case "pause_source_streams":
        pauseSourceStreams(leader, request, respond);
        return;
    }
  }

  private atWork({ nowMs, document: serving, raft, config, event }: Leading): SourceAtWork {
    const { registry, ports } = this;
    const newest = (): ClusterDocument => raft.document ?? serving;
    return {
      nowMs,
      // One change may follow another at once.
      get document() {
        return newest();
      },
      version: config.version,
      random: ports.random,
      event,
      hasData: (table) => !listLeaderless(nowMs, newest(), registry).some((tile) => tile.tableUuid === table),
      propose: (document, committed) => raft.propose(nowMs, document, (isCommitted) => isCommitted && committed()),
    };
  }
}
