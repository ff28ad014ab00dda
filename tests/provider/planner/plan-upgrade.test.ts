import { listAwaiting } from "../../../provider/model/awaiting-restart";
import { stepId, stepsOf } from "../../../provider/model/plan";
import { type PlanContext, planUpgrade } from "../../../provider/planner/plan-upgrade";
import {
  buildDesired,
  buildInventory,
  type ClusterShape,
  type InventoryShape,
  known,
} from "../../support/build-cluster";

const nothingRemembered: PlanContext = { finalizedVersion: undefined, adoptedVersion: undefined };

function planFor(cluster: ClusterShape, inventory: InventoryShape, context: PlanContext = nothingRemembered) {
  const desired = buildDesired(cluster);
  return planUpgrade(desired, buildInventory(desired, inventory), context);
}

function stepIds(cluster: ClusterShape, inventory: InventoryShape, context?: PlanContext): string[] {
  const planned = planFor(cluster, inventory, context);
  if (planned.kind === "refused") throw new Error(JSON.stringify(planned.refusals));
  return stepsOf(planned.plan).map(stepId);
}

const restarts = (ids: readonly string[]) => ids.filter((id) => id.startsWith("restart") || id.startsWith("start_"));
const refusalCodes = (cluster: ClusterShape, inventory: InventoryShape): string[] => {
  const planned = planFor(cluster, inventory);
  return planned.kind === "refused" ? planned.refusals.map((refusal) => refusal.code) : [];
};

test("MServers come before DBServers and the leader MServer comes last among them", () => {
  expect(restarts(stepIds({}, { leader: "db1" }))).toEqual([
    "restart_process:mserver:db2",
    "restart_process:mserver:db3",
    "restart_process:mserver:db1",
    "restart_process:dbserver:db1",
    "restart_process:dbserver:db2",
    "restart_process:dbserver:db3",
  ]);
});

test("every restart is followed by its proof and its watch before the next one", () => {
  const ids = stepIds({}, {});
  for (const id of restarts(ids)) {
    const at = ids.indexOf(id);
    const process = id.slice("restart_process:".length);
    const comeBack = process.startsWith("dbserver") ? [`return_leaders:${process}`] : [];
    const expected = [`prove_return:${process}`, ...comeBack, `watch:${process}`];
    expect(ids.slice(at + 1, at + 1 + expected.length)).toEqual(expected);
  }
});

test("every DBServer is drained right before its restart", () => {
  const ids = stepIds({}, {});
  for (const id of restarts(ids).filter((each) => each.includes("dbserver")))
    expect(ids[ids.indexOf(id) - 1]).toBe(id.replace("restart_process", "drain_leaders"));
});

test("nothing is drained where the program says so, and at replication factor 1", () => {
  const more = { policy: { allowInterruption: true } };
  expect(stepIds({ more: { policy: { drainLeaders: false } } }, {}).join()).not.toContain("drain");
  expect(stepIds({ more }, { facts: { replicationFactor: known(1) } }).join()).not.toContain("drain");
  expect(stepIds({ more }, {}).join()).toContain("drain");
});

test("the leader MServer hands over right before its restart, and no other one does", () => {
  const ids = stepIds({}, { leader: "db1" });
  expect(ids.filter((id) => id.startsWith("step_down"))).toEqual(["step_down_leader:mserver:db1"]);
  expect(ids[ids.indexOf("restart_process:mserver:db1") - 1]).toBe("step_down_leader:mserver:db1");
});

test("a single MServer has nobody to hand over to", () => {
  const nodes = { m1: "mserver", d1: "dbserver", d2: "dbserver", d3: "dbserver" } as const;
  expect(stepIds({ nodes, more: { policy: { allowInterruption: true } } }, {}).join()).not.toContain("step_down");
});

test("promotion comes after every restart and before the BSQL catalog", () => {
  const ids = stepIds({}, {});
  expect(ids.slice(-5)).toEqual([
    "verify_one_version",
    "promote_auto_flags",
    "wait_for_auto_flags",
    "upgrade_bsql_catalog",
    "check_end",
  ]);
});

test("DBServers are ordered zone by zone", () => {
  const nodes = { a1: "both", b1: "both", a2: "both" } as const;
  const ids = restarts(stepIds({ nodes, zones: { a1: "a", b1: "b", a2: "a" } }, {}));
  expect(ids.slice(3)).toEqual([
    "restart_process:dbserver:a1",
    "restart_process:dbserver:a2",
    "restart_process:dbserver:b1",
  ]);
});

