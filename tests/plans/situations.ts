import type { Situation } from "./situation";
import { situationsOfAResume } from "./situations-of-a-resume";
import { situationsOfTopologies } from "./situations-of-topologies";
import { situationsOfTrouble } from "./situations-of-trouble";

/** Name of the golden → what it is the plan of. */
export const situations: Readonly<Record<string, Situation>> = {
  ...situationsOfTopologies,
  ...situationsOfAResume,
  ...situationsOfTrouble,
};
