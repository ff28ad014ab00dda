// What goes wrong on real clusters, one fault at a time, against real processes. In every case the sandbox's event log
// shows that no rule was broken, and the error says what was seen and what was left alone.

import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import type { SandboxFault } from "../../sandbox/types";
import { adopt, stage, type TestRoll } from "../support/roll";
import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";

jest.setTimeout(180_000);

const NEW = "2.18.0.0";

/** `npm test` rolls through the first ones of a list, `npm run test:long` through all. */
const chosen = <T>(cases: readonly T[], count: number): readonly T[] =>
  process.env["BMDB_TEST_LONG"] === "1" ? cases : cases.slice(0, count);

const quick: Partial<ClusterInputs> = {
  policy: {
    pause: "300ms",
    pollInterval: "100ms",
    drainTimeout: "2s",
    timeouts: { gate: "4s", start: "8s", return: "8s", stop: "2s" },
  },
};

/** Never two processes down at once, MServers before DBServers, promotion after all: read from the sandbox's events. */
function expectNoBrokenRule(story: readonly string[]): void {
  const down = new Set<string>();
  const restarted: string[] = [];
  for (const line of story) {
    const [what = "", role = "", host = "", version = ""] = line.split(" ");
    const process = `${role} ${host}`;
    if (what === "stop" || what === "crash") {
      down.add(process);
      expect([line, [...down].length]).toEqual([line, 1]);
    }
    if (what === "start") {
      down.delete(process);
      if (version === NEW) restarted.push(role);
    }
    if (what === "promote") expect(down.size).toBe(0);
  }
  const firstDBServer = restarted.indexOf("dbserver");
  if (firstDBServer >= 0) expect(restarted.slice(firstDBServer)).not.toContain("mserver");
}

describe("before the start", () => {
  let cluster: TestCluster;
  let roll: TestRoll;

  beforeAll(async () => {
    cluster = await startTestCluster();
    await stage(cluster, NEW);
    roll = await adopt(cluster);
    await cluster.mark();
  });
  afterAll(() => cluster?.remove());
  afterEach(() => cluster.sandbox.setFaults([]));

  const cases: readonly (readonly [string, SandboxFault[], RegExp])[] = [
    [
      "a tile is under-replicated",
      [{ kind: "tile_under_replicated", host: "db2" }],
      /no_tile_is_under_replicated: 1 tiles have fewer replicas/,
    ],
    [
      "a tile has no leader",
      [{ kind: "tile_leaderless", host: "db2" }],
      /no_tile_is_leaderless|no_tile_is_under_replicated/,
    ],
    [
      "a follower never catches up",
      [{ kind: "never_catches_up", host: "db3" }],
      /every_follower_is_current: a replica on DBServer db3 is [\d.]+ s behind; the limit is 10 s/,
    ],
    [
      "a host's clock is ahead",
      [{ kind: "clock_skew", host: "db2", offsetMs: 5000 }],
      /clocks_agree: the clocks of db1 and db2 differ by \d+ ms/,
    ],
    ["a disk is full", [{ kind: "disk_full", host: "db2", only: "df" }], /disks_have_room: \S+ on db2 has 0.0 GB left/],
    [
      "every MServer's page answers an error with status 200",
      ["db1", "db2", "db3"].map((host) => ({
        kind: "page_error_with_200" as const,
        host,
        role: "mserver" as const,
        path: "/api/v1/health-check",
      })),
      /no_tile_is_under_replicated: whether tiles are under-replicated is not known/,
    ],
    [
      "half a JSON document comes",
      [{ kind: "page_half_json", host: "db1", role: "dbserver", path: "/metrics" }],
      /every_follower_is_current: how far DBServer db1 lags is not known/,
    ],
    ["a page hangs", [{ kind: "page_hangs", host: "db1", role: "dbserver", path: "/api/v1/version" }], /DBServer db1/],
    [
      "an extension is missing in the new release",
      [{ kind: "extension_missing", name: "postgis" }],
      /extensions_are_in_the_new_release: the new release on db\d lacks the extension postgis/,
    ],
  ];

  test.each(cases)("when %s nothing is stopped, and the error says so", async (_what, faults, words) => {
    await cluster.sandbox.setFaults(faults);
    const pageTimeouts: Partial<ClusterInputs> = {
      policy: { ...quick.policy, timeouts: { ...quick.policy?.timeouts, page: "1s" } },
    };
    const { failure } = await roll.up(NEW, pageTimeouts);
    expect(failure).toMatch(words);
    expect((await cluster.story()).filter((line) => line.startsWith("stop"))).toEqual([]);
  });

  test("when a DBServer was killed but is still shown ALIVE nothing is stopped", async () => {
    await cluster.sandbox.setFaults([{ kind: "kill_process", host: "db3", role: "dbserver" }]);
    const { failure } = await roll.up(NEW, quick);
    expect(failure).toMatch(/ProcessDown[\s\S]*DBServer db3 is down/);
    expect((await cluster.story()).filter((line) => line.startsWith("stop"))).toEqual([]);
  });
});

