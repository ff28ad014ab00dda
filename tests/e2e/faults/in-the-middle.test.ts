// One cluster that meets one trouble after the other: each ends a run, and the next run goes on where it stopped.

import { startTestCluster, type TestCluster } from "../../support/sandbox-cluster";
import { type RollDriver, startRoll, wayOf } from "../roll-driver";
import { findLeaderHost } from "./by-hand";
import { CATALOG_FAILS, IN_THE_MIDDLE, OLD_LEADER } from "./cases-in-the-middle";
import { beginRoll, expectEnd, expectStop, type RollUnderTest } from "./run-case";

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

test.each(IN_THE_MIDDLE)("when $title the roll stops there, and says what it left alone", async (one) => {
  await expectStop(under, one);
});

test(`when ${OLD_LEADER.title} it is not asked`, async () => {
  const host = await findLeaderHost(cluster);
  under.notByUs.push(`mserver ${host}`);
  const version = { version_number: "2.18.0.0", build_number: "1", build_type: "RELEASE" };
  await expectStop(under, {
    ...OLD_LEADER,
    faults: [
      { kind: "page_error_with_200", host, role: "mserver", path: "/api/v1/version", text: JSON.stringify(version) },
    ],
  });
  expect(await cluster.story()).not.toContainEqual(expect.stringMatching(/^promote/));
});

test(`when ${CATALOG_FAILS.title} AutoFlags are promoted, the catalog is not upgraded, and the error says so`, async () => {
  // The old MServer of the case before is upgraded first, in this same run.
  await expectStop(under, { ...CATALOG_FAILS, inHand: under.notByUs.at(-1) ?? "" });
});

test("without any trouble the next run does the rest and only the rest", async () => {
  await expectEnd(under);
});
