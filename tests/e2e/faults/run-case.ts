// Runs one case of the tables on a cluster, and holds it to the sandbox's event log.

import { findBrokenRules, type RollUnderJudgement } from "../../support/broken-rules";
import { findMissing } from "../../support/failure-text";
import { allOn, type TestCluster } from "../../support/sandbox-cluster";
import { switchOn } from "../../support/switch-on";
import { NEW, type RollDriver } from "../roll-driver";
import { type FaultCase, inputsFor, type StoppingCase, type SurvivedCase } from "./fault-case";

/** A cluster that is being rolled, and what was noted on the way. */
export interface RollUnderTest {
  readonly cluster: TestCluster;
  readonly roll: RollDriver;
  /** Events before the roll; what happened then is not the roll's doing. */
  readonly begin: number;
  readonly inHand: string[];
  readonly notByUs: string[];
}

export async function beginRoll(cluster: TestCluster, roll: RollDriver): Promise<RollUnderTest> {
  return { cluster, roll, begin: (await cluster.sandbox.events()).length, inHand: [], notByUs: [] };
}

export async function expectNoBrokenRule(
  test: RollUnderTest,
  more: Partial<RollUnderJudgement> & Pick<RollUnderJudgement, "isFinished">,
): Promise<void> {
  const { cluster, begin, inHand, notByUs } = test;
  const processes = cluster.sandbox.hosts.flatMap((host) => host.roles.map((role) => `${role} ${host.name}`));
  const judgement = { begin, processes, target: NEW, inHand, notByUs, ...more };
  expect(findBrokenRules(await cluster.sandbox.events(), judgement)).toEqual([]);
}

const stopsOf = async ({ cluster, begin }: RollUnderTest): Promise<string[]> =>
  (await cluster.sandbox.events())
    .slice(begin)
    .flatMap(({ event, role, host }) => (event === "process_stopped" ? [`${role} ${host}`] : []));

async function arrange({ cluster }: RollUnderTest, one: FaultCase): Promise<void> {
  await one.prepare?.(cluster);
  await switchOn(cluster.sandbox.dir, one.faults);
}

/** The roll ends with a complete error, at the process in hand or before any; afterwards the faults are gone. */
export async function expectStop(test: RollUnderTest, one: StoppingCase): Promise<void> {
  const { cluster, roll } = test;
  test.notByUs.push(...(one.notByUs ?? []));
  await arrange(test, one);
  const stopsBefore = await stopsOf(test);
  const failure = await roll.up(inputsFor(one));
  expect(failure).toBeDefined();
  const stops = await stopsOf(test);
  expect(findMissing(failure ?? "", one.failure)).toEqual([]);
  if (one.inHand === undefined) expect(stops).toEqual(stopsBefore);
  else {
    test.inHand.push(one.inHand);
    // What is in hand was the last to be stopped; a supervised one may have been stopped by its supervisor as well.
    expect(stops.at(-1)).toBe(one.inHand);
  }
  await expectNoBrokenRule(test, { isFinished: false });
  await cluster.sandbox.setFaults([]);
  await one.repair?.(cluster);
  // The first failure ends the roll: nothing went on behind its back.
  expect(await stopsOf(test)).toEqual(stops);
}

/** The roll ends on the new release in one run. Several cases at once are one run as well. */
export async function expectSurvival(test: RollUnderTest, cases: readonly SurvivedCase[]): Promise<void> {
  const { cluster, roll } = test;
  for (const one of cases) await arrange(test, one);
  expect(await roll.up(mergeInputs(cases))).toBeUndefined();
  expect(await cluster.versions()).toEqual(allOn(cluster, NEW));
  await expectNoBrokenRule(test, {
    isFinished: true,
    doesLeaderMove: cases.some((one) => one.doesLeaderMove),
    blacklistLeftCount: cases.reduce((count, one) => count + (one.blacklistLeftCount ?? 0), 0),
  });
  expect(await roll.readOutputs()).toMatchObject({ version: NEW, phase: "finished", finalized: true });
  if (roll.said !== "") for (const { says } of cases) if (says) expect(`${roll.plan}\n${roll.said}`).toMatch(says);
}

const mergeInputs = (cases: readonly SurvivedCase[]) => {
  const timeouts = Object.assign({}, ...cases.map((one) => one.policy?.timeouts));
  return inputsFor({ title: "", faults: [], policy: { timeouts } });
};

/** Nothing is wrong any more: the rest is done, and only the rest. */
export async function expectEnd(test: RollUnderTest): Promise<void> {
  expect(await test.roll.up(inputsFor({ title: "", faults: [] }))).toBeUndefined();
  expect(await test.cluster.versions()).toEqual(allOn(test.cluster, NEW));
  await expectNoBrokenRule(test, { isFinished: true });
}
