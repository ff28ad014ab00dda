// A DBServer as a state machine: it finds the leader MServer and reports to it, keeps its tile replicas, and runs the
// BSQL migrations of its own release when bm-admin asks it to.

import {
  type AutoFlagsConfig,
  findUnsupportedFlag,
  NO_AUTO_FLAGS,
  type ReleaseAutoFlags,
  renderUnsupportedFlag,
} from "./auto-flags";
import { CatalogUpgrade } from "./catalog-upgrade";
import { buildHexId } from "./cluster-document";
import type { HeartbeatMessage, Message } from "./messages";
import type { Address, MachinePorts, Registration } from "./ports";
import type { DbserverRequest } from "./requests";
import { type Reply, succeed } from "./status";
import type { StoredReplica } from "./tile-replica";
import { TileSet } from "./tile-set";
import type { Timers } from "./timers";
import type { CdcProgress } from "./xdcr/xdcr-messages";
import { XdcrPoller } from "./xdcr/xdcr-poller";

export interface DbserverState {
  readonly uuid: string;
  readonly clusterUuid?: string;
  readonly autoFlags: AutoFlagsConfig;
  readonly tilesVersion: number;
  readonly tiles: readonly StoredReplica[];
}

export interface DbserverConfig {
  readonly rpc: Address;
  readonly http: Address;
  readonly mservers: readonly Address[];
  readonly cloud: string;
  readonly region: string;
  readonly zone: string;
  readonly version: string;
  readonly autoFlags: ReleaseAutoFlags;
  /** Newest migration in this release; undefined while BSQL is off. */
  readonly bsqlCatalogVersion?: number;
  readonly ramBytes: () => number;
}

export class Dbserver {
  readonly registration: Registration;
  readonly tiles: TileSet;
  /** The MServer that took the last heartbeat. */
  leader: Address | undefined;
  autoFlags: AutoFlagsConfig;
  /** How far other clusters are that replicate from this one, as the leader MServer last told. */
  cdcProgress: readonly CdcProgress[] = [];
  private readonly poller: XdcrPoller;
  private clusterUuid: string | undefined;
  private tilesVersion: number;
  private target = 0;
  private guess: Address | undefined;
  private sentAtMs = Number.NEGATIVE_INFINITY;
  private unansweredSinceMs: number | undefined;
  private metricsAtMs = Number.NEGATIVE_INFINITY;
  private savedAtMs: number;
  private readonly catalog: CatalogUpgrade;
  /** Set when a promoted AutoFlag is not known here: no heartbeat any more, DEAD after the timeout. */
  private isUnsupported = false;

  constructor(
    readonly config: DbserverConfig,
    stored: DbserverState | undefined,
    readonly timers: Timers,
    private readonly ports: MachinePorts<DbserverState>,
    private readonly startedAtMs: number,
  ) {
    const uuid = stored?.uuid ?? buildHexId(ports.random, 32);
    const { rpc, http, cloud, region, zone } = config;
    this.registration = { uuid, rpc, http, cloud, region, zone, startTimeUs: startedAtMs * 1000 };
    this.autoFlags = stored?.autoFlags ?? NO_AUTO_FLAGS;
    this.clusterUuid = stored?.clusterUuid;
    this.tilesVersion = stored?.tilesVersion ?? 0;
    this.tiles = new TileSet(rpc, timers, ports, stored?.tiles ?? [], startedAtMs);
    this.savedAtMs = startedAtMs;
    this.catalog = new CatalogUpgrade(config.bsqlCatalogVersion, timers, ports);
    this.poller = new XdcrPoller(config.version, timers, ports);
    this.target = Math.floor(ports.random() * config.mservers.length);
    const unknown = findUnsupportedFlag(this.autoFlags, config.autoFlags, "dbserver");
    if (unknown !== undefined) ports.fatal("tablet_server_main.cc:248", renderUnsupportedFlag(unknown, config.version));
    else this.save();
  }

  isReady(nowMs: number): boolean {
    return this.tiles.list().every((replica) => replica.isRunning(nowMs));
  }

  tick(nowMs: number): void {
    const changed = this.tiles.tick(nowMs);
    // The age of the data is persisted now and then, so that a killed process knows how long it was away.
    if (changed || nowMs - this.savedAtMs >= this.timers.heartbeatIntervalMs * 2) this.save(nowMs);
    this.tickHeartbeat(nowMs);
    this.catalog.tick(nowMs, this.leader);
    if (!this.isUnsupported) this.poller.tick(nowMs);
  }

