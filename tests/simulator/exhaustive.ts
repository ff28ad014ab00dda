// Every kill and every single fault, for one small cluster: nothing is drawn, so nothing is left out.

import { Chance } from "../../sandbox/memory/chance";
import { drawFault, FAULT_KINDS, type PlannedFault } from "./faults";
import type { Shape } from "./shape";
import { type SimulationOptions, simulate } from "./simulate";

export interface Job {
  readonly seed: number;
  readonly options: SimulationOptions;
}

const SEED = 1;

/** 3 MServers and 3 DBServers on three hosts. */
const SMALL: Shape = {
  hosts: [1, 2, 3].map((n) => ({
    name: `db${n}`,
    address: `10.0.0.${n}`,
    zone: `z${n}`,
    roles: ["mserver", "dbserver"],
  })),
  from: "2.16.0.0",
  to: "2.18.0.0",
  tiles: 3,
  bsql: true,
  htmlOnly: false,
  drainLeaders: true,
  timers: {
    heartbeat_interval_ms: 2000,
    raft_heartbeat_interval_ms: 1000,
    tserver_unresponsive_timeout_ms: 30_000,
    load_balancer_initial_delay_secs: 4,
    catalog_manager_bg_task_wait_ms: 2000,
  },
};

/** The run is killed before and after each thing that it waits for; each kind of fault begins with each step. */
export async function listExhaustive(): Promise<Job[]> {
  const { awaitCount, stepsAtMs } = await simulate(SEED, { shape: SMALL, faults: [] });
  const job = (fault: PlannedFault): Job => ({ seed: SEED, options: { shape: SMALL, faults: [fault] } });
  const kill = drawFault(new Chance(SEED), SMALL, "own_process_is_killed");
  const kills = Array.from({ length: awaitCount }, (_, index) => index + 1).flatMap((count) =>
    (["before", "after"] as const).map((moment) => job({ ...kill, awaitCount: count, moment })),
  );
  const others = FAULT_KINDS.filter((kind) => kind !== "own_process_is_killed").flatMap((kind) =>
    stepsAtMs.map((afterMs, index) => {
      const chance = new Chance(SEED).split(`${kind} ${index}`);
      return job({ ...drawFault(chance, SMALL, kind), afterMs, forMs: 30_000 });
    }),
  );
  return [...kills, ...others];
}
