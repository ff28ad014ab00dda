import {
  buildOutputs,
  describeLive,
  finalisationOf,
  findUnderWay,
  hasBegun,
  type LiveFacts,
  listProcesses,
  liveVersion,
  phaseAfter,
  pickInputs,
  recall,
} from "../../../provider/dynamic/saved-state";
import type { Carried } from "../../../provider/model/carried";
import {
  buildDesired,
  buildInventory,
  type ClusterShape,
  type InventoryShape,
  unknown,
} from "../../support/build-cluster";

const NEW = "2.18.0.0-b1";

function live(inventory: InventoryShape, more: Partial<LiveFacts> = {}, shape: ClusterShape = {}) {
  const wanted = buildDesired(shape);
  return describeLive({
    desired: wanted,
    inventory: buildInventory(wanted, inventory),
    phase: "finished",
    finalizedVersion: "2.18.0.0",
    remembered: {},
    lastRun: { outcome: "done" },
    awaitingRestart: {},
    linksPaused: [],
    ...more,
  });
}

describe("the live version", () => {
  test("is the wanted one, in its own spelling, when every process runs it", () => {
    expect(live({ running: NEW }).version).toBe("2.18.0.0");
    expect(live({ running: NEW }, {}, { version: NEW }).version).toBe(NEW);
  });

  test.each<[string, InventoryShape, string]>([
    [
      "a mix",
      { processes: { "mserver:db1": { version: NEW }, "dbserver:db2": { down: true } } },
      "2.16.0.0 ×4, 2.18.0.0 ×1, down ×1",
    ],
    [
      "one old process",
      { running: NEW, processes: { "dbserver:db3": { version: "2.16.0.0-b1" } } },
      "2.16.0.0 ×1, 2.18.0.0 ×5",
    ],
    [
      "one that is not seen",
      { running: NEW, processes: { "dbserver:db3": { silent: true } } },
      "2.18.0.0 ×5, not known ×1",
    ],
    ["all old", {}, "2.16.0.0"],
  ])("is said as it is with %s, and never as the target", (_situation, inventory, text) => {
    const own = live(inventory);
    expect(own.version).toBe(text);
    expect(own.finalized).toBe(false);
    expect(own.wantedVersion).toBe("2.18.0.0");
  });

  test("of another build is not the wanted one when a build is wanted", () => {
    const wanted = buildDesired({ version: "2.18.0.0-b2" });
    expect(liveVersion("2.18.0.0-b2", buildInventory(wanted, { running: NEW }))).toBe("2.18.0.0");
  });
});

describe("finalized", () => {
  test("is only a cluster that runs the wanted release and whose finalisation of it is known", () => {
    expect(live({ running: NEW }).finalized).toBe(true);
    expect(live({ running: NEW }, { finalizedVersion: "2.16.0.0" }).finalized).toBe(false);
    expect(live({ running: NEW }, { finalizedVersion: "" }).finalized).toBe(false);
  });
});

describe("processes", () => {
  const nodesOf = (count: number): ClusterShape => ({
    nodes: Object.fromEntries(Array.from({ length: count }, (_, index) => [`db${index + 1}`, "both" as const])),
  });

  test("are listed one by one up to sixty", () => {
    const wanted = buildDesired(nodesOf(29));
    expect(Object.keys(listProcesses(buildInventory(wanted, { running: NEW })))).toHaveLength(58);
  });

  test("above that only the exceptions are listed, and the others are counted", () => {
    const wanted = buildDesired(nodesOf(31));
    const inventory = buildInventory(wanted, {
      running: NEW,
      processes: { "mserver:db7": { version: "2.16.0.0-b1" }, "dbserver:db9": { down: true } },
    });
    expect(listProcesses(inventory)).toEqual({
      "60 others": NEW,
      "MServer db7": "2.16.0.0-b1",
      "DBServer db9": "down",
    });
  });
});

