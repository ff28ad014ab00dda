// An MServer as a state machine: Raft with its peers, and, while it leads, the memory of DBServers, the balancer, the
// AutoFlags config and the cluster config.

import { type AutoFlagsConfig, findUnsupportedFlag, type ReleaseAutoFlags, renderUnsupportedFlag } from "./auto-flags";
import { Balancer } from "./balancer";
import { buildDashedUuid, buildHexId, buildNewClusterDocument, type ClusterDocument } from "./cluster-document";
import { DbserverRegistry } from "./dbserver-registry";
import {
  changeLeaderBlacklist,
  type Leading,
  promoteAutoFlags,
  stepDown,
  storeCatalogVersion,
} from "./leader-operations";
import { type LastLed, LeaderTroubles } from "./leader-troubles";
import type { CatalogMessage, HeartbeatMessage, Message, RaftMessage } from "./messages";
import type { Address, MachinePorts, Registration } from "./ports";
import { Raft } from "./raft";
import { EMPTY_RAFT_STATE, type RaftState } from "./raft-state";
import type { BsqlCatalogAnswer, MServerRequest, TableAnswer } from "./requests";
import { fail, type Reply, type Status, succeed } from "./status";
import type { Timers } from "./timers";
import { isXdcrRequest, XdcrLeader } from "./xdcr/xdcr-leader";
import type { CdcMessage } from "./xdcr/xdcr-messages";

export interface MServerState {
  readonly uuid: string;
  readonly raft: RaftState;
}

export interface MServerConfig {
  readonly rpc: Address;
  readonly http: Address;
  readonly members: readonly Address[];
  readonly cloud: string;
  readonly region: string;
  readonly zone: string;
  readonly version: string;
  readonly autoFlags: ReleaseAutoFlags;
  /** Newest migration of this release; undefined while BSQL is off. Used when a cluster is created. */
  readonly bsqlCatalogVersion?: number;
  readonly replicationFactor: number;
  readonly tileCount: number;
  /** Tiles are created when so many DBServers are there; undefined: when no new one came for a while. */
  readonly dbserversExpected?: number;
}

export class MServer {
  readonly registration: Registration;
  readonly raft: Raft;
  readonly registry: DbserverRegistry;
  readonly balancer: Balancer;
  private readonly xdcr: XdcrLeader;
  private electedAtMs = 0;
  private readonly troubles: LeaderTroubles;

  constructor(
    readonly config: MServerConfig,
    stored: MServerState | undefined,
    readonly timers: Timers,
    private readonly ports: MachinePorts<MServerState>,
    nowMs: number,
  ) {
    const uuid = stored?.uuid ?? buildHexId(ports.random, 32);
    const { rpc, http, cloud, region, zone } = config;
    this.registration = { uuid, rpc, http, cloud, region, zone, startTimeUs: nowMs * 1000 };
    this.registry = new DbserverRegistry(timers);
    this.balancer = new Balancer(this.registry, timers);
    this.xdcr = new XdcrLeader(timers, this.registry, ports);
    this.troubles = new LeaderTroubles(ports.faults);
    this.raft = new Raft(
      {
        self: rpc,
        uuid,
        members: config.members,
        timers,
        ports: {
          send: ports.send,
          random: ports.random,
          log: ports.log,
          persist: (raft) => ports.persist({ uuid, raft }),
        },
        becameLeader: (atMs) => this.startLeading(atMs),
        followed: (document) => this.checkFlags(document.autoFlags),
      },
      stored?.raft ?? EMPTY_RAFT_STATE,
      nowMs,
    );
    if (stored === undefined) ports.persist({ uuid, raft: EMPTY_RAFT_STATE });
    if (this.raft.document !== undefined) this.checkFlags(this.raft.document.autoFlags);
  }

  get isLeader(): boolean {
    return this.raft.role === "LEADER";
  }

  /** A leader serves once its catalog is loaded; until then it answers with errors that are worth a retry. */
  isServing(nowMs: number): boolean {
    return this.raft.hasCommittedOwnTerm && nowMs - this.electedAtMs >= this.timers.catalogLoadMs;
  }

  /** What it says of itself: an old leader that has not noticed says LEADER, by an ordered fault. */
  claimedRole(nowMs: number): "LEADER" | "FOLLOWER" {
    return this.findStale(nowMs) === undefined ? this.raft.role : "LEADER";
  }

  findStale(nowMs: number): LastLed | undefined {
    return this.troubles.findStale(nowMs, this.isServing(nowMs));
  }

