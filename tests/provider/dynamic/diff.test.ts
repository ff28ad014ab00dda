// Nothing is contacted when nothing changed: the addresses lead to servers that count who comes.

import { check } from "../../../provider/dynamic/check";
import { diff } from "../../../provider/dynamic/diff";
import { UNKNOWN_VALUE } from "../../../provider/model/unknown-value";
import { type LoopbackCluster, startLoopbackCluster } from "../../support/loopback-cluster";

type Props = Record<string, unknown>;
let cluster: LoopbackCluster;

beforeEach(async () => {
  cluster = await startLoopbackCluster();
});

afterEach(() => cluster.stop());

const outputs = (version: string, more: Props = {}): Props => ({
  ...cluster.inputs(version),
  wantedVersion: version,
  phase: "finished",
  processes: { "MServer db1": version },
  ...more,
});

/** As in a preview: `check` has seen the same inputs in this process. */
async function previewed(news: Props): Promise<Props> {
  const { inputs = {}, failures } = await check({}, { ...news, __ctx: { urn: "urn:test", dryRun: true } });
  if (failures !== undefined) throw new Error(JSON.stringify(failures));
  return inputs;
}

test("nothing changed: no change, and nobody is contacted", async () => {
  const news = await previewed(cluster.inputs("2.16.0.0"));
  expect(await diff("c-1", outputs("2.16.0.0"), news)).toEqual({ changes: false });
  expect(cluster.connectionCount()).toBe(0);
});

test("derived inputs, the provider's text and the order of keys are no changes", async () => {
  const news = Object.fromEntries(Object.entries(cluster.inputs("2.16.0.0")).reverse());
  const more = { planSummary: "x", upgrade: { from: "a" }, __provider: "text" };
  expect(await diff("c-1", outputs("2.16.0.0"), { ...news, ...more })).toEqual({ changes: false });
});

test("another version leaves the comparison to the engine, and in a preview the cluster is looked at", async () => {
  const news = await previewed(cluster.inputs("2.18.0.0"));
  expect(await diff("c-1", outputs("2.16.0.0"), news)).toEqual({});
  expect(cluster.connectionCount()).toBeGreaterThan(0);
});

test("outside a preview nobody is contacted, whatever changed", async () => {
  expect(await diff("c-1", outputs("2.16.0.0"), cluster.inputs("2.18.0.0"))).toEqual({});
  expect(cluster.connectionCount()).toBe(0);
});

test("an upgrade that was not finished is a change by itself", async () => {
  const olds = outputs("2.16.0.0", { phase: "upgrading" });
  expect(await diff("c-1", olds, cluster.inputs("2.16.0.0"))).toEqual({ changes: true });
});

test("a release that runs, as a refresh saw, but for which nothing was finalised yet is a change by itself", async () => {
  const olds = { ...outputs("2.18.0.0"), wantedVersion: "2.16.0.0" };
  expect(await diff("c-1", olds, cluster.inputs("2.18.0.0"))).toEqual({ changes: true });
});

test("a live mix in the outputs is a change", async () => {
  const olds = outputs("2.16.0.0", { version: "2.16.0.0 ×1, 2.18.0.0 ×1", phase: "upgrading" });
  expect(await diff("c-1", olds, cluster.inputs("2.18.0.0"))).toEqual({});
});

test("an input that was taken out, or put in, is a change", async () => {
  const with_ = cluster.inputs("2.16.0.0", { finalize: "manual" });
  const without = cluster.inputs("2.16.0.0");
  expect(await diff("c-1", { ...outputs("2.16.0.0"), finalize: "manual" }, without)).toEqual({});
  expect(await diff("c-1", outputs("2.16.0.0"), with_)).toEqual({});
});

test("values that are not known yet are a change, and nobody is contacted", async () => {
  const news = await previewed(cluster.inputs(UNKNOWN_VALUE));
  expect(await diff("c-1", outputs("2.16.0.0"), news)).toEqual({});
  expect(cluster.connectionCount()).toBe(0);
});

test("a cluster that cannot be reached does not fail the preview", async () => {
  const news = await previewed(cluster.inputs("2.18.0.0"));
  await cluster.stopPages();
  expect(await diff("c-1", outputs("2.16.0.0"), news)).toEqual({});
});

test("swapped arguments, as refresh gives them, do not raise", async () => {
  const news = await previewed(cluster.inputs("2.18.0.0"));
  expect(await diff("c-1", news, outputs("2.16.0.0"))).toEqual({});
  expect(await diff("c-1", cluster.inputs("2.16.0.0"), outputs("2.16.0.0"))).toEqual({ changes: false });
});

test.each<[Props, Props]>([
  [{}, {}],
  [{}, { version: 7, nodes: "x" }],
  [
    { version: null, phase: 7, lastRun: "x" },
    { version: {}, ssh: [], nodes: [null] },
  ],
  [{ phase: "upgrading", processes: [] }, {}],
])("garbage does not raise: %j against %j", async (olds, news) => {
  const { changes } = await diff("c-1", olds, news);
  expect([true, false, undefined]).toContain(changes);
});
