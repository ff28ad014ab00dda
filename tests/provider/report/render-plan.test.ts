// Plans are goldens: a change of behaviour shows in the diff of a text file. `UPDATE_GOLDENS=1` writes them anew.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { renderPlan } from "../../../provider/report/render-plan";
import {
  buildDesired,
  buildInventory,
  type ClusterShape,
  type InventoryShape,
  known,
} from "../../support/build-cluster";

const NEW = "2.18.0.0-b1";
const many = Object.fromEntries([
  ["m1", "mserver"],
  ["m2", "mserver"],
  ["m3", "mserver"],
  ...Array.from({ length: 30 }, (_, index) => [`d${index + 1}`, "dbserver"]),
]) as ClusterShape["nodes"];
const separate = {
  m1: "mserver",
  m2: "mserver",
  m3: "mserver",
  d1: "dbserver",
  d2: "dbserver",
  d3: "dbserver",
} as const;
const allNew = Object.fromEntries(
  ["db1", "db2", "db3"].flatMap((node) => [
    [`mserver:${node}`, { version: NEW }],
    [`dbserver:${node}`, { version: NEW }],
  ]),
);

const situations: Readonly<Record<string, readonly [ClusterShape, InventoryShape, { failedAt?: number }?]>> = {
  "three-hosts": [{}, {}],
  "three-hosts-failed-at-second-dbserver": [{}, {}, { failedAt: 14 }],
  "separate-hosts": [{ nodes: separate }, { leader: "m2" }],
  "one-mserver-with-interruption": [
    {
      nodes: { m1: "mserver", d1: "dbserver", d2: "dbserver", d3: "dbserver" },
      more: { policy: { allowInterruption: true } },
    },
    {},
  ],
  "replication-factor-1": [
    { more: { policy: { allowInterruption: true } } },
    { facts: { replicationFactor: known(1) } },
  ],
  "resume-after-a-dbserver-that-did-not-return": [
    {},
    { processes: { ...allNew, "dbserver:db2": { down: true }, "dbserver:db3": {} } },
  ],
  "only-the-finalisation-is-left": [{}, { running: NEW }],
  "bsql-off": [{ more: { bsql: false } }, {}],
  "manual-finalisation": [{ more: { finalize: "manual" } }, {}],
  "unhealthy-before-the-start": [{}, { facts: { tilesUnderReplicated: known(["t1", "t2"]) } }],
  "thirty-dbservers": [{ nodes: many }, {}],
};

test.each(Object.entries(situations))("the plan for %s reads as its golden", (name, [cluster, inventory, options]) => {
  const desired = buildDesired(cluster);
  const planned = planUpgrade(desired, buildInventory(desired, inventory), {
    finalizedVersion: undefined,
    adoptedVersion: undefined,
  });
  if (planned.kind === "refused") throw new Error(JSON.stringify(planned.refusals));
  const text = `${renderPlan(planned.plan, desired, options)}\n`;
  const golden = join(__dirname, "../../goldens/plans", `${name}.txt`);
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(golden, text);
  if (!existsSync(golden)) throw new Error(`no golden ${golden}; write it with UPDATE_GOLDENS=1 and read it`);
  expect(text).toBe(readFileSync(golden, "utf8"));
});
