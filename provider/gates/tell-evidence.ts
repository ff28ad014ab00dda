// Pure: what the gates of a step saw when they opened, in numbers. A DBA believes the number, not the word "healthy".

import { type ProcessId, processName } from "../model/desired";
import type { GateId } from "../model/gate-ids";
import type { HostDetails } from "../model/host-details";
import type { HostFacts } from "../model/host-facts";
import { shortestRetentionMs } from "../model/judge-xdcr";
import { isSameRelease } from "../model/version";
import type { GateQuestion } from "./gate";
import { gates } from "./index";

export interface Evidence {
  readonly gate: string;
  readonly seen: string;
}

/** One line for every gate that this step asks and that stays in force. Only for a question that they all answered with "open". */
export const tellEvidence = (question: GateQuestion): Evidence[] =>
  gates
    .filter((gate) => gate.before.includes(question.step.kind))
    .filter((gate) => !(gate.id in question.desired.policy.waive))
    .flatMap(({ id }) => {
      const seen = TELL[id](question);
      return seen === undefined ? [] : [{ gate: id, seen }];
    });

/** Undefined: the gate has nothing to say about this step, e.g. tiles when an MServer stops. */
type Tell = (question: GateQuestion) => string | undefined;

const TELL: Readonly<Record<GateId, Tell>> = {
  release_is_staged_on_every_host: ({ inventory, desired }) => {
    const staged = inventory.processes.filter((facts) => facts.staged.known && facts.staged.value.hasBinaries);
    return `${desired.version} lies ready for ${count(new Set(staged.map((facts) => facts.id.node)).size, "host")}`;
  },
  process_is_seen_on_its_host: ({ inventory, candidate }) => {
    const seen = inventory.processes.filter(
      (facts) => facts.running.known && facts.running.value && (!candidate || isCandidate(candidate, facts.id)),
    );
    if (!candidate) return `${seen.length} of ${inventory.processes.length} processes`;
    const running = seen[0]?.running;
    return running?.known && running.value ? `pid ${running.value.pid} on ${candidate.node}` : undefined;
  },
  no_act_is_under_way: ({ inventory }) => `none on ${count(inventory.hosts.length, "host")}`,
  every_server_of_the_cluster_is_declared: ({ inventory }) =>
    inventory.mservers.known && inventory.dbservers.known
      ? `${count(inventory.mservers.value.length, "MServer")} and ${count(inventory.dbservers.value.length, "DBServer")} in the cluster, all named`
      : undefined,
  extensions_are_in_the_new_release: (question) =>
    atMost(
      question,
      ({ extensionsRunning }) => extensionsRunning.length,
      (most) => `none of up to ${count(most, "extension")} is missing`,
    ),
  data_is_outside_every_release: ({ inventory }) =>
    `${inventory.processes.filter((facts) => facts.flags.known).length} processes' data, log and conf`,
  promoted_flags_exist_in_the_new_release: (question) =>
    atLeast(
      question,
      ({ autoFlags }) => autoFlags?.length,
      (least) => `the new release knows ${count(least, "AutoFlag")}; none that is used is missing`,
    ),
  catalog_upgrade_is_supported: ({ desired, inventory }) =>
    desired.bsql === false || (inventory.bsqlEnabled.known && !inventory.bsqlEnabled.value)
      ? "BSQL is off"
      : "2.8 or later runs",
  disks_have_room: (question) =>
    atLeastOfHost(
      question,
      (facts) => facts.disks[0]?.availableBytes,
      (least, node) => `least: ${(least / 1e9).toFixed(1)} GB on ${node}`,
    ),
  memory_is_available: (question) =>
    atLeastOfHost(
      question,
      (facts) => facts.memAvailableBytes,
      (least, node) => `least: ${(least / 1e9).toFixed(1)} GB on ${node}`,
    ),
  processes_outlive_the_login: () => "no login's end ends what was started in it",
  clocks_agree: ({ inventory }) => {
    const offsets = inventory.hosts.flatMap(({ clock }) => (clock.known ? [clock.value.offsetMs] : []));
    if (offsets.length < 2) return undefined;
    return `${Math.round(Math.max(...offsets) - Math.min(...offsets))} ms apart at most, as measured from here`;
  },
  every_xdcr_link_is_declared: ({ inventory }) =>
    inventory.config.known && inventory.cdcStreams.known
      ? `${count(inventory.config.value.xdcrGroups.length, "replication group")} into this cluster and ${count(inventory.cdcStreams.value.length, "stream")} out of it, all declared`
      : undefined,
  xdcr_pause_fits_the_retention: ({ desired, inventory }) =>
    desired.xdcr
      ? `kept for ${Math.round(shortestRetentionMs(desired, inventory) / 60_000)} min by the source`
      : undefined,
  xdcr_is_paused: ({ inventory }) =>
    inventory.config.known
      ? `${count(inventory.config.value.xdcrGroups.length, "replication group")} into this cluster, none active`
      : undefined,
  all_mservers_answer_and_one_leads: (question) => {
    const { mservers } = question.inventory;
    if (!mservers.known) return undefined;
    const fine = mservers.value.filter((entry) => entry.error === undefined).length;
    return `${fine} of ${mservers.value.length} MServers, ${leaderName(question) ?? "one"} leads`;
  },
  cluster_is_settled: ({ inventory }) =>
    inventory.leader.known
      ? `the same leader MServer in ${count(inventory.leader.value.readingCount, "reading")} in a row`
      : undefined,
  mserver_majority_survives_this_stop: ({ inventory, candidate }) => {
    if (candidate?.role !== "mserver") return undefined;
    const all = inventory.processes.filter((facts) => facts.id.role === "mserver");
    const others = all.filter((facts) => !isCandidate(candidate, facts.id) && isAnswering(facts));
    return `${others.length} of ${all.length} answer without it; a majority is ${Math.floor(all.length / 2) + 1}`;
  },
  leader_mserver_goes_last: (question) => {
    if (question.candidate?.role !== "mserver") return undefined;
    const leader = leaderName(question);
    return leader === question.candidate.node
      ? "it leads, and no other MServer is old"
      : `${leader ?? "another"} leads`;
  },
  mservers_are_new_before_dbservers: ({ candidate, inventory, desired }) => {
    if (candidate?.role !== "dbserver") return undefined;
    const all = inventory.processes.filter((facts) => facts.id.role === "mserver");
    const fresh = all.filter(({ version }) => version.known && isSameRelease(desired.version, version.value));
    return `${fresh.length} of ${all.length} MServers run ${desired.version}`;
  },
  no_dbserver_is_down: ({ inventory, desired }) => {
    if (!inventory.dbservers.known) return undefined;
    const ages = inventory.dbservers.value.map((entry) => entry.heartbeatAgeSec);
    const alive = inventory.dbservers.value.filter((entry) => entry.status === "ALIVE").length;
    return `${alive} of ${ages.length} ALIVE, oldest heartbeat ${Math.max(0, ...ages).toFixed(1)} s (limit ${seconds(desired.policy.heartbeatAgeMaxMs)})`;
  },
  no_tile_is_leaderless: ({ inventory }) =>
    inventory.tilesLeaderless.known ? `${inventory.tilesLeaderless.value.length} tiles without a leader` : undefined,
  no_tile_is_under_replicated: ({ inventory }) =>
    inventory.tilesUnderReplicated.known
      ? `${inventory.tilesUnderReplicated.value.length} tiles under-replicated`
      : undefined,
  every_follower_is_current: ({ inventory, desired }) => {
    const lags = inventory.processes.flatMap(({ id, followerLagMsMax: lag }) =>
      lag.known ? [{ id, ms: lag.value }] : [],
    );
    // Of equal ones a DBServer's: it is the one with more to lose.
    const [worst] = lags.sort((a, b) => b.ms - a.ms || a.id.role.localeCompare(b.id.role));
    if (!worst) return undefined;
    return `largest lag ${seconds(worst.ms)} on ${processName(worst.id)} (limit ${seconds(desired.policy.followerLagMaxMs)})`;
  },
  every_tile_keeps_a_majority: ({ inventory, candidate }) => {
    if (candidate?.role !== "dbserver" || !inventory.replicationFactor.known) return undefined;
    const factor = inventory.replicationFactor.value;
    const others = inventory.processes.filter(
      (facts) => facts.id.role === "dbserver" && !isCandidate(candidate, facts.id),
    );
    return `replication factor ${factor}: ${Math.floor((factor - 1) / 2)} replica may be missing; ${others.filter(isAnswering).length} of ${others.length} other DBServers answer`;
  },
  autoflags_need_one_version: ({ inventory, desired }) => {
    const fresh = inventory.processes.filter(
      ({ version }) => version.known && isSameRelease(desired.version, version.value),
    );
    return `${fresh.length} of ${inventory.processes.length} processes run ${desired.version}`;
  },
};

