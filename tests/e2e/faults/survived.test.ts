// What a roll outlives. `npm test`: an election on the CLI; a stale leader, and everything that can come together at once, through the
// provider's functions. `npm run test:long`: each by itself on the CLI.

import { isLong, type Way, withRoll } from "../roll-driver";
import { SURVIVED } from "./cases-survived";
import type { SurvivedCase } from "./fault-case";
import { beginRoll, expectSurvival } from "./run-case";

interface Roll {
  readonly title: string;
  readonly way: Way;
  readonly cases: readonly SurvivedCase[];
}

const alone = (way: Way, cases: readonly SurvivedCase[]): Roll[] =>
  cases.map((one) => ({ title: one.title, way, cases: [one] }));
const leading = SURVIVED.filter((one) => one.doesLeaderMove);
const together = SURVIVED.filter((one) => !one.isAlone);

const rolls: readonly Roll[] = isLong
  ? alone("cli", SURVIVED)
  : [
      ...alone("cli", leading.slice(0, 1)),
      ...alone("functions", leading.slice(1)),
      { title: `${together.length} troubles come in one roll`, way: "functions", cases: together },
    ];

test.each(rolls)("when $title the roll ends on the new release all the same", async ({ way, cases }) => {
  await withRoll({}, way, {}, async (cluster, roll) => {
    await expectSurvival(await beginRoll(cluster, roll), cases);
  });
});
