// Drain and hand-over: what is done for the clients, and that nothing of it is left behind on any way out.

import { isBmdbError } from "../../../provider/errors/bmdb-error";
import { runPlan } from "../../../provider/executor/run-plan";
import type { ClusterConfig } from "../../../provider/model/pages";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { drainLeaders, removeLeftovers } from "../../../provider/steps/drain-leaders";
import { buildDesired, known, unknown } from "../../support/build-cluster";
import { buildRun } from "../../support/build-run";
import { createFakeCluster, type FakeCluster, saying } from "../../support/fake-cluster";
import { createVirtualClock } from "../../support/virtual-clock";

function prepare(policy: object = {}, change: (cluster: FakeCluster) => void = () => undefined) {
  const desired = buildDesired({ more: { policy } });
  const clock = createVirtualClock();
  const cluster = createFakeCluster(desired, clock);
  change(cluster);
  const run = buildRun({ desired, clock, shell: cluster.shell, collect: () => cluster.collect() });
  const plan = () =>
    planUpgrade(desired, cluster.collect(), { finalizedVersion: undefined, adoptedVersion: undefined });
  const go = async () => {
    const planned = plan();
    if (planned.kind === "refused") throw new Error(JSON.stringify(planned.refusals));
    return runPlan(run, planned.plan, plan);
  };
  const said = () => run.said.map((event) => event.text).join("\n");
  return { cluster, run, go, said };
}

test("each DBServer is drained before its stop and may lead again after its return", async () => {
  const { cluster, go } = prepare();
  expect((await go()).error).toBeUndefined();
  expect(cluster.care).toEqual([
    "hand over to uuid-db2",
    "ADD 10.0.0.1:9100",
    "REMOVE 10.0.0.1:9100",
    "ADD 10.0.0.2:9100",
    "REMOVE 10.0.0.2:9100",
    "ADD 10.0.0.3:9100",
    "REMOVE 10.0.0.3:9100",
  ]);
  expect([...cluster.blacklist]).toEqual([]);
});

test("leaders that do not leave hold the roll up to the limit, and no longer", async () => {
  const { go, said } = prepare({ drainTimeout: "30s" }, (cluster) => {
    cluster.doLeadersLeave = false;
  });
  expect((await go()).error).toBeUndefined();
  expect(said()).toContain("db1 still had 4 tile leaders left after");
});

test('with onDrainTimeout "stop" the DBServer is not touched, and is off the blacklist again', async () => {
  const { cluster, go } = prepare({ drainTimeout: "30s", onDrainTimeout: "stop" }, (each) => {
    each.doLeadersLeave = false;
  });
  const { error, leftBehind } = await go();
  expect(isBmdbError(error, "DrainTimedOut")).toBe(true);
  expect(leftBehind).toBeUndefined();
  expect(cluster.story).not.toContain("stop dbserver db1");
  expect([...cluster.blacklist]).toEqual([]);
});

test("a DBServer that dies at its start is taken off the blacklist all the same", async () => {
  const { cluster, go } = prepare({}, (each) => each.dying.add("dbserver:db2"));
  const { error } = await go();
  expect(isBmdbError(error, "DiedAtStart")).toBe(true);
  expect(cluster.care.slice(-2)).toEqual(["ADD 10.0.0.2:9100", "REMOVE 10.0.0.2:9100"]);
});

test("a blacklist entry that cannot be removed is told with the command that does it", async () => {
  const { cluster, go } = prepare({}, (each) => each.dying.add("dbserver:db1"));
  cluster.careAnswer = (operation) =>
    operation === "change_leader_blacklist" && cluster.blacklist.size > 0
      ? { code: 1, stdout: "", stderr: "Error running change_leader_blacklist: Not authorized" }
      : undefined;
  expect((await go()).leftBehind).toContain("REMOVE 10.0.0.1:9100");
});

test("a lost race for the configuration is tried again", async () => {
  let losses = 2;
  const { cluster, go } = prepare();
  cluster.careAnswer = (operation) =>
    operation === "change_leader_blacklist" && losses-- > 0
      ? {
          code: 1,
          stdout: "",
          stderr:
            "Error running change_leader_blacklist: Illegal state: Config version does not match, got 3, but most recent one is 4. Should call Get again",
        }
      : undefined;
  expect((await go()).error).toBeUndefined();
  expect(cluster.care).toContain("ADD 10.0.0.1:9100");
});

test("a bm-admin that knows neither blacklist nor hand-over upgrades the cluster without them, and says so", async () => {
  const { cluster, go, said } = prepare({}, (each) => {
    each.careAnswer = (operation) => saying(`Invalid operation: ${operation}`, 1);
  });
  expect((await go()).error).toBeUndefined();
  expect(cluster.care).toEqual([]);
  expect(said()).toContain("db1 is not drained: this bm-admin does not know change_leader_blacklist");
  expect(said()).toContain("this bm-admin cannot hand over; an election decides");
});