  tick(nowMs: number): void {
    this.raft.tick(nowMs);
    const document = this.raft.document;
    this.troubles.tick(nowMs, {
      isServing: this.isServing(nowMs),
      servesSinceMs: this.electedAtMs + this.timers.catalogLoadMs,
      document,
      stepDown: () => this.raft.stepDown(nowMs),
    });
    if (!this.isServing(nowMs) || document === undefined) return;
    this.xdcr.tick(this.leading(nowMs, document));
    if (!this.balancer.isDue(nowMs)) return;
    const newest = this.raft.document ?? document;
    const changed = this.balancer.run(
      nowMs,
      nowMs - this.electedAtMs,
      this.withPeerUuids(newest),
      this.config,
      this.ports.random,
    );
    if (changed !== newest) this.raft.propose(nowMs, changed, () => undefined);
  }

  receive(nowMs: number, from: Address, message: Message): void {
    switch (message.kind) {
      case "heartbeat":
        this.ports.send(from, this.answerHeartbeat(nowMs, message));
        return;
      case "catalog_store":
        this.storeCatalog(nowMs, from, message);
        return;
      case "vote_request":
      case "vote_reply":
      case "append":
      case "append_reply":
      case "take_over":
        this.raft.receive(nowMs, from, message satisfies RaftMessage);
        return;
      case "cdc_create_streams":
      case "cdc_streams_created":
      case "cdc_delete_streams":
      case "cdc_poll":
        this.receiveFromOtherCluster(nowMs, from, message);
        return;
      default:
        return;
    }
  }

  request(nowMs: number, request: MServerRequest, respond: (reply: Reply) => void): void {
    switch (request.op) {
      case "registration":
        respond(
          succeed({ registration: this.registration, role: this.claimedRole(nowMs), members: this.config.members }),
        );
        return;
      case "balancer_state":
        respond(succeed({ enabled: this.balancer.enabled }));
        return;
      case "set_balancer":
        this.balancer.enabled = request.enabled;
        respond(succeed({}));
        return;
    }
    const document = this.raft.document;
    const refusal = this.refuseUnlessServing(nowMs);
    if (refusal !== undefined || document === undefined) {
      respond(refusal ?? this.notReady());
      return;
    }
    const leader = this.leading(nowMs, document);
    if (isXdcrRequest(request)) {
      this.xdcr.request(leader, request, respond);
      return;
    }
    switch (request.op) {
      case "promote_auto_flags":
        promoteAutoFlags(leader, request.promotion, respond);
        return;
      case "list_dbservers":
        respond(succeed(this.balancer.describeServers(nowMs, document)));
        return;
      case "cluster_config": {
        const { clusterUuid, replicationFactor, config, autoFlags, xdcr } = document;
        const answer = { clusterUuid, replicationFactor, config, autoFlags };
        respond(succeed(xdcr === undefined ? answer : { ...answer, xdcr }));
        return;
      }
      case "change_leader_blacklist":
        changeLeaderBlacklist(leader, request, respond);
        return;
      case "leader_blacklist_completion":
        respond(succeed(this.balancer.describeDrain(nowMs - this.electedAtMs, document)));
        return;
      case "balancer_idle":
        respond(succeed({ idle: this.balancer.isIdle }));
        return;
      case "bsql_catalog":
        respond(succeed({ version: document.bsqlCatalogVersion } satisfies BsqlCatalogAnswer));
        return;
      case "step_down":
        respond(stepDown(leader, request.target));
        return;
      case "list_tables": {
        const names = new Map(document.tiles.map((tile) => [tile.tableUuid, tile.tableName]));
        respond(succeed([...names].map(([uuid, name]): TableAnswer => ({ uuid, name }))));
        return;
      }
    }
  }

  private leading(nowMs: number, document: ClusterDocument): Leading {
    const { raft, balancer, config, ports } = this;
    return { nowMs, document, raft, balancer, config, event: ports.event };
  }

  private receiveFromOtherCluster(nowMs: number, from: Address, message: CdcMessage): void {
    const document = this.raft.document;
    if (!this.isServing(nowMs) || document === undefined) {
      if (message.kind !== "cdc_poll") return;
      const { leader } = this.raft;
      const hint = leader === undefined || leader === this.config.rpc ? {} : { leader };
      const { group } = message;
      const { version } = this.config;
      this.ports.send(from, { kind: "cdc_changes", group, accepted: false, version, streams: [], ...hint });
      return;
    }
    this.xdcr.receive(this.leading(nowMs, document), from, message);
  }

