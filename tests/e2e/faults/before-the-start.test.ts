// What is wrong before the first stop keeps it from happening. One cluster, one trouble after the other.

import { startTestCluster, type TestCluster } from "../../support/sandbox-cluster";
import { type RollDriver, startRoll, wayOf } from "../roll-driver";
import { BEFORE_THE_START } from "./cases-before-the-start";
import { beginRoll, expectStop, type RollUnderTest } from "./run-case";

let cluster: TestCluster;
let roll: RollDriver;
let under: RollUnderTest;

beforeAll(async () => {
  cluster = await startTestCluster();
  roll = await startRoll(cluster, wayOf("functions"));
  under = await beginRoll(cluster, roll);
});

afterAll(async () => {
  await roll?.remove();
  await cluster?.remove();
});

afterEach(() => cluster.sandbox.setFaults([]));

test.each(BEFORE_THE_START)("when $title nothing is stopped, and the error says what is wrong where", async (one) => {
  // A repair starts by hand what was killed; no stop is judged here at all.
  await expectStop({ ...under, begin: (await cluster.sandbox.events()).length }, one);
});
