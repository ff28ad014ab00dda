// One, two, three and five MServers, on hosts of their own or beside DBServers, at replication factor 1 and 3. Where an
// upgrade is an outage it is refused until the program accepts that. `npm test` rolls the first ones, `test:long` all.

import { planHosts } from "../../sandbox/cli/layouts";
import type { SandboxOptions } from "../../sandbox/types";
import { findMissing } from "../support/failure-text";
import { allOn } from "../support/sandbox-cluster";
import { policyFor } from "./faults/fault-case";
import { beginRoll, expectNoBrokenRule } from "./faults/run-case";
import { isLong, NEW, type Way, wayOf, withRoll } from "./roll-driver";

interface Topology {
  readonly title: string;
  readonly sandbox: Partial<SandboxOptions>;
  /** Why it is refused without policy.allowInterruption; absent: it is not. */
  readonly interruption?: RegExp;
  /** Known from the program alone, so already the arguments are refused, adoption included. */
  readonly isRefusedByCheck?: true;
  /** In which order its DBServers go, where zones decide it. */
  readonly dbservers?: readonly string[];
  readonly way: Way;
}

const separate = (mservers: number, dbservers = 3) => planHosts({ layout: "separate", mservers, dbservers });
const colocated = (hosts: number, mservers: number) => planHosts({ layout: "colocated", hosts, mservers });
const inZones = (hosts: SandboxOptions["hosts"], zones: Readonly<Record<string, string>>) =>
  hosts.map((host) => ({ ...host, zone: zones[host.name] ?? host.zone ?? "z1" }));

const IN_SHORT: readonly Topology[] = [
  {
    title: "3 MServers and 3 DBServers on hosts of their own, zone by zone",
    sandbox: { hosts: inZones(separate(3), { db1: "za", db2: "zb", db3: "za" }) },
    dbservers: ["db1", "db3", "db2"],
    way: "cli",
  },
  {
    title: "1 MServer and 3 DBServers on hosts of their own",
    sandbox: { hosts: separate(1) },
    interruption: /there is one MServer: while it restarts there is no metadata service/,
    way: "functions",
  },
  {
    title: "2 MServers beside DBServers, at replication factor 1",
    sandbox: { hosts: colocated(2, 2), replicationFactor: 1 },
    interruption: /two MServers have no majority while one of them restarts/,
    isRefusedByCheck: true,
    way: "functions",
  },
];

const IN_LONG: readonly Topology[] = [
  { title: "5 MServers and 3 DBServers on hosts of their own", sandbox: { hosts: separate(5) }, way: "cli" },
  { title: "5 MServers beside 5 DBServers", sandbox: { hosts: colocated(5, 5) }, way: "cli" },
  { title: "3 MServers beside 3 of 5 DBServers", sandbox: { hosts: colocated(5, 3) }, way: "cli" },
  {
    title: "2 MServers beside 2 of 3 DBServers, at replication factor 3",
    sandbox: { hosts: colocated(3, 2) },
    interruption: /two MServers have no majority while one of them restarts/,
    isRefusedByCheck: true,
    way: "cli",
  },
  {
    title: "3 MServers beside 3 DBServers, at replication factor 1",
    sandbox: { hosts: colocated(3, 3), replicationFactor: 1 },
    interruption: /the replication factor is 1: the tiles of a DBServer are gone while it restarts/,
    way: "cli",
  },
  {
    title: "everything on one host",
    sandbox: { hosts: colocated(1, 1), replicationFactor: 1 },
    interruption: /there is one MServer: .*; the replication factor is 1/,
    way: "cli",
  },
];

const REFUSED = { code: "InterruptionNotAllowed", left: /^Nothing was changed\. Set policy\.allowInterruption: true/ };

test.each(isLong ? [...IN_SHORT, ...IN_LONG] : IN_SHORT)("$title: rolled by the rules", async (topology) => {
  const { interruption, isRefusedByCheck, dbservers } = topology;
  const policy = policyFor({ title: "", faults: [] });
  const accepting = { policy: { ...policy, ...(interruption && { allowInterruption: true }) } };
  const first = isRefusedByCheck ? accepting : {};
  await withRoll(topology.sandbox, wayOf(topology.way), first, async (cluster, roll) => {
    const under = await beginRoll(cluster, roll);
    await cluster.mark();
    if (interruption) {
      const refusal = (await roll.up({ policy })) ?? "";
      if (isRefusedByCheck) expect(refusal).toMatch(interruption);
      else expect(findMissing(refusal, { ...REFUSED, what: [interruption] })).toEqual([]);
      expect(await cluster.story()).toEqual([]);
    }
    expect(await roll.up(accepting)).toBeUndefined();
    expect(await cluster.versions()).toEqual(allOn(cluster, NEW));
    await expectNoBrokenRule(under, { isFinished: true });
    const stops = (await cluster.story()).filter((line) => line.startsWith("stop dbserver"));
    if (dbservers) expect(stops.map((line) => line.split(" ")[2])).toEqual(dbservers);
    expect(await roll.readOutputs()).toMatchObject({ version: NEW, phase: "finished" });
  });
});
