// What a roll has to know of xDCR: who reads from this cluster, and the clusters that the program declares links with.

import { FLAGS_JSON, VERSION_JSON } from "../dialect/pages";
import { WAL_RETENTION } from "../dialect/timers";
import { type DesiredCluster, roleName } from "../model/desired";
import { type Fact, factOf, unparsed } from "../model/fact";
import type { Inventory, XdcrPeer } from "../model/inventory";
import { listMServerNodes, type XdcrCluster } from "../model/xdcr";
import { askFlags } from "./ask-flags";
import { type Asking, askPage } from "./ask-page";
import { collectCluster, readTimer } from "./collect-cluster";
import { mapFact } from "./map-fact";
import { parseFlagsJson } from "./parse/flags-json";
import { parseProcessVersion } from "./parse/process-version";

export type XdcrView = Pick<Inventory, "cdcStreams" | "pauseRecords" | "xdcrPeers">;

export interface XdcrQuestion {
  readonly desired: DesiredCluster;
  readonly asking: Asking;
  readonly isThorough: boolean;
  /** Over ssh; only asked when it is thorough. */
  readonly readStreams: () => Promise<Inventory["cdcStreams"]>;
  readonly readPauseRecords: () => Promise<Inventory["pauseRecords"]>;
}

export async function collectXdcr(question: XdcrQuestion): Promise<XdcrView> {
  const { desired, asking, isThorough } = question;
  const notAsked = <T>(): Fact<T> => factOf(unparsed<T>("it was not asked this time"), "", asking.clock.nowMs());
  const [cdcStreams, pauseRecords, xdcrPeers] = await Promise.all([
    isThorough ? question.readStreams() : notAsked<readonly string[]>(),
    isThorough ? question.readPauseRecords() : notAsked<never>(),
    Promise.all(
      Object.entries(desired.xdcr?.clusters ?? {}).map(([name, cluster]) =>
        collectPeer({ name, cluster, scheme: desired.adminUi.scheme, asking, isThorough }),
      ),
    ),
  ]);
  return { cdcStreams, pauseRecords, xdcrPeers };
}

async function collectPeer(question: {
  readonly name: string;
  readonly cluster: XdcrCluster;
  readonly scheme: string;
  readonly asking: Asking;
  readonly isThorough: boolean;
}): Promise<XdcrPeer> {
  const { name, cluster, scheme, asking, isThorough } = question;
  const mservers = listMServerNodes(name, cluster).map((node) => ({
    node,
    base: `${scheme}://${node.host}:${node.ports.mserverHttp}`,
  }));
  const view = await collectCluster(asking, mservers);
  const notAsked = <T>(): Fact<T> => factOf(unparsed<T>("it was not asked this time"), name, asking.clock.nowMs());
  if (!isThorough)
    return {
      name,
      config: view.config,
      processes: notAsked(),
      autoFlags: notAsked(),
      walRetentionMs: notAsked(),
      dbserverBases: [],
    };
  const listed = [
    ...(view.mservers.known
      ? view.mservers.value.map(({ host, httpPort }) => ({ role: "mserver" as const, host, httpPort }))
      : []),
    ...(view.dbservers.known
      ? view.dbservers.value.map(({ host, httpPort }) => ({ role: "dbserver" as const, host, httpPort }))
      : []),
  ].map((each) => ({
    name: `${roleName(each.role)} ${each.host}`,
    role: each.role,
    base: `${scheme}://${each.host}:${each.httpPort ?? cluster.httpPort}`,
  }));
  const versions = await Promise.all(
    listed.map(async (process) => ({
      name: process.name,
      version: await askPage(asking, process.base + VERSION_JSON, parseProcessVersion),
    })),
  );
  const [ofMServer, ofDBServer] = await Promise.all(
    (["mserver", "dbserver"] as const).map((role) => {
      const first = listed.find((process) => process.role === role);
      return first
        ? askPage(asking, first.base + FLAGS_JSON, parseFlagsJson)
        : Promise.resolve(notAsked<ReadonlyMap<string, { type: string | undefined; value: string }>>());
    }),
  );
  const dbserverBases = listed.filter(({ role }) => role === "dbserver").map(({ base }) => base);
  const retention = await askFlags(asking, dbserverBases);
  const unseen = [
    ...(view.mservers.known ? [] : [view.mservers.why]),
    ...(view.dbservers.known ? [] : [view.dbservers.why]),
    ...versions.flatMap((each) => (each.version.known ? [] : [`${each.name}: ${each.version.why}`])),
  ];
  return {
    name,
    config: view.config,
    processes:
      unseen.length > 0
        ? factOf(unparsed<never>(unseen.join("; ")), name, asking.clock.nowMs())
        : mapFact(view.config, () =>
            versions.flatMap(({ name: process, version }) =>
              version.known ? [{ name: process, version: version.value.release }] : [],
            ),
          ),
    autoFlags: joinAutoFlags(ofMServer ?? notAsked(), ofDBServer ?? notAsked()),
    walRetentionMs: readTimer(retention, WAL_RETENTION),
    dbserverBases,
  };
}

type FlagsFact = Fact<ReadonlyMap<string, { readonly type: string | undefined; readonly value: string }>>;

/** `mserver:NAME` of every AutoFlag that is promoted. Not known where the page does not tell types. */
export function joinAutoFlags(mserver: FlagsFact, dbserver: FlagsFact): Fact<readonly string[]> {
  if (!mserver.known) return mserver;
  if (!dbserver.known) return dbserver;
  const listed = [...listAutoFlags("mserver", mserver.value), ...listAutoFlags("dbserver", dbserver.value)];
  return listed.includes(undefined)
    ? { known: false, why: "the page does not tell which flags are AutoFlags", from: mserver.from, atMs: mserver.atMs }
    : { ...mserver, value: listed.filter((flag) => flag !== undefined) };
}

const listAutoFlags = (
  role: string,
  flags: ReadonlyMap<string, { readonly type: string | undefined }>,
): (string | undefined)[] =>
  [...flags].flatMap(([name, { type }]) =>
    type === undefined ? [undefined] : type === "Auto" ? [`${role}:${name}`] : [],
  );