describe("the cluster's uuid", () => {
  test("is kept when it cannot be read this time", () => {
    const facts = { config: unknown<never>("status 500") };
    expect(live({ running: NEW, facts }, { remembered: { clusterUuid: "c-9" } }).clusterUuid).toBe("c-9");
    expect(live({ running: NEW, facts }).clusterUuid).toBe("");
  });

  test("is not changed by one reading that tells another: the next run would be refused for ever", () => {
    expect(live({ running: NEW }, { remembered: { clusterUuid: "c-9" } }).clusterUuid).toBe("c-9");
    expect(live({ running: NEW }).clusterUuid).toBe("c1");
  });
});

describe("outputs", () => {
  const props = {
    version: "2.18.0.0",
    nodes: [{ name: "db1", zone: undefined }],
    ssh: { user: "bigmath", passphrase: undefined },
    planSummary: "2.16.0.0 → 2.18.0.0: 6 processes",
    upgrade: { from: "2.16.0.0" },
    __provider: "text",
    __ctx: { urn: "u" },
    somethingElse: 1,
  };

  test("hold the inputs, what was derived from them, and our own; the live version wins", () => {
    const outs = buildOutputs(props, live({}));
    expect(outs).toMatchObject({ version: "2.16.0.0", wantedVersion: "2.18.0.0", ssh: { user: "bigmath" } });
    expect(outs).toMatchObject({ planSummary: props.planSummary, upgrade: props.upgrade, schemaVersion: 1 });
    expect(Object.keys(outs)).not.toEqual(expect.arrayContaining(["__ctx"]));
    expect(outs).not.toHaveProperty("somethingElse");
  });

  test("have no undefined anywhere, or the engine would lose them all after the work was done", () => {
    const hasUndefined = (value: unknown): boolean =>
      value === undefined || (typeof value === "object" && value !== null && Object.values(value).some(hasUndefined));
    expect(hasUndefined(props)).toBe(true);
    expect(hasUndefined(buildOutputs(props, live({})))).toBe(false);
  });

  test("are taken apart into inputs again", () => {
    expect(Object.keys(pickInputs({ ...props, bsql: undefined }))).toEqual(["version", "nodes", "ssh"]);
  });
});

describe("what is remembered", () => {
  test("of our own outputs is everything that a later run needs", () => {
    const outs = buildOutputs({ version: "2.18.0.0" }, live({ running: NEW }, { phase: "adopted" }));
    expect(recall(outs)).toMatchObject({ wantedVersion: "2.18.0.0", finalizedVersion: "2.18.0.0", phase: "adopted" });
  });

  test.each([undefined, null, "text", 7, [], {}])("of %j is nothing, and no failure", (outputs) => {
    expect(recall(outputs)).toEqual({});
  });

  test("one value that cannot be read does not take the others along", () => {
    const outputs = { phase: "upgrading", finalizedVersion: 216, lastRun: { took: 3 }, wantedVersion: "2.18.0.0" };
    expect(recall(outputs)).toMatchObject({ phase: "upgrading", wantedVersion: "2.18.0.0" });
    expect(recall(outputs).finalizedVersion).toBeUndefined();
  });

  test("of an adopted cluster says so to the planner, of any other it does not", () => {
    expect(finalisationOf({ phase: "adopted", wantedVersion: "2.18.0.0", finalizedVersion: "" })).toEqual({
      finalizedVersion: "",
      adoptedVersion: "2.18.0.0",
    });
    expect(finalisationOf({ phase: "finished", wantedVersion: "2.18.0.0", finalizedVersion: "2.18.0.0" })).toEqual({
      finalizedVersion: "2.18.0.0",
      adoptedVersion: undefined,
    });
  });
});

test("what is in hand is remembered until a run leaves nothing in hand", () => {
  const own = live({ running: NEW }, { carried: { inHand: ["DBServer db2"] } });
  expect(finalisationOf(buildOutputs({}, own)).inHand).toEqual(["DBServer db2"]);
  expect(buildOutputs({}, live({ running: NEW }, { carried: {} }))).not.toHaveProperty("inHand");
});

test("a promotion without an answer is remembered until one is given", () => {
  const own = live({ running: NEW }, { carried: { promotionUnanswered: true } });
  expect(finalisationOf(buildOutputs({}, own)).promotionUnanswered).toBe(true);
  expect(buildOutputs({}, live({ running: NEW }))).not.toHaveProperty("promotionUnanswered");
});

