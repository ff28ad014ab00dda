// What one simulated cluster looks like, drawn from the seed: topology, versions, timers.

import { Chance } from "../../sandbox/memory/chance";
import type { MemoryHostOptions } from "../../sandbox/memory/memory-host";

export interface Shape {
  readonly hosts: readonly MemoryHostOptions[];
  readonly from: string;
  readonly to: string;
  readonly tiles: number;
  readonly bsql: boolean;
  readonly htmlOnly: boolean;
  readonly drainLeaders: boolean;
  readonly timers: Readonly<Record<string, number>>;
}

const VERSIONS = [
  ["2.16.0.0", "2.18.0.0"],
  ["2.18.0.0", "2.20.0.0"],
  ["2.16.0.0", "2.20.0.0"],
  ["2.14.0.0", "2.16.0.0"],
] as const;

export function drawShape(seed: number): Shape {
  const chance = new Chance(seed).split("shape");
  const layout = chance.pick(["together", "together", "apart", "four", "five"] as const);
  const [from, to] = chance.pick(VERSIONS);
  return {
    hosts: drawHosts(layout),
    from,
    to,
    tiles: chance.whole(2, 4),
    bsql: chance.isLucky(0.7),
    htmlOnly: chance.isLucky(0.1),
    drainLeaders: chance.isLucky(0.6),
    timers: {
      heartbeat_interval_ms: 2000,
      raft_heartbeat_interval_ms: chance.pick([1000, 2000] as const),
      tserver_unresponsive_timeout_ms: chance.pick([30_000, 60_000] as const),
      load_balancer_initial_delay_secs: chance.pick([4, 20] as const),
      catalog_manager_bg_task_wait_ms: 2000,
    },
  };
}

function drawHosts(layout: "together" | "apart" | "four" | "five"): MemoryHostOptions[] {
  const roles: (readonly ("mserver" | "dbserver")[])[] =
    layout === "together"
      ? [
          ["mserver", "dbserver"],
          ["mserver", "dbserver"],
          ["mserver", "dbserver"],
        ]
      : layout === "apart"
        ? [["mserver"], ["mserver"], ["mserver"], ["dbserver"], ["dbserver"], ["dbserver"]]
        : layout === "four"
          ? [["mserver", "dbserver"], ["mserver", "dbserver"], ["mserver", "dbserver"], ["dbserver"]]
          : [["mserver", "dbserver"], ["mserver", "dbserver"], ["mserver", "dbserver"], ["dbserver"], ["dbserver"]];
  return roles.map((each, index) => ({
    name: `db${index + 1}`,
    address: `10.0.0.${index + 1}`,
    zone: `z${(index % 3) + 1}`,
    roles: each,
  }));
}
