// Whatever becomes of an answer on its way, a fact that vanished opens no gate, and what is wrong stays wrong.

import * as fc from "fast-check";
import { gates } from "../../provider/gates";
import type { Fact } from "../../provider/model/fact";
import type { Inventory } from "../../provider/model/inventory";
import type { PlanStep } from "../../provider/model/plan";
import { desired, healthyTexts, read } from "./known-cluster";
import { applyDamage, damages } from "./mutate";

const OLD = "2.16.0.0-b1";
const NEW = "2.18.0.0-b1";
const RUNS = Number(process.env["BMDB_FUZZ_RUNS"] ?? 100);

const stop = (role: "mserver" | "dbserver", node: string): PlanStep => ({
  kind: "restart_process",
  process: { role, node },
  from: "2.16.0.0",
  isLeader: false,
});
/** A step, and the release that all processes run when it is reached. */
const situations: readonly (readonly [PlanStep, string])[] = [
  [{ kind: "check_start" }, OLD],
  [stop("mserver", "db2"), OLD],
  [stop("dbserver", "db2"), NEW],
  [{ kind: "verify_one_version" }, NEW],
  [{ kind: "promote_auto_flags" }, NEW],
];

const closedGates = (inventory: Inventory, step: PlanStep): string[] =>
  gates
    .filter((gate) => gate.before.includes(step.kind))
    .filter((gate) => {
      const candidate = "process" in step ? step.process : undefined;
      return gate.ask({ desired, inventory, step, candidate, toBeStarted: [] }).kind !== "open";
    })
    .map((gate) => gate.id);

/** Which gates look at a fact, as docs/gates.md says it: what they need to be open, and when they are asked about it. */
function needing(inventory: Inventory, step: PlanStep): (readonly [Fact<unknown>, readonly string[]])[] {
  const candidate = "process" in step ? step.process : undefined;
  const isMServerStop = candidate?.role === "mserver";
  const isDBServerStop = candidate?.role === "dbserver";
  return [
    [
      inventory.mservers,
      [
        "all_mservers_answer_and_one_leads",
        "every_server_of_the_cluster_is_declared",
        ...(isMServerStop ? ["leader_mserver_goes_last"] : []),
      ],
    ],
    [inventory.dbservers, ["no_dbserver_is_down", "every_server_of_the_cluster_is_declared"]],
    [
      inventory.tilesUnderReplicated,
      ["no_tile_is_under_replicated", ...(isDBServerStop ? ["every_tile_keeps_a_majority"] : [])],
    ],
    [inventory.tilesLeaderless, ["no_tile_is_leaderless"]],
    [inventory.config, ["xdcr_is_paused", "every_xdcr_link_is_declared"]],
    [inventory.cdcStreams, ["every_xdcr_link_is_declared"]],
    [inventory.replicationFactor, isDBServerStop ? ["every_tile_keeps_a_majority"] : []],
    [inventory.leader, ["cluster_is_settled"]],
    ...inventory.processes.flatMap((facts): (readonly [Fact<unknown>, readonly string[]])[] => {
      const isCandidate = candidate?.node === facts.id.node && candidate.role === facts.id.role;
      const isAsked = candidate === undefined || isCandidate;
      const onItsHost = candidate === undefined || candidate.node === facts.id.node;
      return [
        [
          facts.version,
          [
            "autoflags_need_one_version",
            "catalog_upgrade_is_supported",
            ...(isDBServerStop && facts.id.role === "mserver" ? ["mservers_are_new_before_dbservers"] : []),
          ],
        ],
        [
          facts.isAnswering,
          [facts.id.role === "mserver" ? "all_mservers_answer_and_one_leads" : "no_dbserver_is_down"],
        ],
        [
          facts.running,
          isAsked ? ["process_is_seen_on_its_host", "autoflags_need_one_version", "data_is_outside_every_release"] : [],
        ],
        [facts.followerLagMsMax, ["every_follower_is_current"]],
        [facts.failedTiles, facts.id.role === "dbserver" ? ["every_follower_is_current"] : []],
        [facts.staged, onItsHost ? ["release_is_staged_on_every_host", "data_is_outside_every_release"] : []],
        [facts.flags, ["promoted_flags_exist_in_the_new_release", "data_is_outside_every_release"]],
      ];
    }),
    ...inventory.hosts.flatMap((host): (readonly [Fact<unknown>, readonly string[]])[] => [
      [host.facts, ["disks_have_room", "memory_is_available"]],
      [host.clock, ["clocks_agree"]],
      [
        host.details,
        step.kind === "check_start"
          ? [
              "processes_outlive_the_login",
              "release_is_staged_on_every_host",
              "extensions_are_in_the_new_release",
              "data_is_outside_every_release",
              "promoted_flags_exist_in_the_new_release",
              "disks_have_room",
            ]
          : [],
      ],
    ]),
  ];
}

test.each(situations)("everything is known and every gate is open, before %j", async (step, running) => {
  const inventory = await read(healthyTexts(running));
  expect(closedGates(inventory, step)).toEqual([]);
  expect(needing(inventory, step).filter(([fact, ids]) => !fact.known && ids.length > 0)).toEqual([]);
});

const names = [...healthyTexts(OLD).keys()];

test("a fact that vanished with damage to any answer closes every gate that looks at it", async () => {
  let vanishedCount = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...situations),
      fc.array(fc.tuple(fc.constantFrom(...names), damages), { minLength: 1, maxLength: 3 }),
      async ([step, running], hits) => {
        const texts = healthyTexts(running);
        // An answer of an MServer is damaged on all of them: one that is not believed is followed by the next.
        for (const [name, damage] of hits)
          for (const each of names)
            if (each === name || (name.includes(":10000/") && each.split(":10000")[1] === name.split(":10000")[1]))
              texts.set(each, applyDamage(texts.get(each) ?? "", damage));
        const inventory = await read(texts);
        const closed = closedGates(inventory, step);
        const asked = gates.filter((gate) => gate.before.includes(step.kind)).map((gate) => String(gate.id));
        for (const [fact, ids] of needing(inventory, step)) {
          if (fact.known) continue;
          const missing = ids.filter((id) => asked.includes(id) && !closed.includes(id));
          if (ids.length > 0) vanishedCount += 1;
          expect({ why: fact.why, missing }).toEqual({ why: fact.why, missing: [] });
        }
      },
    ),
    { numRuns: RUNS },
  );
  expect(vanishedCount).toBeGreaterThan(RUNS / 3);
});