function leaderName({ inventory, desired }: GateQuestion): string | undefined {
  const leader = inventory.mservers.known && inventory.mservers.value.find((entry) => entry.role === "LEADER");
  if (!leader) return undefined;
  const node = desired.nodes.find((each) => each.host === leader.host && each.ports.mserverRpc === leader.rpcPort);
  return node?.name ?? leader.host;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const isCandidate = (candidate: ProcessId, id: ProcessId): boolean =>
  candidate.node === id.node && candidate.role === id.role;
const isAnswering = (facts: { readonly isAnswering: { readonly known: boolean; readonly value?: boolean } }): boolean =>
  facts.isAnswering.known && facts.isAnswering.value === true;

const detailsOf = ({ inventory }: GateQuestion): HostDetails[] =>
  inventory.hosts.flatMap(({ details }) => (details.known ? [details.value] : []));

function atMost(question: GateQuestion, of: (details: HostDetails) => number, tell: (most: number) => string) {
  const numbers = detailsOf(question).map(of);
  return numbers.length === 0 ? undefined : tell(Math.max(...numbers));
}

function atLeast(
  question: GateQuestion,
  of: (details: HostDetails) => number | undefined,
  tell: (least: number) => string,
) {
  const numbers = detailsOf(question).flatMap((details) => of(details) ?? []);
  return numbers.length === 0 ? undefined : tell(Math.min(...numbers));
}

function atLeastOfHost(
  { inventory }: GateQuestion,
  of: (facts: HostFacts) => number | undefined,
  tell: (least: number, node: string) => string,
) {
  const found = inventory.hosts.flatMap(({ node, facts }) => {
    const number = facts.known ? of(facts.value) : undefined;
    return number === undefined ? [] : [{ node, number }];
  });
  const [least] = found.sort((a, b) => a.number - b.number);
  return least && tell(least.number, least.node);
}
