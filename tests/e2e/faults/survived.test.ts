// What a roll outlives. `npm test`: elections on the CLI, everything that can come together at once through the provider's
// functions. `npm run test:long`: each by itself on the CLI.

import { startTestCluster } from "../../support/sandbox-cluster";
import { isLong, startRoll, type Way } from "../roll-driver";
import { SURVIVED } from "./cases-survived";
import type { SurvivedCase } from "./fault-case";
import { beginRoll, expectSurvival } from "./run-case";

jest.setTimeout(300_000);

const together: readonly SurvivedCase[] = SURVIVED.filter((one) => !one.isAlone);
const elections = SURVIVED.filter((one) => one.doesLeaderMove).slice(0, 1);

const rolls: readonly (readonly [string, Way, readonly SurvivedCase[]])[] = isLong
  ? SURVIVED.map((one) => [one.title, "cli", [one]])
  : [
      ...elections.map((one): readonly [string, Way, SurvivedCase[]] => [one.title, "cli", [one]]),
      [`${together.length} troubles come in one roll`, "functions", together],
    ];

test.each(rolls)("when %s the roll ends on the new release all the same", async (_title, way, cases) => {
  const cluster = await startTestCluster();
  const roll = await startRoll(cluster, way);
  try {
    await expectSurvival(await beginRoll(cluster, roll), cases);
  } finally {
    await roll.remove();
    await cluster.remove();
  }
});
