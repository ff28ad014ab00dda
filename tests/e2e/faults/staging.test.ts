// A release that cannot be put in place on the hosts: nothing is stopped; once it can, the roll goes through. On the CLI always.

import { startTestCluster, type TestCluster } from "../../support/sandbox-cluster";
import { isLong, type RollDriver, startRoll } from "../roll-driver";
import { OF_STAGING } from "./cases-of-staging";
import { beginRoll, expectEnd, expectStop, type RollUnderTest } from "./run-case";

let cluster: TestCluster;
let roll: RollDriver;
let under: RollUnderTest;

beforeAll(async () => {
  cluster = await startTestCluster();
  roll = await startRoll(cluster, "cli");
  under = await beginRoll(cluster, roll);
});

afterAll(async () => {
  await roll?.remove();
  await cluster?.remove();
});

afterEach(() => cluster.sandbox.setFaults([]));

const cases = isLong ? OF_STAGING : OF_STAGING.filter((one) => /damaged|while|post_install/.test(one.title));

test.each(cases)("when $title nothing is stopped, and the error says what happened on which host", async (one) => {
  const url = `${cluster.sandbox.downloadsUrl}/bigmath-{version}.tar.gz`;
  const inputs = one.inputs?.release ? { inputs: { release: { ...one.inputs.release, url } } } : {};
  await expectStop(under, { ...one, ...inputs });
});

test("once the release can be put in place the roll goes through", async () => {
  await expectEnd(under);
});