test("a cluster is not called finalized while processes wait for one more restart, and the next plan is told which", () => {
  const awaitingRestart = { "DBServer db2": "17 since tick 900" };
  const own = live({ running: NEW }, { awaitingRestart, phase: "restart needed" });
  expect(own).toMatchObject({ phase: "restart needed", finalized: false, awaitingRestart });
  expect(finalisationOf(buildOutputs({}, own)).awaitingRestart).toEqual(awaitingRestart);
  expect(buildOutputs({}, live({ running: NEW }))).not.toHaveProperty("awaitingRestart");
});

test.each<[string, string, "auto" | "manual", string, string]>([
  ["upgrading", "2.16.0.0", "manual", "2.16.0.0", "not finalized"],
  ["upgrading", "2.18.0.0", "manual", "2.18.0.0", "finished"],
  ["upgrading", "2.18.0.0", "auto", "2.18.0.0", "finished"],
  ["not finalized", "2.18.0.0", "manual", "2.16.0.0", "not finalized"],
  ["not finalized", "2.18.0.0", "auto", "2.18.0.0", "finished"],
  ["adopted", "2.18.0.0", "manual", "", "adopted"],
  ["adopted", "2.18.0.0", "auto", "", "adopted"],
  ["adopted", "2.16.0.0", "manual", "", "not finalized"],
  ["adopted", "2.16.0.0", "auto", "2.18.0.0", "finished"],
])(
  "after a run that had no failure, %s at %s becomes, with finalize %j and %j finalized, %s",
  (phase, wantedVersion, finalize, finalizedVersion, after) => {
    const wanted = buildDesired({ more: { finalize } });
    expect(phaseAfter(wanted, finalizedVersion, { phase, wantedVersion })).toBe(after);
  },
);

test.each<[string, string, string, string | undefined]>([
  ["upgrading", "2.18.0.0", "2.16.0.0", "2.18.0.0"],
  ["not finalized", "2.18.0.0", "", "2.18.0.0"],
  ["upgrading", "2.18.0.0", "2.18.0.0", undefined],
  ["finished", "2.18.0.0", "2.18.0.0", undefined],
  ["adopted", "2.18.0.0", "", undefined],
])("phase %s of %s with %j finalized leaves %s unfinished", (phase, wantedVersion, finalizedVersion, unfinished) => {
  expect(finalisationOf({ phase, wantedVersion, finalizedVersion }).unfinishedVersion).toBe(unfinished);
});

test.each<[string, Parameters<typeof buildInventory>[1], Carried, boolean]>([
  ["every process runs the old release", {}, {}, false],
  ["one of them is down, and not by us", { processes: { "mserver:db1": { down: true } } }, {}, false],
  ["one runs the new release", { processes: { "dbserver:db3": { version: NEW } } }, {}, true],
  ["what one runs was not heard", { processes: { "dbserver:db3": { silent: true } } }, {}, true],
  ["one was in hand", { processes: { "mserver:db1": { down: true } } }, { inHand: ["MServer db1"] }, true],
  ["the answer to a promotion was lost", {}, { promotionUnanswered: true }, true],
])("a roll that ended when %s has, or has not, begun", (_situation, inventory, carried, begun) => {
  const wanted = buildDesired();
  expect(hasBegun(wanted, buildInventory(wanted, inventory), carried)).toBe(begun);
});

test("a newer release that runs already is one that is under way; an older one or a process that is down is not", () => {
  const wanted = buildDesired();
  const mixed = { processes: { "mserver:db1": { version: "2.20.0.0-b7" }, "dbserver:db2": { down: true } } };
  expect(findUnderWay("2.18.0.0", buildInventory(wanted, { running: NEW, ...mixed }))).toBe("2.20.0.0");
  expect(findUnderWay("2.18.0.0", buildInventory(wanted, { running: "2.16.0.0-b1" }))).toBeUndefined();
  expect(findUnderWay("2.18.0.0", buildInventory(wanted, { running: NEW }))).toBeUndefined();
});
