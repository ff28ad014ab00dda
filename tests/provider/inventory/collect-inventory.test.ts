// What becomes of the pages of a cluster: whoever leads is believed first, and what is not seen is never taken for good news.

import type { HostView } from "../../../provider/inventory/collect-host";
import { type CollectOptions, collectInventory } from "../../../provider/inventory/collect-inventory";
import { forgetfulLeaderMemory } from "../../../provider/inventory/leader-memory";
import type { DesiredNode } from "../../../provider/model/desired";
import type { HttpAnswer } from "../../../provider/ports";
import { buildDesired, known, unknown } from "../../support/build-cluster";
import {
  type Answers,
  answering,
  buildPages,
  dbserverUrl,
  mserverUrl,
  type PagesShape,
  pagesOf,
} from "../../support/cluster-pages";
import { createVirtualClock } from "../../support/virtual-clock";

const desired = buildDesired();
const nodeOf = (name: string): DesiredNode => {
  const node = desired.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
};
const onMServer = (name: string, path: string) => mserverUrl(nodeOf(name), path);
const onDBServer = (name: string, path: string) => dbserverUrl(nodeOf(name), path);
const UNDER = "/api/v1/tablet-under-replication";
const HEALTH = "/api/v1/health-check";
const refused: HttpAnswer = { kind: "refused" };

const view = (pid: number): HostView => ({
  running: { mserver: unknown(`pid ${pid}`), dbserver: known(null) },
  lastActVersion: { mserver: known("2.18.0.0"), dbserver: known(null) },
  staged: known({ dir: "/r", version: "2.18.0.0-b1", hasBinaries: true }),
  host: { facts: unknown(), clock: unknown(), details: unknown(), actsUnderWay: unknown() },
});

async function collect(
  edit: (answers: Answers) => void = () => undefined,
  more: Partial<CollectOptions> & { shape?: PagesShape } = {},
) {
  const answers = buildPages(desired, more.shape);
  edit(answers);
  const pages = pagesOf(answers);
  const asked: string[] = [];
  const inventory = await collectInventory({
    desired,
    asking: { pages, clock: createVirtualClock(5_000), timeoutMs: 1_000 },
    readHost: async (node) => {
      asked.push(node.name);
      return view(1);
    },
    hosts: "none",
    ...more,
  });
  return { inventory, pages, hostsAsked: asked };
}

/** The process on every MServer is down. */
const stopMServer =
  (...names: string[]) =>
  (answers: Answers) => {
    for (const url of answers.keys())
      if (names.some((name) => url.startsWith(onMServer(name, "/")))) answers.set(url, refused);
  };

test("a healthy cluster is known in every part", async () => {
  const { inventory } = await collect();
  expect(inventory).toMatchObject({
    mservers: { known: true },
    dbservers: { known: true },
    tilesUnderReplicated: { known: true, value: [] },
    tilesLeaderless: { known: true, value: [] },
    config: { known: true, value: { clusterUuid: "c-1" } },
    replicationFactor: { known: true, value: 3 },
    heartbeatIntervalMs: { known: true, value: 1_000 },
    bsqlEnabled: { known: true, value: true },
  });
  expect(inventory.processes.map((facts) => [facts.id.role, facts.id.node])).toEqual([
    ["mserver", "db1"],
    ["mserver", "db2"],
    ["mserver", "db3"],
    ["dbserver", "db1"],
    ["dbserver", "db2"],
    ["dbserver", "db3"],
  ]);
});

describe("the leader", () => {
  test("is asked first, whichever place it has in the program", async () => {
    const { inventory, pages } = await collect(undefined, { shape: { leader: "db3" } });
    expect(inventory.dbservers.from).toBe(onMServer("db3", "/api/v1/tablet-servers"));
    expect(pages.asked).not.toContain(onMServer("db1", "/api/v1/tablet-servers"));
  });

  test("that answers nonsense with status 200 is followed by the next MServer", async () => {
    const { inventory } = await collect((answers) =>
      answers.set(onMServer("db1", "/api/v1/tablet-servers"), answering("Unable to locate leader Master")),
    );
    expect(inventory.dbservers).toMatchObject({ known: true, from: onMServer("db2", "/api/v1/tablet-servers") });
  });

  test("that is down is followed by the next MServer", async () => {
    const { inventory } = await collect(stopMServer("db1"));
    expect(inventory.mservers).toMatchObject({ known: true, from: onMServer("db2", "/api/v1/masters") });
  });

  test("of none that answers makes the cluster not known, and nothing is made up", async () => {
    const { inventory } = await collect(stopMServer("db1", "db2", "db3"));
    for (const fact of [inventory.mservers, inventory.dbservers, inventory.tilesUnderReplicated, inventory.config])
      expect(fact).toMatchObject({ known: false });
    expect(inventory.replicationFactor.known).toBe(false);
  });

  test("is counted over the readings of one run", async () => {
    const leaderMemory = forgetfulLeaderMemory();
    await collect(undefined, { leaderMemory });
    const second = await collect(undefined, { leaderMemory });
    expect(second.inventory.leader).toMatchObject({ known: true, value: { uuid: "m-db1", readingCount: 2 } });
    const third = await collect(undefined, { leaderMemory, shape: { leader: "db2" } });
    expect(third.inventory.leader).toMatchObject({ value: { uuid: "m-db2", readingCount: 1 } });
  });
});

