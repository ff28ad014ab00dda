// Reads a whole cluster, all of it at the same time, and judges nothing. What could not be seen is a fact too.

import { START_FLAG } from "../dialect/processes";
import { AUTO_FLAGS_APPLY_DELAY, HEARTBEAT_INTERVAL, WAL_RETENTION } from "../dialect/timers";
import { type DesiredCluster, type DesiredNode, declaredProcesses, type ProcessId, type Role } from "../model/desired";
import { type Fact, factOf, unparsed } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { askFlags } from "./ask-flags";
import type { Asking } from "./ask-page";
import { collectCluster, readTimer } from "./collect-cluster";
import type { HostQuestion, HostView } from "./collect-host";
import { collectProcess, leaveOutProcess } from "./collect-process";
import { collectXdcr } from "./collect-xdcr";
import { forgetfulLeaderMemory, type LeaderMemory, readLeader } from "./leader-memory";
import { listPaths } from "./list-paths";
import { mapFact } from "./map-fact";

export interface CollectOptions {
  readonly desired: DesiredCluster;
  readonly asking: Asking;
  /** Reads the ssh facts of one host. */
  readonly readHost: (node: DesiredNode, details: HostQuestion["details"]) => Promise<HostView>;
  /** Hosts that are read whatever their pages say. Those of a process without a page for its version are read too. */
  readonly hosts: readonly string[] | "all" | "none";
  /** Reads what is asked only before a roll begins, too. */
  readonly isThorough?: boolean;
  /** Leaves out what each process says of itself: in a large cluster most of the questions. */
  readonly isClusterOnly?: boolean;
  /** Ids of the streams that other clusters read, from the host on which bm-admin is run. Absent: nobody is asked. */
  readonly readStreams?: (view: HostView, node: string) => Promise<Inventory["cdcStreams"]>;
  readonly readPauseRecords?: () => Promise<Inventory["pauseRecords"]>;
  /** Which MServer led in earlier readings of the same run. Written here. */
  readonly leaderMemory?: LeaderMemory;
}

/** In intervals of polls, which grow to four of them while a gate waits; a reading takes its time too. */
const LEADER_GAP_POLLS_MAX = 10;

export async function collectInventory(options: CollectOptions): Promise<Inventory> {
  const { desired, asking, isThorough = false } = options;
  const nodesOf = (role: Role): DesiredNode[] => desired.nodes.filter((node) => node.roles.includes(role));
  const base = (node: DesiredNode, role: Role): string =>
    `${desired.adminUi.scheme}://${node.host}:${role === "mserver" ? node.ports.mserverHttp : node.ports.dbserverHttp}`;
  const isAsked = (node: DesiredNode): boolean =>
    options.hosts === "all" || (options.hosts !== "none" && options.hosts.includes(node.name));

  const ids = declaredProcesses(desired);
  const nodeOf = (id: ProcessId): DesiredNode => {
    const node = desired.nodes.find((each) => each.name === id.node);
    if (node === undefined) throw new Error(`no node ${id.node}`);
    return node;
  };
  const flagsOf = ids.map((id) => (isThorough ? askFlags(asking, [base(nodeOf(id), id.role)]) : undefined));
  const pathsOn = async (node: DesiredNode): Promise<string[]> => {
    const flags = await Promise.all(flagsOf.filter((_, index) => ids[index]?.node === node.name));
    return [...new Set(flags.flatMap((each) => (each?.known ? listPaths(each.value) : [])))];
  };
  const views = new Map<string, Promise<HostView>>();
  const look = (node: DesiredNode): Promise<HostView> => {
    const view = views.get(node.name) ?? options.readHost(node, isThorough ? { paths: pathsOn(node) } : undefined);
    views.set(node.name, view);
    // Whoever waits for it is told; until somebody does, its failure is not one of the whole program.
    view.catch(() => undefined);
    return view;
  };
  for (const node of desired.nodes.filter(isAsked)) look(node);
  const nobodyAsked = <T>(): Fact<T> => factOf(unparsed<T>("nobody was asked"), "", asking.clock.nowMs());
  const { readStreams, readPauseRecords } = options;
  const [processes, cluster, flags, xdcr] = await Promise.all([
    Promise.all(
      ids.map((id, index) => {
        if (options.isClusterOnly) return leaveOutProcess(asking, id);
        const node = nodeOf(id);
        // Where no page tells a version, its host is the only proof of it, in every poll.
        const viewOf = (isOnlyProof: boolean) => (isOnlyProof ? look(node) : views.get(node.name));
        return collectProcess({ asking, id, base: base(node, id.role), viewOf, flags: flagsOf[index] });
      }),
    ),
    collectCluster(
      asking,
      nodesOf("mserver").map((node) => ({ node, base: base(node, "mserver") })),
    ),
    askFlags(
      asking,
      nodesOf("dbserver").map((node) => base(node, "dbserver")),
    ),
    options.isClusterOnly
      ? { cdcStreams: nobodyAsked<never>(), pauseRecords: nobodyAsked<never>(), xdcrPeers: [] }
      : collectXdcr({
          desired,
          asking,
          isThorough,
          readStreams: async () => {
            let streams: Inventory["cdcStreams"] = nobodyAsked();
            const named = desired.bmAdmin.host;
            for (const node of nodesOf("mserver").filter(({ name }) => named === undefined || name === named)) {
              if (!readStreams || streams.known) break;
              streams = await readStreams(await look(node), node.name);
            }
            return streams;
          },
          readPauseRecords: async () => (desired.xdcr && readPauseRecords ? readPauseRecords() : nobodyAsked()),
        }),
  ]);
  const seen = desired.nodes.filter((node) => views.has(node.name));
  const hosts = await Promise.all(seen.map(async (node) => ({ node: node.name, ...(await look(node)).host })));

  return {
    observedAtMs: asking.clock.nowMs(),
    ...cluster,
    leader: readLeader(
      {
        mservers: cluster.mservers,
        nowMs: asking.clock.monotonicMs(),
        gapMsMax: LEADER_GAP_POLLS_MAX * desired.policy.pollIntervalMs,
      },
      options.leaderMemory ?? forgetfulLeaderMemory(),
    ),
    heartbeatIntervalMs: readTimer(flags, HEARTBEAT_INTERVAL),
    autoFlagsApplyDelayMs: readTimer(flags, AUTO_FLAGS_APPLY_DELAY),
    bsqlEnabled: mapFact(flags, (value) => {
      const flag = START_FLAG.enableBsql.map((name) => value.get(name)).find((each) => each !== undefined);
      return flag && flag.value === "true";
    }),
    ...xdcr,
    walRetentionMs: readTimer(flags, WAL_RETENTION),
    hosts,
    processes,
  };
}
