import type { SandboxEvent } from "../../sandbox/types";
import { findXdcrViolations } from "./xdcr-oracle";

const OLD = "2.16.0.0";
const NEW = "2.18.0.0";

type Step = readonly [
  cluster: "east" | "west",
  event: SandboxEvent["event"],
  facts?: Readonly<Record<string, unknown>>,
];

/** East is the source of g1, west its target. */
function judge(...steps: readonly Step[]): string[] {
  const start: readonly Step[] = [
    ["east", "process_serving"],
    ["west", "process_serving"],
    ["east", "xdcr_streams_created", { cluster: "uuid-e", target: "uuid-w", group: "g1" }],
    ["west", "xdcr_set_up", { cluster: "uuid-w", source: "uuid-e", group: "g1" }],
  ];
  const events = [...start, ...steps].map(([cluster, event, facts], atMs) => ({
    cluster,
    event: { atMs, host: "db1", role: "dbserver" as const, version: OLD, event, ...facts },
  }));
  const logOf = (name: string) => ({
    cluster: name,
    events: events.filter(({ cluster }) => cluster === name).map(({ event }) => event),
  });
  return findXdcrViolations([logOf("east"), logOf("west")]);
}

const link = { cluster: "uuid-w", source: "uuid-e", group: "g1" };
const restart = (cluster: "east" | "west"): Step[] => [
  [cluster, "process_stopped"],
  [cluster, "process_serving", { version: NEW }],
];

describe("the logs of two clusters", () => {
  test("are clean when the link was paused, both were upgraded, and it was resumed", () => {
    const rolled: Step[] = [["west", "xdcr_paused", link], ...restart("west"), ...restart("east")];
    expect(judge(...rolled, ["west", "xdcr_resumed", link])).toEqual([]);
  });

  test.each(["east", "west"] as const)("show a process of %s that stopped while the link was active", (cluster) => {
    expect(judge([cluster, "process_stopped"])).toEqual([
      `g1 (east -> west) was active when dbserver db1 of ${cluster} stopped`,
    ]);
    expect(judge(["west", "xdcr_deleted", link], [cluster, "process_stopped"])).toEqual([]);
  });

  test("show a link that was resumed before its source was upgraded", () => {
    expect(judge(["west", "xdcr_paused", link], ...restart("west"), ["west", "xdcr_resumed", link])).toEqual([
      `g1 (east -> west) was active between ${OLD} and ${NEW} when it was resumed`,
    ]);
  });

  test("show data that went from one release to another", () => {
    expect(judge(["west", "xdcr_versions_mixed", { ...link, sourceVersion: NEW }])).toEqual([
      `west ${OLD} read from ${NEW} in g1`,
    ]);
  });
});