test("an entry that an interrupted run left behind is removed also when the gates refuse the roll", async () => {
  const { cluster, run, go } = prepare();
  cluster.blacklist.add("10.0.0.3:9100");
  await run.ports.shell.run("db3", ': >"$HOME/.pulumi-bmdb/dbserver.drained"', { timeoutMs: 1 });
  cluster.facts = () => ({ tilesLeaderless: known(["tile-1"]) });
  expect(isBmdbError((await go()).error, "GateClosed")).toBe(true);
  expect(cluster.care).toEqual(["REMOVE 10.0.0.3:9100"]);
  expect(cluster.story).toEqual([]);
});

test("an entry that an interrupted run left behind is removed at the start, by its mark", async () => {
  const { cluster, run, go, said } = prepare();
  cluster.blacklist.add("10.0.0.3:9100");
  await run.ports.shell.run("db3", ': >"$HOME/.pulumi-bmdb/dbserver.drained"', { timeoutMs: 1 });
  expect((await go()).error).toBeUndefined();
  expect(cluster.care[0]).toBe("REMOVE 10.0.0.3:9100");
  expect(said()).toContain("DBServer db3 was still on the leader blacklist from an earlier run: removed");
});

test("an entry that a person made is left alone", async () => {
  const { cluster, go, said } = prepare();
  cluster.blacklist.add("10.0.0.3:9100");
  expect((await go()).error).toBeUndefined();
  expect([...cluster.blacklist]).toEqual(["10.0.0.3:9100"]);
  expect(said()).toContain("DBServer db3 is on the leader blacklist, and not by us");
});

test("a mark without an entry is deleted, so that a person's later entry is not taken for ours", async () => {
  const { cluster, run } = prepare();
  await run.ports.shell.run("db3", ': >"$HOME/.pulumi-bmdb/dbserver.drained"', { timeoutMs: 1 });
  await removeLeftovers(run, cluster.collect());
  cluster.blacklist.add("10.0.0.3:9100");
  await removeLeftovers(run, cluster.collect());
  expect([...cluster.blacklist]).toEqual(["10.0.0.3:9100"]);
  expect(cluster.care).toEqual([]);
});

test("a blacklist whose page failed is read again and not taken for an empty one", async () => {
  const { cluster, run } = prepare();
  cluster.blacklist.add("10.0.0.3:9100");
  const config = unknown<ClusterConfig>("its page failed");
  let looks = 0;
  cluster.facts = () => (looks++ < 2 ? { config } : {});
  await drainLeaders(run, { node: "db3", role: "dbserver" });
  expect([...cluster.blacklist]).toEqual(["10.0.0.3:9100"]);
  expect(cluster.care).toEqual([]);
  cluster.facts = () => ({ config });
  await run.ports.shell.run("db2", ': >"$HOME/.pulumi-bmdb/dbserver.drained"', { timeoutMs: 1 });
  await removeLeftovers(run, cluster.collect());
  await drainLeaders(run, { node: "db1", role: "dbserver" });
  expect(run.said.map((event) => event.text)).toContain("db1 is not drained: the leader blacklist could not be read");
  expect((await run.ports.shell.run("db2", "test -e dbserver.drained", { timeoutMs: 1 })).code).toBe(0);
  expect(cluster.care).toEqual([]);
});

test("a removal that cannot be read back is not called done", async () => {
  const { cluster, run, go } = prepare();
  const takeBack = cluster.blacklist.delete.bind(cluster.blacklist);
  let stubborn = true;
  cluster.blacklist.delete = (address) => (stubborn ? false : takeBack(address));
  const { error, leftBehind } = await go();
  expect(isBmdbError(error, "BmAdminFailed")).toBe(true);
  expect(leftBehind).toContain("REMOVE 10.0.0.1:9100");
  expect([...run.drained.values()]).toEqual([{ node: "db1", role: "dbserver" }]);
  stubborn = false;
});

test("an entry that this bm-admin cannot remove is not called removed", async () => {
  const { cluster, run, go } = prepare();
  cluster.careAnswer = (operation) =>
    operation === "change_leader_blacklist" && cluster.blacklist.size > 0
      ? saying(`Invalid operation: ${operation}`, 1)
      : undefined;
  const { error, leftBehind } = await go();
  expect(isBmdbError(error, "BmAdminFailed")).toBe(true);
  expect(leftBehind).toContain("REMOVE 10.0.0.1:9100");
  expect([...run.drained.values()]).toEqual([{ node: "db1", role: "dbserver" }]);
});
