// The numbers that a DBA reads in the report: what each gate saw when it opened.

import { gates } from "../../../provider/gates";
import { tellEvidence } from "../../../provider/gates/tell-evidence";
import type { PlanStep } from "../../../provider/model/plan";
import { buildDesired, buildInventory, known } from "../../support/build-cluster";
import { linked, peer } from "../../support/build-xdcr";

const db2 = { node: "db2", role: "dbserver" } as const;
const m1 = { node: "db1", role: "mserver" } as const;
const restart = (process: typeof db2 | typeof m1): PlanStep => ({
  kind: "restart_process",
  process,
  from: "2.16.0.0",
  isLeader: false,
});

const tell = (
  step: PlanStep,
  more: Parameters<typeof buildDesired>[0] = {},
  shape: Parameters<typeof buildInventory>[1] = {},
) => {
  const desired = buildDesired(more);
  const candidate = "process" in step ? step.process : undefined;
  const evidence = tellEvidence({
    desired,
    inventory: buildInventory(desired, shape),
    step,
    candidate,
    toBeStarted: [],
  });
  return Object.fromEntries(evidence.map(({ gate, seen }) => [gate, seen]));
};

test("before the stop of a DBServer", () => {
  expect(tell(restart(db2))).toMatchObject({
    all_mservers_answer_and_one_leads: "3 of 3 MServers, db1 leads",
    no_dbserver_is_down: "3 of 3 ALIVE, oldest heartbeat 0.5 s (limit 10.0 s)",
    no_tile_is_leaderless: "0 tiles without a leader",
    no_tile_is_under_replicated: "0 tiles under-replicated",
    every_tile_keeps_a_majority: "replication factor 3: 1 replica may be missing; 2 of 2 other DBServers answer",
    mservers_are_new_before_dbservers: "0 of 3 MServers run 2.18.0.0",
  });
  expect(tell(restart(db2))).not.toHaveProperty("mserver_majority_survives_this_stop");
});

test("before the stop of an MServer", () => {
  const evidence = tell(restart(m1));
  expect(evidence).toMatchObject({
    mserver_majority_survives_this_stop: "2 of 3 answer without it; a majority is 2",
    leader_mserver_goes_last: "it leads, and no other MServer is old",
  });
  expect(tell(restart(m1), {}, { leader: "db3" })["leader_mserver_goes_last"]).toBe("db3 leads");
  expect(evidence).not.toHaveProperty("every_tile_keeps_a_majority");
});

test("before anything is stopped, with the least room and memory of all hosts", () => {
  expect(tell({ kind: "check_start" })).toMatchObject({
    disks_have_room: "least: 50.0 GB on db1",
    memory_is_available: "least: 8.0 GB on db1",
    every_server_of_the_cluster_is_declared: "3 MServers and 3 DBServers in the cluster, all named",
    release_is_staged_on_every_host: "2.18.0.0 lies ready for 3 hosts",
  });
});

test("links and streams are counted, and how long a source waits is told only where links are declared", () => {
  const facts = { facts: { cdcStreams: known(["s1"]), xdcrPeers: [peer({ walRetentionMs: known(3_600_000) })] } };
  expect(tell({ kind: "check_start" }, linked(), facts)).toMatchObject({
    every_xdcr_link_is_declared: "0 replication groups into this cluster and 1 stream out of it, all declared",
    xdcr_pause_fits_the_retention: "kept for 60 min by the source",
  });
  expect(tell({ kind: "check_start" }, {}, facts)).not.toHaveProperty("xdcr_pause_fits_the_retention");
});

test("the largest lag is named with its DBServer", () => {
  const shape = { processes: { "dbserver:db3": { lagMs: 2_500 } } };
  expect(tell(restart(db2), {}, shape)["every_follower_is_current"]).toBe(
    "largest lag 2.5 s on DBServer db3 (limit 10.0 s)",
  );
});

test("what is not known gives no evidence, and neither does a gate that is waived", () => {
  const unknown = { known: false, why: "half a page", from: "test", atMs: 0 } as const;
  const more = { policy: { waive: { no_tile_is_leaderless: "a rehearsal" } } };
  const evidence = tell(
    restart(db2),
    { more },
    { facts: { tilesUnderReplicated: unknown, tilesLeaderless: known([]) } },
  );
  expect(evidence).not.toHaveProperty("no_tile_is_under_replicated");
  expect(evidence).not.toHaveProperty("no_tile_is_leaderless");
});

test("every gate has something to tell at one of its steps", () => {
  const steps: PlanStep[] = [{ kind: "check_start" }, restart(db2), restart(m1), { kind: "promote_auto_flags" }];
  const told = new Set(steps.flatMap((step) => Object.keys(tell(step, linked()))));
  expect(gates.map(({ id }) => id).filter((id) => !told.has(id))).toEqual([]);
});
