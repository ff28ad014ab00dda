// `nodes` changed meanwhile: each change has one answer. The tests build on each other, and on one cluster of four DBServers and
// three MServers.

import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import { adopt, stage, type TestRoll } from "../support/roll";
import { allOn, colocated, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { until } from "./cli-project";
import { findLeaderHost, startByHand, stopByHand } from "./faults/by-hand";

const OLD = "2.16.0.0";
const NEW = "2.18.0.0";

type Nodes = ClusterInputs["nodes"];
let cluster: TestCluster;
let roll: TestRoll;
let all: Nodes;
const allButDb4 = (): Nodes => all.filter(({ name }) => name !== "db4");
const withDb4 = (change: Partial<Nodes[number]>): Nodes =>
  all.map((node) => (node.name === "db4" ? { ...node, ...change } : node));
const addressOfDb4 = (): string => all.find(({ name }) => name === "db4")?.host ?? "";

/** As if the program had not named it until now: what the state holds is what was adopted. */
const forgetDb4 = (): void => {
  roll.outputs = { ...roll.outputs, nodes: allButDb4() };
};

beforeAll(async () => {
  const hosts = [...colocated(), { name: "db4", roles: ["dbserver" as const], zone: "z1" }];
  cluster = await startTestCluster({ hosts });
  all = cluster.inputs(OLD).nodes;
  roll = await adopt(cluster, OLD);
  await stage(cluster, NEW);
  await cluster.mark();
});

afterAll(async () => {
  await cluster?.remove();
});

const expectNothingHappened = async () => expect(await cluster.story()).toEqual([]);

describe("a node that the program leaves out while it is in the cluster", () => {
  test.each([OLD, NEW])("is refused, named by its address, when %s is wanted", async (version) => {
    const { failure, outputs } = await roll.up(version, { nodes: allButDb4() });
    expect(failure).toContain("ServerNotDeclared");
    expect(failure).toContain(`The cluster also has DBServer ${addressOfDb4()}:9000, which the program does not name.`);
    expect(failure).toContain("Add it to `nodes` (host must be the address that the cluster knows), or take it out");
    expect(outputs).toBeUndefined();
    await expectNothingHappened();
  });
});

describe("a node whose address changed", () => {
  const unused = () => addressOfDb4().replace(/\d+$/, "99");

  test("to one whose host key is not known is refused, and nobody is contacted", async () => {
    const { failure, outputs } = await roll.up(NEW, { nodes: withDb4({ host: unused() }) });
    expect(failure).toContain("InputInvalid");
    expect(failure).toMatch(/nodes\[3\]: no host key is known for "db4" \(127\.\d+\.0\.99:\d+\)/);
    expect(outputs).toBeUndefined();
    await expectNothingHappened();
  });

  test("to one where nobody answers is refused: nobody is seen there, and the server at the old address is not named", async () => {
    const hostKey = cluster.sandbox.hosts.find(({ name }) => name === "db4")?.hostKey ?? "";
    const ssh = { ...cluster.inputs(NEW).ssh, hosts: { db4: { hostKey } } };
    const { failure, outputs } = await roll.up(NEW, { nodes: withDb4({ host: unused() }), ssh });
    expect(failure).toContain("ServerNotDeclared");
    expect(failure).toContain(`The cluster also has DBServer ${addressOfDb4()}:9000, which the program does not name.`);
    expect(failure).toContain("DBServer db4 is down: nobody listens on its web port.");
    expect(outputs).toBeUndefined();
    await expectNothingHappened();
  });

  test("to another server's address is refused: two nodes would be one process", async () => {
    const { failure } = await roll.up(NEW, { nodes: withDb4({ host: all[0]?.host ?? "" }) });
    expect(failure).toContain("InputInvalid");
    expect(failure).toContain(all[0]?.host);
    await expectNothingHappened();
  });
});

test("a node that only got another name or zone is stored, and nothing happens to it", async () => {
  const renamed = await roll.up(OLD, { nodes: withDb4({ name: "east4", zone: "z9" }) });
  expect(renamed.failure).toBeUndefined();
  expect(renamed.outputs?.["processes"]).toMatchObject({ "DBServer east4": `${OLD}-b1` });
  expect((await roll.up(OLD)).failure).toBeUndefined();
  await expectNothingHappened();
});

describe("a node that is added and runs a newer release", () => {
  beforeAll(async () => {
    await stopByHand(cluster, "db4", "dbserver");
    await startByHand(cluster, "db4", "dbserver", NEW);
    await until("its tiles are back", async () => {
      const [host] = all;
      const page = await fetch(`http://${host?.host}:10000/api/v1/health-check`).then((answer) => answer.json());
      return (page as { under_replicated_tablets: unknown[] }).under_replicated_tablets.length === 0;
    });
    await cluster.mark();
    forgetDb4();
  });

  test("than the program wants is refused as a downgrade", async () => {
    const { failure, outputs } = await roll.up(OLD);
    expect(failure).toContain("DowngradeRefused");
    expect(failure).toContain(`The program wants ${OLD}; DBServer db4 runs ${NEW}.`);
    expect(failure).toContain(`Write version: "${NEW}"`);
    expect(outputs).toBeUndefined();
    await expectNothingHappened();
  });

  test("which the program wants for all is left as it is, and the others are rolled", async () => {
    const { failure, outputs } = await roll.up(NEW, { finalize: "manual" });
    expect(failure).toBeUndefined();
    expect(outputs?.["phase"]).toBe("not finalized");
    const story = await cluster.story();
    expect(story.filter((line) => line.includes("db4"))).toEqual([]);
    expect(story.filter((line) => line.startsWith("stop "))).toHaveLength(6);
    expect(await cluster.versions()).toEqual(allOn(cluster, NEW));
  });
});

test("a node that is added and runs the release before is taken along, alone, before AutoFlags are promoted", async () => {
  await stopByHand(cluster, "db4", "dbserver");
  await startByHand(cluster, "db4", "dbserver", OLD);
  await cluster.mark();
  forgetDb4();
  const { failure, outputs } = await roll.up(NEW);
  expect(failure).toBeUndefined();
  expect(await cluster.story()).toEqual([
    `stop dbserver db4 ${OLD}`,
    `start dbserver db4 ${NEW}`,
    "promote 2",
    "upgrade bsql",
  ]);
  expect(outputs?.["phase"]).toBe("finished");
  expect(outputs?.["processes"]).toMatchObject({ "DBServer db4": `${NEW}-b1` });
});

test("a node that was taken out of the cluster, and then out of the program, is forgotten", async () => {
  await cluster.sandbox.setFaults([{ kind: "kill_process", host: "db4", role: "dbserver" }]);
  // A new leader lists only the DBServers that it has heard.
  const leader = await findLeaderHost(cluster);
  await stopByHand(cluster, leader, "mserver");
  await startByHand(cluster, leader, "mserver", NEW);
  const page = `http://${all[0]?.host}:10000/api/v1/tablet-servers`;
  await until("a new leader lists three DBServers", async () => {
    const text = await fetch(page).then((answer) => answer.text());
    return !text.includes(addressOfDb4()) && all.slice(0, 3).every(({ host }) => text.includes(`${host}:9000`));
  });
  await cluster.mark();
  const { failure, outputs } = await roll.up(NEW, { nodes: allButDb4() });
  expect(failure).toBeUndefined();
  expect(Object.keys(outputs?.["processes"] ?? {})).not.toContain("DBServer db4");
  await expectNothingHappened();
});
