// What a serving leader MServer changes when it is asked to. Every change is committed by a majority before it is
// answered, and written to the event log only then.

import { needsRestart, type Promotion, planPromotion } from "./auto-flags";
import type { Balancer } from "./balancer";
import { type ClusterDocument, renderHostPort } from "./cluster-document";
import type { MServerConfig } from "./mserver";
import type { Address, MachineEvent } from "./ports";
import type { Raft } from "./raft";
import type { MServerRequest, PromotionAnswer } from "./requests";
import { fail, type Reply, succeed } from "./status";

/** A leader at work: what it knows at this moment. */
export interface Leading {
  readonly nowMs: number;
  readonly document: ClusterDocument;
  readonly raft: Raft;
  readonly balancer: Balancer;
  readonly config: MServerConfig;
  event(event: MachineEvent): void;
}

export function promoteAutoFlags(
  leader: Leading,
  promotion: Promotion,
  respond: (reply: Reply<PromotionAnswer>) => void,
): void {
  const { document, config } = leader;
  const { version } = config;
  const before = document.autoFlags;
  const after = planPromotion(before, config.autoFlags, promotion);
  if (after === undefined) {
    const { configVersion } = before;
    leader.event({ event: "auto_flags_nothing_to_promote", configVersion, version });
    respond(succeed({ promoted: false, configVersion, needsRestart: false }));
    return;
  }
  commit(leader, { ...document, autoFlags: after }, respond, () => {
    const { configVersion, promoted: flags } = after;
    leader.event({ event: "auto_flags_promoted", configVersion, flags, version });
    return { promoted: true, configVersion, needsRestart: needsRestart(before, after, config.autoFlags) };
  });
}

/** The client read the config, changed it, and says which version it read: of two at once, one must read again. */
export function changeLeaderBlacklist(
  leader: Leading,
  change: Extract<MServerRequest, { op: "change_leader_blacklist" }>,
  respond: (reply: Reply) => void,
): void {
  const { document, balancer } = leader;
  const { version } = document.config;
  if (change.expectedVersion !== version) {
    const text = `Config version does not match, got ${change.expectedVersion}, but most recent one is ${version}. Should call Get again`;
    respond(fail("Illegal state", "bm/master/catalog_manager.cc:12045", text, "master error 29"));
    return;
  }
  const { leaderBlacklist } = change;
  const initialLeaderLoad = balancer.countLeadersOn(document, leaderBlacklist);
  const config = { version: version + 1, leaderBlacklist, initialLeaderLoad };
  commit(leader, { ...document, config }, respond, () => {
    const hosts = leaderBlacklist.map(renderHostPort);
    leader.event({ event: "config_changed", configVersion: config.version, leaderBlacklist: hosts });
    return {};
  });
}

export function stepDown(leader: Leading, targetUuid: string | undefined): Reply {
  const { raft, nowMs } = leader;
  const target = [...raft.uuids].find(([, uuid]) => uuid === targetUuid)?.[0];
  const refusal =
    targetUuid !== undefined && target === undefined
      ? "New leader not found among peers"
      : raft.stepDown(nowMs, target);
  if (refusal === undefined) return succeed({});
  return fail("Illegal state", "bm/consensus/raft_consensus.cc:812", refusal, "tablet server error 21");
}

/** A catalog never goes back; a version that it has already is answered at once. `by` ran the migrations. */
export function storeCatalogVersion(
  leader: Leading,
  version: number,
  by: Address,
  respond: (reply: Reply<{ version: number }>) => void,
): void {
  const { document } = leader;
  const previous = document.bsqlCatalogVersion ?? 0;
  if (version <= previous) {
    respond(succeed({ version: previous }));
    return;
  }
  commit(leader, { ...document, bsqlCatalogVersion: version }, respond, () => {
    leader.event({
      event: "bsql_catalog_upgraded",
      catalogVersion: version,
      previousCatalogVersion: previous,
      by,
      version: leader.config.version,
    });
    return { version };
  });
}

/** Answers with what `committed` gives once a majority has the new document. */
export function commit<T>(
  leader: Leading,
  document: ClusterDocument,
  respond: (reply: Reply<T>) => void,
  committed: () => T,
): void {
  leader.raft.propose(leader.nowMs, document, (isCommitted) => {
    if (isCommitted) respond(succeed(committed()));
    else respond(fail("Aborted", "bm/consensus/raft_consensus.cc:1450", "Operation aborted by new leader"));
  });
}
