// Small worlds for the cases of the gates: healthy but for the one thing that a case is about.

import type { GateQuestion } from "../../../provider/gates/gate";
import type { Fact } from "../../../provider/model/fact";
import type { ProcessFacts } from "../../../provider/model/inventory";
import type { DBServerEntry, Flags } from "../../../provider/model/pages";
import type { PlanStep } from "../../../provider/model/plan";
import {
  buildDesired,
  buildHost,
  buildInventory,
  type ClusterShape,
  type InventoryShape,
  known,
  unknown,
} from "../../support/build-cluster";

export type GateCase = readonly [id: string, situation: string, Case, expected: string];

export interface Case {
  readonly cluster?: ClusterShape;
  readonly inventory?: InventoryShape;
  readonly step: PlanStep;
  readonly toBeStarted?: GateQuestion["toBeStarted"];
}

export const NEW = "2.18.0.0-b1";
export const mserver = (node: string): PlanStep => ({
  kind: "restart_process",
  process: { node, role: "mserver" },
  from: "2.16.0.0",
  isLeader: false,
});
export const dbserver = (node: string): PlanStep => ({
  kind: "restart_process",
  process: { node, role: "dbserver" },
  from: "2.16.0.0",
  isLeader: false,
});
export const newMServers = {
  "mserver:db1": { version: NEW },
  "mserver:db2": { version: NEW },
  "mserver:db3": { version: NEW },
};

export const editDBServers = (edit: (entry: { host: string }) => object): InventoryShape => {
  const inventory = buildInventory(buildDesired(), {});
  if (!inventory.dbservers.known) throw new Error("not known");
  return { facts: { dbservers: known(inventory.dbservers.value.map((entry) => ({ ...entry, ...edit(entry) }))) } };
};
export const editMServers = (edit: (entry: { host: string }) => object): InventoryShape => {
  const inventory = buildInventory(buildDesired(), {});
  if (!inventory.mservers.known) throw new Error("not known");
  return { facts: { mservers: known(inventory.mservers.value.map((entry) => ({ ...entry, ...edit(entry) }))) } };
};

export const onDb2 = (more: Parameters<typeof buildHost>[1]): InventoryShape => ({
  facts: { hosts: ["db1", "db2", "db3"].map((node) => buildHost(node, node === "db2" ? more : {})) },
});
export const silentDb2: InventoryShape = {
  facts: {
    hosts: ["db1", "db2", "db3"].map((node) => ({
      ...buildHost(node),
      ...(node === "db2" && { details: unknown("cut off") }),
    })),
  },
};
export const withFlags = (flags: Readonly<Record<string, string>>): InventoryShape => ({
  facts: {
    processes: buildInventory(buildDesired()).processes.map((facts) => ({
      ...facts,
      flags: known(
        new Map(
          Object.entries({ fs_data_dirs: "/home/bigmath/data", ...flags }).map(([name, value]) => [
            name,
            { value, type: "Custom" },
          ]),
        ),
      ),
    })),
  },
});

/** As `/varz?raw` tells them. */
export const untyped: Flags = new Map(
  ["old_flag", "log_dir"].map((name) => [name, { value: "true", type: undefined }] as const),
);
export const withFlagFacts = (flags: () => Fact<Flags>): InventoryShape => ({
  facts: { processes: buildInventory(buildDesired()).processes.map((facts) => ({ ...facts, flags: flags() })) },
});

export const runningOn = (node: string, running: ProcessFacts["running"], version?: string): InventoryShape => ({
  facts: {
    processes: buildInventory(buildDesired(), version === undefined ? {} : { running: version }).processes.map(
      (facts) => (facts.id.node === node ? { ...facts, running } : facts),
    ),
  },
});
export const unseenOn = (node: string): InventoryShape => runningOn(node, unknown("two of them"));

/** One DBServer that tells no lag, or another, and what the leader MServer counts on it. */
export const withLag = (node: string, lag: Fact<number>, tiles: Partial<DBServerEntry["tiles"]>): InventoryShape => {
  const desired = buildDesired();
  const { processes, dbservers } = buildInventory(desired);
  const host = desired.nodes.find((each) => each.name === node)?.host;
  if (!dbservers.known) throw new Error("not known");
  return {
    facts: {
      processes: processes.map((facts) =>
        facts.id.node === node && facts.id.role === "dbserver"
          ? { ...facts, followerLagMsMax: lag, tileCount: known(0) }
          : facts,
      ),
      dbservers: known(
        dbservers.value.map((entry) =>
          entry.host === host ? { ...entry, tiles: { ...entry.tiles, ...tiles } } : entry,
        ),
      ),
    },
  };
};
