// Clusters that were set up in a way which an upgrade would not survive: refused before the first stop.

import { startTestCluster, type TestCluster } from "../../support/sandbox-cluster";
import { type RollDriver, startRoll, wayOf } from "../roll-driver";
import type { StoppingCase } from "./fault-case";
import { beginRoll, expectStop, type RollUnderTest } from "./run-case";

let cluster: TestCluster;
let roll: RollDriver;
let under: RollUnderTest;

beforeAll(async () => {
  cluster = await startTestCluster({ dataInsideRelease: true, retiredAutoFlag: true });
  roll = await startRoll(cluster, wayOf("functions"));
  under = await beginRoll(cluster, roll);
});

afterAll(async () => {
  await roll?.remove();
  await cluster?.remove();
});

const policy = { timeouts: { startCheck: "5s" } };
const CASES: readonly StoppingCase[] = [
  {
    title: "data directories are inside the release",
    faults: [],
    policy,
    failure: {
      code: "GateClosed",
      what: [/data_is_outside_every_release: .*(MServer|DBServer) db\d.*softwarebm-2\.16\.0\.0\/data/],
      left: /^Nothing was stopped\./,
    },
  },
  {
    title: "a promoted AutoFlag is missing in the new release",
    faults: [],
    policy: { ...policy, waive: { data_is_outside_every_release: "the old release is kept for ever here" } },
    failure: {
      code: "GateClosed",
      what: [/promoted_flags_exist_in_the_new_release: .*cdcsdk_enable_cleanup_of_expired_table_entries/],
      left: /^Nothing was stopped\./,
    },
  },
];

test.each(CASES)("when $title nothing is stopped", async (one) => {
  await expectStop(under, one);
});