test("a look at the cluster alone asks no process about itself, and calls none down", async () => {
  const full = await collect();
  const { inventory, pages } = await collect(undefined, { isClusterOnly: true });
  expect(pages.asked.length).toBeLessThanOrEqual(full.pages.asked.length - desired.nodes.length * 3);
  expect(inventory.dbservers).toEqual(full.inventory.dbservers);
  expect(inventory.config).toEqual(full.inventory.config);
  expect(inventory.processes.map((facts) => facts.isAnswering.known)).toEqual(inventory.processes.map(() => false));
});

test("pages are found under the renamed names too", async () => {
  const { inventory } = await collect((answers) => {
    for (const name of ["db1", "db2", "db3"]) {
      const old = onMServer(name, "/api/v1/tablet-servers");
      answers.set(onMServer(name, "/api/v1/tile-servers"), answers.get(old) ?? refused);
      answers.delete(old);
    }
  });
  expect(inventory.dbservers).toMatchObject({ known: true, from: onMServer("db1", "/api/v1/tile-servers") });
});

describe("tiles that are under-replicated", () => {
  const without = (answers: Answers) => {
    for (const name of ["db1", "db2", "db3"]) answers.delete(onMServer(name, UNDER));
  };
  const health = (more: object) =>
    answering({ dead_nodes: [], most_recent_uptime: 1, under_replicated_tablets: [], ...more });

  test("are those of both pages, each once", async () => {
    const { inventory } = await collect((answers) => {
      answers.set(onMServer("db1", HEALTH), health({ under_replicated_tablets: ["t1", "t2"] }));
      answers.set(
        onMServer("db1", UNDER),
        answering({ underreplicated_tablets: [{ tablet_uuid: "t2" }, { tablet_uuid: "t3" }] }),
      );
    });
    expect(inventory.tilesUnderReplicated).toMatchObject({ value: ["t1", "t2", "t3"] });
  });

  test("are health-check's alone on a release without the other page", async () => {
    const { inventory } = await collect((answers) => {
      without(answers);
      answers.set(onMServer("db1", HEALTH), health({ under_replicated_tablets: ["t1"] }));
    });
    expect(inventory.tilesUnderReplicated).toMatchObject({ known: true, value: ["t1"] });
  });

  test("are health-check's alone on such a release while another MServer is down", async () => {
    const { inventory } = await collect((answers) => {
      without(answers);
      stopMServer("db3")(answers);
      for (const path of [UNDER, UNDER.replace("tablet", "tile")]) answers.set(onMServer("db3", path), refused);
    });
    expect(inventory.tilesUnderReplicated).toMatchObject({ known: true, value: [] });
  });

  test.each<[string, HttpAnswer]>([
    ["fails", answering("oops", 500)],
    ["closes", { kind: "closed" }],
    ["is silent", { kind: "timeout", afterMs: 1_000 }],
    ["answers with an error and status 200", answering({ error: "Uninitialized" })],
  ])("are not known when the other page %s", async (_how, answer) => {
    const { inventory } = await collect((answers) => {
      for (const name of ["db1", "db2", "db3"]) answers.set(onMServer(name, UNDER), answer);
    });
    expect(inventory.tilesUnderReplicated.known).toBe(false);
  });

  test("are not known when health-check itself is missing", async () => {
    const { inventory } = await collect((answers) => {
      for (const name of ["db1", "db2", "db3"]) answers.delete(onMServer(name, HEALTH));
    });
    expect(inventory.tilesUnderReplicated.known).toBe(false);
  });

  test("are not known when health-check says that it left something out", async () => {
    const { inventory } = await collect((answers) =>
      answers.set(onMServer("db1", HEALTH), health({ error: ["table t: timed out"] })),
    );
    expect(inventory.tilesUnderReplicated).toMatchObject({
      known: false,
      why: expect.stringContaining("health-check left something out"),
    });
  });
});

describe("the replication factor", () => {
  test("is the cluster config's where that tells one", async () => {
    const { inventory } = await collect((answers) =>
      answers.set(
        onMServer("db1", "/api/v1/cluster-config"),
        answering({ version: 1, cluster_uuid: "c", replication_info: { live_replicas: { num_replicas: 5 } } }),
      ),
    );
    expect(inventory.replicationFactor).toMatchObject({ value: 5 });
  });

  test("is the flag's otherwise, and not known when neither can be read", async () => {
    const one = await collect((answers) =>
      answers.set(onMServer("db1", "/api/v1/varz"), answering({ flags: [{ name: "replication_factor", value: "1" }] })),
    );
    expect(one.inventory.replicationFactor).toMatchObject({ value: 1 });
    const none = await collect((answers) => {
      for (const name of ["db1", "db2", "db3"]) answers.set(onMServer(name, "/api/v1/varz"), answering("", 500));
    });
    expect(none.inventory.replicationFactor.known).toBe(false);
  });

  test("is not taken for the default where the page of flags does not show it", async () => {
    const { inventory } = await collect((answers) =>
      answers.set(onMServer("db1", "/api/v1/varz"), answering({ flags: [{ name: "log_dir", value: "/logs" }] })),
    );
    expect(inventory.replicationFactor.known).toBe(false);
  });
});

