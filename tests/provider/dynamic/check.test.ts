import { contextOf } from "../../../provider/dynamic/call-context";
import { check } from "../../../provider/dynamic/check";
import { PROVIDER_TEXT } from "../../../provider/dynamic/cluster-version";
import { UNKNOWN_VALUE } from "../../../provider/model/unknown-value";
import { HOST_KEY } from "../../support/build-cluster";
import { createKeyPair } from "../../support/shell-ssh-server";

type Props = Record<string, unknown>;
const URN = "urn:pulumi:dev::p::bmdb:index:BmCluster$pulumi-nodejs:dynamic/bmdb:ClusterVersion::prod";
const names = ["db1", "db2", "db3"];

const inputs = (version: unknown, more: Props = {}): Props => ({
  version,
  nodes: names.map((name, index) => ({ name, host: `10.0.0.${index + 1}`, roles: ["mserver", "dbserver"] })),
  ssh: {
    agentSocketPath: "/run/agent",
    hosts: Object.fromEntries(names.map((name) => [name, { hostKey: HOST_KEY }])),
  },
  __provider: PROVIDER_TEXT,
  ...more,
});

const reasonsFor = async (olds: Props, news: Props): Promise<string[]> =>
  ((await check(olds, news)).failures ?? []).map((failure) => failure.reason);

describe("bad input", () => {
  test("gets all its problems at once, each with its path in the reason and no property", async () => {
    const { failures = [] } = await check({}, inputs("2.18", { finalize: "later", policy: { pause: "60" } }));
    expect(failures.map((failure) => failure.property)).toEqual(["", "", ""]);
    expect(failures.map((failure) => failure.reason.split(":")[0]).sort()).toEqual([
      "finalize",
      "policy.pause",
      "version",
    ]);
  });

  test("gets a downgrade beside its other problems", async () => {
    const reasons = await reasonsFor(inputs("2.18.0.0"), inputs("2.16.0.0", { finalize: "later" }));
    expect(reasons).toHaveLength(2);
    expect(reasons[1]).toBe(
      "version: 2.16.0.0 is older than 2.18.0.0, which the cluster was last asked to run; BMDB does not support a downgrade (spec L1)",
    );
  });

  test("never shows a secret in a reason", async () => {
    const privateKey = createKeyPair().private;
    const secrets = ["hunter2", privateKey, privateKey.split("\n")[2] ?? "", "correct horse"];
    const reasons = await reasonsFor(
      {},
      inputs("2.18.0.0", {
        ssh: {
          privateKey: `hunter2${privateKey}`,
          passphrase: ["correct horse"],
          hosts: { db1: { hostKey: HOST_KEY, privateKey: "hunter2" }, db9: { privateKey: "hunter2" } },
          password: "hunter2",
        },
        process: { mserver: { environment: { PGPASSWORD: ["hunter2"] } } },
      }),
    );
    expect(reasons.length).toBeGreaterThan(3);
    for (const secret of secrets) expect(reasons.join("\n")).not.toContain(secret);
  });

  test.each([{}, { version: null }, { version: [], nodes: "x", ssh: 7 }, { nodes: [null, 1, {}] }])(
    "of any shape gets reasons instead of an exception: %j",
    async (news) => {
      expect((await reasonsFor({}, news)).length).toBeGreaterThan(0);
    },
  );
});

describe("a downgrade", () => {
  test.each([
    ["2.18.0.0", "2.16.0.0"],
    ["2.18.0.0-b68", "2.18.0.0-b7"],
    ["2.18.1.0", "2.18.0.0"],
  ])("from %s to %s is refused", async (from, to) => {
    expect((await reasonsFor(inputs(from), inputs(to))).join()).toContain("does not support a downgrade");
  });

  test.each([
    ["2.16.0.0", "2.18.0.0"],
    ["2.18.0.0", "2.18.0.0"],
    ["2.18.0.0-b68", "2.18.0.0"],
    ["2.9.0.0", "2.10.0.0"],
    ["2.16.0.0 ×2, 2.18.0.0 ×4", "2.18.0.0"],
    [undefined, "2.18.0.0"],
    [UNKNOWN_VALUE, "2.18.0.0"],
    ["2.18.0.0", UNKNOWN_VALUE],
  ])("is not what %s to %s is", async (from, to) => {
    expect(await reasonsFor(inputs(from), inputs(to))).toEqual([]);
  });
});

