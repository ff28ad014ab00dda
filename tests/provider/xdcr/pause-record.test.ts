// The record of a pause on real files: one home directory a host, /bin/sh in each.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWriteRecord, readPauseRecords, removeRecord } from "../../../provider/executor/pause-record";
import type { DesiredCluster } from "../../../provider/model/desired";
import { parseTopology } from "../../../provider/model/parse-topology";
import type { Shell } from "../../../provider/ports";
import { buildRun } from "../../support/build-run";
import { topologyInputs } from "../../support/build-topology";
import { createLocalShell } from "../../support/local-shell";
import { createVirtualClock } from "../../support/virtual-clock";

const LINK = { group: "g1", source: "east", target: "west" };
const record = (run: string) => ({
  target: "west",
  group: "g1",
  run,
  stack: "shop/prod",
  since: `2026-11-23T22:00:0${run.length}.000Z`,
});
const clock = createVirtualClock();

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bmdb-records-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The hosts of west; east reaches the first of them only, under the cluster's name. */
const west: Shell = {
  run(node, command, options) {
    const home = join(root, node === "west" ? "db1" : node);
    mkdirSync(home, { recursive: true });
    return createLocalShell(home).run(node, command, options);
  },
  close: async () => undefined,
};

function desiredOf(name: string): DesiredCluster {
  const parsed = parseTopology(topologyInputs({ links: [LINK] }));
  const found = "desired" in parsed ? parsed.desired.members.find((member) => member.name === name) : undefined;
  if (found === undefined) throw new Error(`no cluster is called ${name}`);
  return found.desired;
}

async function readBy(name: string): Promise<string[]> {
  const fact = await readPauseRecords({ shell: west, clock }, desiredOf(name));
  return fact.known ? fact.value.map(({ run }) => run) : [fact.why];
}
const removeBy = (name: string, run: string) =>
  removeRecord(buildRun({ desired: desiredOf(name), shell: west, clock }), LINK, record(run));
const writeOn = async (nodes: readonly string[], run: string): Promise<void> => {
  for (const node of nodes) await west.run(node, buildWriteRecord(record(run)), { timeoutMs: 5000 });
};
const HOSTS = ["db1", "db2", "db3"];

test("what its own cluster wrote on every host, both sides read", async () => {
  await writeOn(HOSTS, "r1");
  expect([await readBy("west"), await readBy("east")]).toEqual([["r1"], ["r1"]]);
});

test("removed by its own cluster, nothing is left on any host", async () => {
  await writeOn(HOSTS, "r1");
  await removeBy("west", "r1");
  for (const host of HOSTS) expect(readdirSync(join(root, host, ".pulumi-bmdb"))).toEqual([]);
});

test("resumed from elsewhere, where one host is reached only, what the others keep counts no longer", async () => {
  await writeOn(HOSTS, "r1");
  await removeBy("east", "r1");
  expect(existsSync(join(root, "db2/.pulumi-bmdb/xdcr-g1.paused"))).toBe(true);
  expect([await readBy("west"), await readBy("east")]).toEqual([[], []]);
});

test("a later pause counts, and an earlier one does not come back when that one is over too", async () => {
  await writeOn(HOSTS, "r1");
  await removeBy("east", "r1");
  await writeOn(["west"], "r22");
  expect([await readBy("west"), await readBy("east")]).toEqual([["r22"], ["r22"]]);
  await removeBy("east", "r22");
  expect([await readBy("west"), await readBy("east")]).toEqual([[], []]);
});
