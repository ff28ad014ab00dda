// The table: every way to end a run, at every place of a roll where that may matter.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { TestCluster } from "../../support/sandbox-cluster";

export const KINDS = [
  "SIGINT",
  "SIGINT twice",
  "SIGTERM",
  "SIGKILL of the CLI",
  "SIGKILL of the provider process",
  "network cut to all hosts",
  "reboot of a host",
] as const;
export type Kind = (typeof KINDS)[number];

export const PLACES = [
  "in the middle of the MServers",
  "between the tiers",
  "in the middle of the DBServers",
  "between the last DBServer and promotion",
  "during upgrade_bsql",
] as const;
export type Place = (typeof PLACES)[number];

export interface Interruption {
  readonly kind: Kind;
  readonly place: Place;
}

export const ALL: readonly Interruption[] = KINDS.flatMap((kind) => PLACES.map((place) => ({ kind, place })));

/** One of each kind, and each place at least once. */
export const SOME: readonly Interruption[] = [
  { kind: "SIGINT", place: "in the middle of the DBServers" },
  { kind: "SIGINT twice", place: "in the middle of the MServers" },
  { kind: "SIGTERM", place: "between the last DBServer and promotion" },
  { kind: "SIGKILL of the CLI", place: "in the middle of the MServers" },
  { kind: "SIGKILL of the provider process", place: "during upgrade_bsql" },
  { kind: "network cut to all hosts", place: "in the middle of the DBServers" },
  { kind: "reboot of a host", place: "between the tiers" },
];

export const casesOf = (kinds: readonly Kind[]): Interruption[] =>
  (process.env["BMDB_TEST_LONG"] === "1" ? ALL : SOME).filter(({ kind }) => kinds.includes(kind));

/** Slow enough to be met in the middle; its client waits for it. */
export const SLOW_UPGRADE = { kind: "bsql_upgrade_times_out", takesMs: 4000, clientWaitsMs: 30_000 } as const;

/** Whether a roll to `target` has come to this place, by what really happened in the sandbox. */
export async function isAt(
  place: Place,
  { sandbox }: TestCluster,
  roll: { begin: number; target: string },
): Promise<boolean> {
  const events = (await sandbox.events()).slice(roll.begin);
  const countOf = (role: string, name: string) =>
    events.filter(({ event, role: whose, version }) => event === name && whose === role && version === roll.target)
      .length;
  switch (place) {
    case "in the middle of the MServers":
      return countOf("mserver", "process_started") >= 2;
    case "between the tiers":
      return countOf("mserver", "process_serving") >= 3;
    case "in the middle of the DBServers":
      return countOf("dbserver", "process_started") >= 2;
    case "between the last DBServer and promotion":
      return countOf("dbserver", "process_serving") >= 3;
    case "during upgrade_bsql":
      return isBmAdminUpgrading(sandbox.dir);
  }
}

/** The event log does not know it before it is done, so the process itself is looked for. */
function isBmAdminUpgrading(dir: string): boolean {
  return readdirSync("/proc").some((pid) => {
    try {
      const isOfSandbox = readlinkSync(`/proc/${pid}/exe`).startsWith(`${dir}/`);
      return isOfSandbox && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("upgrade_bsql");
    } catch {
      return false;
    }
  });
}