  receive(nowMs: number, from: Address, message: Message): void {
    switch (message.kind) {
      case "heartbeat_reply":
        this.noteReply(nowMs, from, message);
        return;
      case "catalog_stored":
        this.catalog.receive(message);
        return;
      case "cdc_changes":
        this.poller.receive(nowMs, from, message, this.clusterUuid ?? "");
        return;
      case "tile_votes_wanted":
      case "tile_votes":
      case "tile_appends":
      case "tile_append_replies":
      case "tile_take_over":
        if (this.tiles.receive(nowMs, from, message)) this.save(nowMs);
        return;
      default:
        return;
    }
  }

  request(nowMs: number, request: DbserverRequest, respond: (reply: Reply) => void): void {
    switch (request.op) {
      case "is_ready":
        respond(succeed({ ready: this.isReady(nowMs) }));
        return;
      case "upgrade_bsql":
        this.catalog.start(nowMs, respond);
        return;
    }
  }

  /** For a graceful stop. */
  save(nowMs?: number): void {
    if (nowMs !== undefined) this.savedAtMs = nowMs;
    const { uuid } = this.registration;
    const { autoFlags, tilesVersion, clusterUuid } = this;
    this.ports.persist({
      uuid,
      autoFlags,
      tilesVersion,
      tiles: this.tiles.stored(),
      ...(clusterUuid === undefined ? {} : { clusterUuid }),
    });
  }

  private tickHeartbeat(nowMs: number): void {
    if (this.isUnsupported || nowMs - this.sentAtMs < this.timers.heartbeatIntervalMs) return;
    if (this.unansweredSinceMs !== undefined && nowMs - this.unansweredSinceMs >= this.timers.heartbeatIntervalMs * 2)
      this.tryNext();
    this.sendHeartbeat(nowMs);
  }

  private sendHeartbeat(nowMs: number): void {
    const { mservers } = this.config;
    const to = this.guess ?? mservers[this.target % mservers.length];
    if (to === undefined) return;
    this.sentAtMs = nowMs;
    this.unansweredSinceMs ??= nowMs;
    // On its own beat: a new leader MServer shows an uptime of 0 until the next figures come.
    const withMetrics = nowMs - this.metricsAtMs >= this.timers.metricsIntervalMs;
    if (withMetrics) this.metricsAtMs = nowMs;
    const xdcr = this.poller.reports();
    this.ports.send(to, {
      kind: "heartbeat",
      registration: this.registration,
      autoFlagsVersion: this.autoFlags.configVersion,
      tilesVersion: this.tilesVersion,
      tiles: this.tiles.reports(nowMs),
      ...(withMetrics ? { metrics: { uptimeMs: nowMs - this.startedAtMs, ramBytes: this.config.ramBytes() } } : {}),
      ...(xdcr.length > 0 ? { xdcr } : {}),
    });
  }

  private tryNext(): void {
    this.guess = undefined;
    this.leader = undefined;
    this.target += 1;
    this.unansweredSinceMs = undefined;
  }

  private noteReply(nowMs: number, from: Address, reply: Extract<HeartbeatMessage, { kind: "heartbeat_reply" }>): void {
    this.unansweredSinceMs = undefined;
    if (!reply.accepted) {
      this.leader = undefined;
      const isHint = reply.leader !== undefined && this.config.mservers.includes(reply.leader);
      if (isHint) this.guess = reply.leader;
      else this.tryNext();
      return;
    }
    if (this.leader !== from) this.ports.log("I", `Connected to a leader master server at ${from}`);
    this.leader = from;
    this.guess = from;
    this.cdcProgress = reply.cdc ?? [];
    this.poller.assign(nowMs, reply.xdcr ?? []);
    const changed =
      reply.clusterUuid !== this.clusterUuid || reply.autoFlags !== undefined || reply.tiles !== undefined;
    this.clusterUuid = reply.clusterUuid;
    if (reply.autoFlags !== undefined && !this.applyFlags(from, reply.autoFlags)) return;
    if (reply.tiles !== undefined) {
      this.tilesVersion = reply.tiles.version;
      this.tiles.assign(nowMs, reply.tiles.configs);
    }
    if (changed) this.save(nowMs);
    for (const { tile, target } of reply.stepDowns ?? []) this.tiles.handOver(tile, target);
  }

  private applyFlags(from: Address, flags: AutoFlagsConfig): boolean {
    if (flags.configVersion <= this.autoFlags.configVersion) return true;
    this.autoFlags = flags;
    // On disk before it is applied: from here on an old binary cannot be started on this data any more.
    this.save();
    const unknown = findUnsupportedFlag(flags, this.config.autoFlags, "dbserver");
    if (unknown === undefined) {
      this.ports.log("I", `AutoFlags applied: ${flags.promoted.dbserver.join(",")}`);
      return true;
    }
    this.isUnsupported = true;
    this.ports.log("E", `Failed to heartbeat to ${from}: ${renderUnsupportedFlag(unknown, this.config.version)}`);
    return false;
  }
}