  private storeCatalog(
    nowMs: number,
    from: Address,
    message: Extract<CatalogMessage, { kind: "catalog_store" }>,
  ): void {
    const { id } = message;
    const document = this.raft.document;
    const refusal = this.refuseUnlessServing(nowMs);
    if (refusal !== undefined || document === undefined) {
      this.ports.send(from, { kind: "catalog_stored", id, ...statusOf(refusal ?? this.notReady()) });
      return;
    }
    storeCatalogVersion(this.leading(nowMs, document), message.version, from, (reply) =>
      this.ports.send(from, { kind: "catalog_stored", id, ...(reply.ok ? reply.result : statusOf(reply)) }),
    );
  }

  private refuseUnlessServing(nowMs: number): Reply | undefined {
    if (!this.isLeader) {
      return fail(
        "Illegal state",
        "bm/master/scoped_leader_shared_lock.cc:93",
        `Not the leader. Local UUID: ${this.registration.uuid}, Consensus state: current_term: ${this.raft.term} leader: ${this.raft.leader ?? "unknown"}`,
        "master error 17",
      );
    }
    return this.isServing(nowMs) ? undefined : this.notReady();
  }

  private notReady(): Reply {
    return fail(
      "Service unavailable",
      "bm/master/scoped_leader_shared_lock.cc:102",
      `Leader not yet ready to serve requests: Leader still loading catalog tables, term ${this.raft.term}`,
      "master error 24",
    );
  }

  private startLeading(nowMs: number): void {
    this.electedAtMs = nowMs;
    this.registry.clear();
    this.balancer.reset();
    this.xdcr.reset(nowMs);
    this.ports.event({
      event: "leader_elected",
      term: this.raft.term,
      uuid: this.registration.uuid,
      version: this.config.version,
    });
    const document = this.raft.document ?? this.buildCluster();
    this.raft.propose(nowMs, this.withPeerUuids(document), () => undefined);
  }

  private buildCluster(): ClusterDocument {
    const { replicationFactor, autoFlags, bsqlCatalogVersion } = this.config;
    return buildNewClusterDocument({
      clusterUuid: buildDashedUuid(this.ports.random),
      replicationFactor,
      autoFlags,
      ...(bsqlCatalogVersion === undefined ? {} : { bsqlCatalogVersion }),
    });
  }

  private withPeerUuids(document: ClusterDocument): ClusterDocument {
    const told = [...this.raft.uuids].filter(([address, uuid]) => document.mserverUuids[address] !== uuid);
    if (told.length === 0) return document;
    return { ...document, mserverUuids: { ...document.mserverUuids, ...Object.fromEntries(told) } };
  }

  private checkFlags(flags: AutoFlagsConfig): void {
    const unknown = findUnsupportedFlag(flags, this.config.autoFlags, "mserver");
    if (unknown !== undefined)
      this.ports.fatal("master_main.cc:133", renderUnsupportedFlag(unknown, this.config.version));
  }

  private answerHeartbeat(nowMs: number, heartbeat: Extract<HeartbeatMessage, { kind: "heartbeat" }>): Message {
    const document = this.raft.document;
    const leader = this.raft.leader;
    if (!this.isServing(nowMs) || document === undefined) {
      return { kind: "heartbeat_reply", accepted: false, ...(leader === undefined ? {} : { leader }) };
    }
    const { uuid } = heartbeat.registration;
    if (this.registry.note(nowMs, heartbeat)) {
      this.ports.log("I", `Registered new tablet server { permanent_uuid: "${uuid}" } ${heartbeat.registration.rpc}`);
    }
    const stepDowns = this.balancer.takeMoves(uuid);
    const isFlagsNews = heartbeat.autoFlagsVersion < document.autoFlags.configVersion;
    const isTilesNews = heartbeat.tilesVersion !== document.tilesVersion;
    const configs = document.tiles.filter((tile) => tile.replicas.some((replica) => replica.uuid === uuid));
    return {
      kind: "heartbeat_reply",
      accepted: true,
      leader: this.config.rpc,
      clusterUuid: document.clusterUuid,
      ...(isFlagsNews ? { autoFlags: document.autoFlags } : {}),
      ...(isTilesNews ? { tiles: { version: document.tilesVersion, configs } } : {}),
      ...(stepDowns.length > 0 ? { stepDowns } : {}),
      ...this.xdcr.answerHeartbeat(this.leading(nowMs, document), heartbeat),
    };
  }
}

function statusOf(reply: Reply): { status?: Status } {
  return reply.ok ? {} : { status: reply.status };
}