describe("in the middle", () => {
  let cluster: TestCluster;
  let roll: TestRoll;

  beforeEach(async () => {
    cluster = await startTestCluster();
    await stage(cluster, NEW);
    roll = await adopt(cluster);
    await cluster.mark();
  });
  afterEach(() => cluster?.remove());

  const survived: readonly (readonly [string, SandboxFault[]])[] = [
    ["processes ignore SIGTERM", [{ kind: "ignores_sigterm", host: "db1", role: "dbserver" }]],
    [
      "bm-admin fails twice and conflicts come",
      [
        { kind: "admin_fails", operation: "promote_auto_flags", times: 2 },
        { kind: "bsql_upgrade_conflicts", times: 2 },
        { kind: "config_version_races", times: 2 },
      ],
    ],
    ["the leader MServer changes while it goes on", [{ kind: "leader_steps_down", everyMs: 4000, times: 3 }]],
    [
      "upgrade_bsql times out while the server goes on",
      [{ kind: "bsql_upgrade_times_out", takesMs: 1500, clientWaitsMs: 300 }],
    ],
    ["a blacklist entry of somebody else lies there", [{ kind: "blacklist_left_behind", host: "db3" }]],
  ];

  test.each(chosen(survived, 3))("when %s the roll ends on the new release all the same", async (_what, faults) => {
    await cluster.sandbox.setFaults(faults);
    const more = {
      policy: { ...quick.policy, timeouts: { ...quick.policy?.timeouts, gate: "20s", bsqlUpgrade: "30s" } },
    };
    const { failure } = await roll.up(NEW, more);
    expect(failure).toBeUndefined();
    expect(await cluster.versions()).toEqual(allOn(cluster, NEW));
    const story = await cluster.story();
    expectNoBrokenRule(story);
    expect(story).toContain("promote 2");
    expect(roll.outputs["finalized"]).toBe(true);
  });

  const stopped: readonly (readonly [string, SandboxFault[], RegExp])[] = [
    [
      "a DBServer dies some time after its return",
      [{ kind: "crash_while_serving", host: "db1", role: "dbserver", version: NEW, afterMs: 900 }],
      /DBServer db1/,
    ],
    [
      "a supervisor restarts the old binary",
      [{ kind: "supervisor_restarts_old", host: "db2", role: "dbserver" }],
      /DBServer db2/,
    ],
    [
      "bm-admin says success and fails",
      [{ kind: "admin_lies", operation: "promote_auto_flags", lie: "success_with_exit_1" }],
      /PromoteFailed/,
    ],
  ];

  test.each(chosen(stopped, 1))(
    "when %s the roll stops there, and the next up finishes once the cause is gone",
    async (_what, faults, words) => {
      await cluster.sandbox.setFaults(faults);
      const { failure } = await roll.up(NEW, quick);
      expect(failure).toMatch(words);
      expect(failure).toContain("next");
      expect(roll.outputs["version"]).not.toBe("");
      await cluster.sandbox.setFaults([]);
      const again = await roll.up(NEW, {
        policy: { ...quick.policy, timeouts: { ...quick.policy?.timeouts, gate: "20s" } },
      });
      expect(again.failure).toBeUndefined();
      expect(await cluster.versions()).toEqual(allOn(cluster, NEW));
      const finalisation = (await cluster.story()).slice(-2);
      // Where the first run promoted and bm-admin hid it, there is nothing left to promote.
      expect(["promote 2", "promote nothing"]).toContain(finalisation[0]);
      expect(finalisation[1]).toBe("upgrade bsql");
    },
  );
});