describe("good input", () => {
  test("gets a summary and the upgrade in short, for reviewers and policies", async () => {
    const { inputs: checked } = await check(inputs("2.16.0.0"), inputs("2.18.0.0"));
    expect(checked).toEqual({
      ...inputs("2.18.0.0"),
      planSummary: "2.16.0.0 → 2.18.0.0: 6 processes",
      upgrade: { from: "2.16.0.0", to: "2.18.0.0", processes: 6 },
    });
  });

  test("of a new cluster says that it is adopted, and no upgrade", async () => {
    const { inputs: checked } = await check({}, inputs("2.18.0.0"));
    expect(checked).toEqual({ ...inputs("2.18.0.0"), planSummary: "adopt 6 processes at 2.18.0.0" });
  });

  test("keeps what was derived as long as the version stays, so that nothing changes by itself", async () => {
    const first = (await check(inputs("2.16.0.0"), inputs("2.18.0.0"))).inputs ?? {};
    const second = await check(first, inputs("2.18.0.0", { finalize: "manual" }));
    expect(second.inputs).toEqual({ ...first, finalize: "manual" });
    expect((await check(first, inputs("2.18.0.0"))).inputs).toEqual(first);
  });

  test("derives anew for the next version", async () => {
    const first = (await check(inputs("2.16.0.0"), inputs("2.18.0.0"))).inputs ?? {};
    expect((await check(first, inputs("2.20.0.0"))).inputs).toMatchObject({
      planSummary: "2.18.0.0 → 2.20.0.0: 6 processes",
      upgrade: { from: "2.18.0.0", to: "2.20.0.0" },
    });
  });
});

describe("values that are not known yet in a preview", () => {
  test.each([
    ["the version", inputs(UNKNOWN_VALUE)],
    ["all nodes", inputs("2.18.0.0", { nodes: UNKNOWN_VALUE })],
    [
      "an address",
      inputs("2.18.0.0", {
        nodes: names.map((name) => ({ name, host: UNKNOWN_VALUE, roles: ["mserver", "dbserver"] })),
      }),
    ],
    ["the ssh settings", inputs("2.18.0.0", { ssh: UNKNOWN_VALUE })],
  ])("%s are no problem, and nothing is derived from them", async (_what, news) => {
    const { inputs: checked, failures } = await check(inputs("2.16.0.0"), news);
    expect(failures).toBeUndefined();
    expect(checked).toEqual(news);
  });

  test("do not hide what is wrong beside them", async () => {
    expect(await reasonsFor({}, inputs(UNKNOWN_VALUE, { finalize: "later" }))).toHaveLength(1);
  });
});

describe("the context of the call", () => {
  const context = { urn: URN, dryRun: true };

  test("never comes back in the inputs, whether they are good or bad", async () => {
    expect((await check({}, inputs("2.18.0.0", { __ctx: context }))).inputs).not.toHaveProperty("__ctx");
    expect((await check({}, inputs("2.18", { __ctx: context }))).inputs).not.toHaveProperty("__ctx");
  });

  test("is found again by the inputs that came out, in whatever order their keys are", async () => {
    const { inputs: checked = {} } = await check({}, inputs("2.18.0.0", { __ctx: context }));
    expect(contextOf(checked)).toEqual(context);
    expect(contextOf(Object.fromEntries(Object.entries(checked).reverse()))).toEqual(context);
    expect(contextOf({ ...checked, finalize: "manual" })).toBeUndefined();
  });

  test.each([undefined, null, "urn", { urn: 1, dryRun: true }, { urn: URN }])(
    "that is %j is ignored",
    async (broken) => {
      const news = inputs("2.19.0.0", { __ctx: broken });
      const { inputs: checked = {}, failures } = await check({}, news);
      expect(failures).toBeUndefined();
      expect(contextOf(checked)).toBeUndefined();
    },
  );
});