describe("one process", () => {
  const factsWith = async (answer: HttpAnswer) => {
    const { inventory } = await collect((answers) => answers.set(onDBServer("db2", "/api/v1/version"), answer));
    const facts = inventory.processes.find((each) => each.id.node === "db2" && each.id.role === "dbserver");
    if (facts === undefined) throw new Error("no facts");
    return facts;
  };

  test.each<[string, HttpAnswer, boolean | undefined]>([
    ["answers", answering({ version_number: "2.16.0.0" }), true],
    ["answers with an error", answering("oops", 500), true],
    ["closes like a bare 503", { kind: "closed" }, true],
    ["refuses", refused, false],
    ["is silent", { kind: "timeout", afterMs: 1 }, undefined],
    ["cannot be reached", { kind: "failed", message: "no route to host" }, undefined],
  ])("that %s is answering: %s", async (_how, answer, isAnswering) => {
    const fact = (await factsWith(answer)).isAnswering;
    expect(fact.known ? fact.value : undefined).toBe(isAnswering);
  });

  test("tells its version with its build, and no other answer is a version", async () => {
    const told = await factsWith(answering({ version_number: "2.18.0.0", build_number: "68" }));
    expect(told.version).toMatchObject({ known: true, value: "2.18.0.0-b68" });
    for (const answer of [answering("oops", 500), answering("<html>"), refused])
      expect((await factsWith(answer)).version.known).toBe(false);
  });

  test("whose page names no replica has a lag that is not known", async () => {
    const { inventory } = await collect((answers) =>
      answers.set(onDBServer("db2", "/metrics?metrics=follower_lag_ms"), answering([])),
    );
    expect(inventory.processes[4]?.followerLagMsMax.known).toBe(false);
    expect(inventory.processes[3]?.followerLagMsMax).toMatchObject({ known: true, value: 40 });
  });

  test("that is an MServer tells how far its catalog lags", async () => {
    const { inventory } = await collect();
    expect(inventory.processes.slice(0, 3).map((facts) => facts.followerLagMsMax)).toMatchObject([
      { known: true, value: 0 },
      { known: true, value: 40 },
      { known: true, value: 40 },
    ]);
  });

  test("tells how many replicas it has a lag of, and which of them have failed", async () => {
    const { inventory } = await collect((answers) =>
      answers.set(onDBServer("db2", HEALTH), answering({ failed_tablets: ["t7"] })),
    );
    expect(inventory.processes[4]).toMatchObject({
      tileCount: { known: true, value: 12 },
      failedTiles: { known: true, value: ["t7"] },
    });
    expect(inventory.processes[3]?.failedTiles).toMatchObject({ known: true, value: [] });
  });

  test.each<[string, HttpAnswer | undefined, boolean]>([
    ["is missing in its release", undefined, true],
    ["is late", { kind: "timeout", afterMs: 1 }, false],
    ["fails", answering("oops", 500), false],
  ])("whose page of failed tiles %s: none is believed only of a page that is read", async (_how, answer, isKnown) => {
    const { inventory } = await collect((answers) => {
      if (answer) answers.set(onDBServer("db2", HEALTH), answer);
      else answers.delete(onDBServer("db2", HEALTH));
    });
    expect(inventory.processes[4]?.failedTiles).toMatchObject(
      isKnown ? { known: true, value: null } : { known: false },
    );
  });
});

describe("hosts", () => {
  test.each<[CollectOptions["hosts"], string[]]>([
    ["none", []],
    ["all", ["db1", "db2", "db3"]],
    [["db2"], ["db2"]],
  ])("asked over ssh: %j", async (hosts, expected) => {
    const { inventory, hostsAsked } = await collect(undefined, { hosts });
    expect(hostsAsked).toEqual(expected);
    for (const facts of inventory.processes) {
      const isAsked = expected.includes(facts.id.node);
      expect(facts.staged.known).toBe(isAsked);
      if (!isAsked) expect(facts.running).toMatchObject({ known: false, why: "its host was not asked this time" });
    }
  });

  test("one that must not be trusted ends the reading", async () => {
    const wrongKey = new Error("HostKeyChanged");
    const reading = collect(undefined, { hosts: "all", readHost: async () => Promise.reject(wrongKey) });
    await expect(reading).rejects.toBe(wrongKey);
  });
});
