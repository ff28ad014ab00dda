// A whole roll and its lease: nothing is changed without the guard, and when the lease is lost nothing further is touched.

import { runPlan } from "../../../provider/executor/run-plan";
import { withLease } from "../../../provider/executor/with-lease";
import { HOST_FACTS_BEGIN } from "../../../provider/inventory/host-facts-command";
import { parseRecord, renderRecord } from "../../../provider/model/lease-record";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { buildReadActCommand } from "../../../provider/steps/act-script";
import { buildDesired } from "../../support/build-cluster";
import { buildRun, type TestRun } from "../../support/build-run";
import { createFakeCluster, type FakeCluster } from "../../support/fake-cluster";
import { createVirtualClock } from "../../support/virtual-clock";

const OWNER = {
  stack: "shop/prod",
  host: "laptop-7",
  person: "ada",
  runId: "run-1",
  since: "2026-01-01T00:00:00.000Z",
};
function prepareRoll(
  beforeLook: (cluster: FakeCluster, run: TestRun) => void = () => undefined,
  desired = buildDesired(),
) {
  const clock = createVirtualClock();
  const cluster = createFakeCluster(desired, clock);
  const commands: string[] = [];
  const shell: FakeCluster["shell"] = {
    ...cluster.shell,
    run: async (node, command, options) => {
      commands.push(command);
      return cluster.shell.run(node, command, options);
    },
  };
  const run: TestRun = buildRun({
    desired,
    clock,
    shell,
    collect: () => {
      beforeLook(cluster, run);
      return cluster.collect();
    },
  });
  const planAgain = (inventory: ReturnType<FakeCluster["collect"]>) =>
    planUpgrade(desired, inventory, { finalizedVersion: undefined, adoptedVersion: undefined });
  const planned = planAgain(cluster.collect());
  if (planned.kind === "refused") throw new Error("refused");
  return {
    cluster,
    run,
    commands,
    go: () => withLease(run, OWNER, (held) => runPlan(held, planned.plan, planAgain)),
  };
}

const stealFrom = (cluster: FakeCluster, nodes: readonly string[]) => {
  const record = {
    state: "held" as const,
    epoch: 9,
    beat: 0,
    termMs: 60_000,
    owner: { ...OWNER, stack: "shop/dev", person: "bob", runId: "run-2" },
  };
  for (const node of nodes) {
    const host = cluster.leases.get(node);
    if (host) host.lease = renderRecord(record);
  }
};

test("whatever changes something on a host stands behind the guard", async () => {
  const { commands, go } = prepareRoll();
  expect((await go()).error).toBeUndefined();
  const isReading = (command: string): boolean =>
    command.includes(HOST_FACTS_BEGIN) ||
    command === buildReadActCommand("mserver") ||
    command === buildReadActCommand("dbserver");
  const guarded = commands.filter((command) => command.startsWith(": lease guard "));
  expect(guarded.length).toBeGreaterThan(20);
  expect(commands.filter((command) => !isReading(command) && !command.startsWith(": lease "))).toEqual([]);
  // Reads need no lease: they go on after it is lost, to see the process in hand back.
  expect(guarded.filter((command) => command.includes(HOST_FACTS_BEGIN))).toEqual([]);
});

test("it is renewed all through an hour's roll, three times in its term, and free at the end", async () => {
  const { cluster, run, go } = prepareRoll();
  await go();
  const tookMs = run.clock.monotonicMs();
  const records = [...cluster.leases.values()].map(({ lease }) => parseRecord(lease).record);
  for (const record of records) {
    expect(record?.state).toBe("free");
    expect(record?.beat).toBe(1 + Math.floor(tookMs / 20_000));
  }
});

test("when another run took it over, the process in hand is seen back, and nothing further is touched", async () => {
  const { cluster, run, go } = prepareRoll((each) => {
    if (each.story.length === 2 && !each.leases.get("db1")?.lease.includes("run-2"))
      stealFrom(each, ["db1", "db2", "db3"]);
  });
  const result = await go();
  expect(result.error).toMatchObject({ code: "LeaseLost", text: { what: expect.stringContaining("shop/dev (bob") } });
  expect(cluster.story).toEqual(["stop mserver db2", "start mserver db2 2.18.0.0"]);
  expect(run.journalled.filter((entry) => entry.event === "watched")).toHaveLength(1);
  // The other run's lease is not touched either.
  expect([...cluster.leases.values()].every(({ lease }) => lease.startsWith("held 9 run-2 "))).toBe(true);
});

test("a DBServer that was drained when the lease was lost is left to the new owner, and the error says so", async () => {
  const { cluster, go } = prepareRoll((each) => {
    if (each.blacklist.size > 0) stealFrom(each, ["db1", "db2", "db3"]);
  });
  const result = await go();
  expect(result.error).toMatchObject({ code: "LeaseLost" });
  expect(result.leftBehind).toContain("DBServer db1 is still on the leader blacklist");
  expect(cluster.blacklist.size).toBe(1);
  expect(cluster.story.filter((line) => line.includes("dbserver"))).toEqual([]);
});

test("a host that is taken over right before a stop refuses it, and the process runs on", async () => {
  const { cluster, run, go } = prepareRoll();
  const send = run.ports.shell.run;
  run.ports.shell.run = async (node, command, options) => {
    if (command.includes("printf 'act %s")) stealFrom(cluster, [node]);
    return send(node, command, options);
  };
  const result = await go();
  expect(result.error).toMatchObject({ code: "LeaseLost" });
  expect(cluster.story).toEqual([]);
  expect(cluster.processes.every((each) => each.version === "2.16.0.0-b1" && each.pid !== null)).toBe(true);
});

test("hosts without an MServer know the lease before the gates of the start look at anything", async () => {
  const separate = {
    m1: "mserver",
    m2: "mserver",
    m3: "mserver",
    d1: "dbserver",
    d2: "dbserver",
    d3: "dbserver",
  } as const;
  const { cluster, go } = prepareRoll(
    (each) => {
      expect([...each.leases.values()].every(({ lease }) => lease.startsWith("held 1 run-1 "))).toBe(true);
    },
    buildDesired({ nodes: separate }),
  );
  expect((await go()).error).toBeUndefined();
  expect([...cluster.leases.values()].every(({ lease }) => lease.startsWith("free 1 run-1 "))).toBe(true);
});

test("a lease that can no longer be renewed on a majority ends the roll before the next stop", async () => {
  const { cluster, run, go } = prepareRoll();
  const send = run.ports.shell.run;
  run.ports.shell.run = async (node, command, options) => {
    if (cluster.story.length > 0 && command.startsWith(": lease raise") && node !== "db3")
      throw new Error("no way there");
    return send(node, command, options);
  };
  const result = await go();
  expect(result.error).toMatchObject({
    code: "LeaseLost",
    text: { what: expect.stringContaining("could not be renewed on a majority") },
  });
  expect(cluster.story.filter((line) => line.startsWith("stop")).length).toBeLessThan(3);
  expect(run.said.some(({ text }) => text.includes("wait: the lease cannot be renewed"))).toBe(true);
});
