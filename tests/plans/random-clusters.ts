// Clusters as no table would think of them: any shape, any mix of versions, anything down, any memory of earlier runs.

import * as fc from "fast-check";
import type { Role } from "../../provider/model/desired";
import { known, type ProcessShape, type ProcessShapes, unknown } from "../support/build-cluster";
import { NEW, OLD } from "./shapes";
import type { Situation } from "./situation";

/** More runs than one would wait for at each change find more: `BMDB_PROPERTY_RUNS=20000`. */
export const RUNS = Number(process.env["BMDB_PROPERTY_RUNS"] ?? 100);

interface Shape {
  readonly mservers: number;
  readonly dbservers: number;
  readonly isColocated: boolean;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  mservers: fc.constantFrom(1, 2, 3, 3, 3, 5),
  dbservers: fc.constantFrom(1, 2, 3, 3, 4, 6, 13),
  isColocated: fc.boolean(),
});

type Nodes = Readonly<Record<string, "both" | Role>>;

function nodesOf({ mservers, dbservers, isColocated }: Shape): Nodes {
  const count = isColocated ? Math.max(mservers, dbservers) : mservers + dbservers;
  return Object.fromEntries(
    Array.from({ length: count }, (_, index): [string, "both" | Role] => {
      if (!isColocated) return [`n${index + 1}`, index < mservers ? "mserver" : "dbserver"];
      return [`n${index + 1}`, index >= mservers ? "dbserver" : index >= dbservers ? "mserver" : "both"];
    }),
  );
}

const idsOf = (nodes: Nodes, role: Role): string[] =>
  Object.entries(nodes).flatMap(([name, roles]) => (roles === "both" || roles === role ? [name] : []));

/** Old and new are common, everything else happens; `calm`: nothing that refuses a plan. */
const processShape = (calm: boolean): fc.Arbitrary<ProcessShape> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant({ version: OLD }) },
    { weight: 8, arbitrary: fc.constant({ version: NEW }) },
    { weight: 1, arbitrary: fc.constant({ version: "2.18.0.0-b7" }) },
    { weight: 1, arbitrary: fc.constant({ down: true, lastAct: "2.18.0.0" }) },
    ...(calm
      ? []
      : [
          { weight: 1, arbitrary: fc.constant({ down: true }) },
          { weight: 1, arbitrary: fc.constant({ silent: true }) },
          { weight: 1, arbitrary: fc.constantFrom({ version: "2.20.0.0-b1" }, { version: "2.17.1.0-b2" }) },
        ]),
  );

const settings = fc.record({
  version: fc.constantFrom("2.18.0.0", "2.18.0.0", "2.18.0.0", "2.18.0.0-b1"),
  finalize: fc.constantFrom("auto", "auto", "manual"),
  bsql: fc.constantFrom(undefined, undefined, true, false),
  drainLeaders: fc.boolean(),
  bsqlEnabled: fc.constantFrom(known(true), known(false), unknown<boolean>()),
  replicationFactor: fc.constantFrom(known(3), known(3), known(1), known(5), unknown<number>()),
});

const memory = fc.record({
  finalizedVersion: fc.constantFrom(undefined, "", "2.16.0.0", "2.18.0.0"),
  adoptedVersion: fc.constantFrom(undefined, "2.16.0.0", "2.18.0.0"),
});

export function randomSituations({ calm = false } = {}): fc.Arbitrary<Situation> {
  return shapes.chain((shape) => {
    const nodes = nodesOf(shape);
    const names = Object.keys(nodes);
    const keys = [
      ...idsOf(nodes, "mserver").map((name) => `mserver:${name}`),
      ...idsOf(nodes, "dbserver").map((name) => `dbserver:${name}`),
    ];
    return fc
      .record({
        settings,
        memory,
        leader: fc.constantFrom(...idsOf(nodes, "mserver")),
        zones: fc.array(fc.constantFrom("a", "b", "c"), { minLength: names.length, maxLength: names.length }),
        allowInterruption: calm || shape.mservers === 2 ? fc.constant(true) : fc.boolean(),
        processes: fc.array(processShape(calm), { minLength: keys.length, maxLength: keys.length }),
        isUniform: fc.constantFrom(undefined, undefined, OLD, NEW),
      })
      .map(({ settings: chosen, memory: context, leader, zones, allowInterruption, processes, isUniform }) => {
        const shapesOf: ProcessShapes = Object.fromEntries(
          keys.map((key, index) => [key, isUniform ? { version: isUniform } : (processes[index] ?? {})]),
        );
        return {
          cluster: {
            version: chosen.version,
            nodes,
            zones: Object.fromEntries(names.map((name, index) => [name, zones[index] ?? "a"])),
            more: {
              finalize: chosen.finalize,
              ...(chosen.bsql !== undefined && { bsql: chosen.bsql }),
              policy: { allowInterruption, drainLeaders: chosen.drainLeaders },
            },
          },
          inventory: {
            processes: shapesOf,
            leader: leaderThatRuns(leader, shapesOf, idsOf(nodes, "mserver")),
            facts: { bsqlEnabled: chosen.bsqlEnabled, replicationFactor: chosen.replicationFactor },
          },
          context,
        };
      });
  });
}

/** A process that is down leads nothing. */
function leaderThatRuns(wanted: string, shapesOf: ProcessShapes, mservers: readonly string[]): string {
  const runs = (name: string): boolean => shapesOf[`mserver:${name}`]?.down !== true;
  return runs(wanted) ? wanted : (mservers.find(runs) ?? wanted);
}