test("a finished and finalized cluster gives an empty plan", () => {
  expect(stepIds({}, { running: "2.18.0.0-b1" }, { finalizedVersion: "2.18.0.0", adoptedVersion: undefined })).toEqual(
    [],
  );
});

test("a cluster on the new binaries that is not finalized gives only the finalisation", () => {
  expect(restarts(stepIds({}, { running: "2.18.0.0-b1" }))).toEqual([]);
  expect(stepIds({}, { running: "2.18.0.0-b1" })).toContain("promote_auto_flags");
});

test("changing a setting of an adopted cluster promotes nothing", () => {
  expect(stepIds({}, { running: "2.18.0.0-b1" }, { finalizedVersion: "", adoptedVersion: "2.18.0.0" })).toEqual([]);
});

test("repairing an adopted cluster promotes nothing", () => {
  const processes = { "dbserver:db2": { down: true } };
  const ids = stepIds({}, { running: "2.18.0.0-b1", processes }, { finalizedVersion: "", adoptedVersion: "2.18.0.0" });
  expect(restarts(ids)).toEqual(["start_process:dbserver:db2"]);
  expect(ids.join()).not.toMatch(/promote|catalog/);
});

test("an upgrade of an adopted cluster that was interrupted right before promotion is still finalized", () => {
  expect(stepIds({}, { running: "2.18.0.0-b1" }, { finalizedVersion: "", adoptedVersion: "2.16.0.0" })).toContain(
    "promote_auto_flags",
  );
});

test("processes that run the new release already are not touched again", () => {
  const processes = { "mserver:db2": { version: "2.18.0.0-b1" }, "mserver:db3": { version: "2.18.0.0-b1" } };
  expect(restarts(stepIds({}, { processes, leader: "db1" }))[0]).toBe("restart_process:mserver:db1");
});

test("a DBServer that is down after our restart is started first, and nothing else is repeated", () => {
  const processes = {
    "mserver:db1": { version: "2.18.0.0-b1" },
    "mserver:db2": { version: "2.18.0.0-b1" },
    "mserver:db3": { version: "2.18.0.0-b1" },
    "dbserver:db1": { version: "2.18.0.0-b1" },
    "dbserver:db2": { down: true },
  };
  expect(restarts(stepIds({}, { processes }))).toEqual(["start_process:dbserver:db2", "restart_process:dbserver:db3"]);
});

test("an MServer that our act left down is started first even when it was the first one", () => {
  expect(restarts(stepIds({}, { processes: { "mserver:db2": { down: true, lastAct: "2.18.0.0" } } }))[0]).toBe(
    "start_process:mserver:db2",
  );
});

test("an MServer that is down for reasons of its own refuses the plan", () => {
  expect(refusalCodes({}, { processes: { "mserver:db2": { down: true } } })).toEqual(["ProcessDown"]);
});

test("a DBServer that is down while MServers are old refuses the plan", () => {
  expect(refusalCodes({}, { processes: { "dbserver:db2": { down: true } } })).toEqual(["ProcessDown"]);
});

test("a downgrade is refused", () => {
  expect(refusalCodes({}, { running: "2.20.0.0-b1" })).toEqual(["DowngradeRefused"]);
});

test("going back in the middle of an upgrade is refused as a downgrade", () => {
  expect(refusalCodes({ version: "2.16.0.0" }, { processes: { "mserver:db2": { version: "2.18.0.0-b1" } } })).toEqual([
    "DowngradeRefused",
  ]);
});

test("going on to a third release in the middle of an upgrade is refused", () => {
  expect(refusalCodes({ version: "2.20.0.0" }, { processes: { "mserver:db2": { version: "2.18.0.0-b1" } } })).toEqual([
    "UpgradeHalfDone",
  ]);
});

test("another cluster than the one that was adopted refuses the plan", () => {
  const planned = planFor({}, {}, { ...nothingRemembered, clusterUuid: "c2" });
  expect(planned.kind === "refused" && planned.refusals.map((refusal) => refusal.code)).toEqual(["AnotherCluster"]);
  expect(planFor({}, {}, { ...nothingRemembered, clusterUuid: "c1" }).kind).toBe("plan");
});

test("a process whose version cannot be read refuses the plan", () => {
  expect(refusalCodes({}, { processes: { "dbserver:db3": { silent: true } } })).toEqual(["ProcessUnseen"]);
});

test("one MServer is refused without allowInterruption and planned with it", () => {
  const nodes = { m1: "mserver", d1: "dbserver", d2: "dbserver", d3: "dbserver" } as const;
  expect(refusalCodes({ nodes }, {})).toEqual(["InterruptionNotAllowed"]);
  expect(refusalCodes({ nodes, more: { policy: { allowInterruption: true } } }, {})).toEqual([]);
});

