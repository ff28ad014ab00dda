import type { SandboxHostOptions, SandboxRole } from "../types";

export interface LayoutWishes {
  readonly layout: "colocated" | "separate";
  readonly hosts?: number;
  readonly mservers?: number;
  readonly dbservers?: number;
}

const DEFAULT_COUNT = 3;
const zoneOf = (index: number): string => `z${(index % 3) + 1}`;

/**
 * Which hosts there are and what runs on them. "colocated": db1, db2 … with MServers on the first of them;
 * "separate": ms1 … and db1 … with one process each. Zones go round z1, z2, z3.
 */
export function planHosts(wishes: LayoutWishes): SandboxHostOptions[] {
  return wishes.layout === "separate" ? planSeparate(wishes) : planColocated(wishes);
}

function planSeparate({
  hosts,
  mservers = DEFAULT_COUNT,
  dbservers = DEFAULT_COUNT,
}: LayoutWishes): SandboxHostOptions[] {
  if (hosts !== undefined)
    throw new Error("--hosts is for --layout colocated; with separate hosts give --mservers and --dbservers");
  const some = (prefix: string, role: SandboxRole, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${prefix}${index + 1}`,
      roles: [role],
      zone: zoneOf(index),
    }));
  return [...some("ms", "mserver", mservers), ...some("db", "dbserver", dbservers)];
}

function planColocated({ hosts, mservers, dbservers }: LayoutWishes): SandboxHostOptions[] {
  const count = hosts ?? Math.max(DEFAULT_COUNT, mservers ?? 0, dbservers ?? 0);
  const mserverCount = mservers ?? Math.min(DEFAULT_COUNT, count);
  const dbserverCount = dbservers ?? count;
  if (mserverCount > count || dbserverCount > count) {
    throw new Error(
      `${count} hosts cannot carry ${mserverCount} MServers and ${dbserverCount} DBServers: one of each per host`,
    );
  }
  return Array.from({ length: Math.max(mserverCount, dbserverCount) }, (_, index) => ({
    name: `db${index + 1}`,
    roles: [
      ...(index < mserverCount ? (["mserver"] as const) : []),
      ...(index < dbserverCount ? (["dbserver"] as const) : []),
    ],
    zone: zoneOf(index),
  }));
}