test("replication factor 1 is refused without allowInterruption", () => {
  expect(refusalCodes({}, { facts: { replicationFactor: known(1) } })).toEqual(["InterruptionNotAllowed"]);
});

test("BSQL that is off leaves the catalog alone, and BSQL that is not known does not", () => {
  expect(stepIds({}, { facts: { bsqlEnabled: known(false) } })).not.toContain("upgrade_bsql_catalog");
  expect(stepIds({ more: { bsql: false } }, {})).not.toContain("upgrade_bsql_catalog");
  expect(stepIds({}, { facts: { bsqlEnabled: { known: false, why: "?", from: "", atMs: 0 } } })).toContain(
    "upgrade_bsql_catalog",
  );
});

test('finalize "manual" ends on the new binaries', () => {
  expect(stepIds({ more: { finalize: "manual" } }, {})).not.toContain("promote_auto_flags");
});

test("after each process the plan of what is left is the rest of the first plan", () => {
  const cluster = {
    nodes: { a1: "both", b1: "both", a2: "both", b2: "both", c1: "both" } as const,
    zones: { a1: "a", b1: "b", a2: "a", b2: "b", c1: "c" },
  };
  const first = stepIds(cluster, { leader: "b1" });
  const processes: Record<string, { version: string }> = {};
  for (const id of restarts(first)) {
    processes[id.slice("restart_process:".length)] = { version: "2.18.0.0-b1" };
    // The leader stays what it is until it is restarted itself, last of the MServers.
    const rest = restarts(stepIds(cluster, { leader: "b1", processes }));
    expect(rest).toEqual(restarts(first).slice(restarts(first).indexOf(id) + 1));
  }
});

test("the same facts give the same plan", () => {
  expect(planFor({}, {})).toEqual(planFor({}, {}));
});

describe("after a promotion that takes effect only at the next start", () => {
  const running = "2.18.0.0-b1";
  const inventory = buildInventory(buildDesired(), { running });
  const context: PlanContext = {
    ...nothingRemembered,
    finalizedVersion: "2.18.0.0",
    awaitingRestart: listAwaiting(inventory),
  };

  test("every process is restarted once more, in the same order and with the same proofs, and nothing is promoted again", () => {
    const ids = stepIds({}, { running }, context);
    expect(restarts(ids)).toEqual(restarts(stepIds({}, {})));
    expect(ids.filter((id) => id.startsWith("watch"))).toHaveLength(6);
    expect(ids.join()).not.toMatch(/promote|catalog/);
  });

  test("a process that was restarted since is left alone", () => {
    const { "DBServer db2": _restarted, ...awaitingRestart } = listAwaiting(inventory);
    const ids = restarts(stepIds({}, { running }, { ...context, awaitingRestart }));
    expect(ids).toHaveLength(5);
    expect(ids.join()).not.toContain("dbserver:db2");
  });

  test("an interruption has to be allowed for it as for any other roll", () => {
    const cluster: ClusterShape = { nodes: { m1: "mserver", d1: "dbserver" } };
    const desired = buildDesired(cluster);
    const awaitingRestart = listAwaiting(buildInventory(desired, { running }));
    const planned = planFor(cluster, { running }, { ...context, awaitingRestart });
    expect(planned.kind === "refused" && planned.refusals.map(({ code }) => code)).toEqual(["InterruptionNotAllowed"]);
    expect(planFor(cluster, { running }, { ...context, awaitingRestart: {} }).kind).toBe("plan");
  });
});

describe("going on to a newer release", () => {
  const running = "2.18.0.0-b1";
  const refusals = (context: Partial<PlanContext>): string[] => {
    const planned = planFor({ version: "2.20.0.0" }, { running }, { ...nothingRemembered, ...context });
    return planned.kind === "refused" ? planned.refusals.map(({ code }) => code) : [];
  };

  test("is refused between the last DBServer and the promotion", () => {
    expect(refusals({ finalizedVersion: "2.16.0.0", unfinishedVersion: "2.18.0.0" })).toEqual(["UpgradeHalfDone"]);
  });

  test("is planned once the one before is finished, and where an earlier attempt had not begun to restart", () => {
    expect(refusals({ finalizedVersion: "2.18.0.0" })).toEqual([]);
    expect(refusals({ finalizedVersion: "2.18.0.0", unfinishedVersion: "2.20.0.0" })).toEqual([]);
  });
});
